<?cs # offer: the lines of an offer as a table (page/admin/admin.c: admin_offer).

  offer_lines(lines, caption)   lines.N.{description, heading, note, per, quantity, price, discount,
                                editable, vat, total, option, chosen}
?><?cs def:offer_lines(lines, caption) ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:caption ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Description") ?></th><th scope="col" class="ui-num"><?cs var:tr("Quantity") ?></th><th scope="col" class="ui-num"><?cs var:tr("Price excl. VAT") ?></th><th scope="col" class="ui-num ui-opt"><?cs var:tr("VAT") ?></th><th scope="col" class="ui-num"><?cs var:tr("Total excl. VAT") ?></th></tr></thead>
<tbody><?cs each:l = lines ?><?cs if:l.heading ?>
<tr><th scope="rowgroup" colspan="5" class="ui-wide"><?cs var:l.description ?></th></tr><?cs elif:l.note ?>
<tr><td colspan="5" class="ui-wide ui-prose"><?cs var:l.description ?></td></tr><?cs else ?>
<tr><td class="ui-wide"><?cs if:l.description ?><?cs var:l.description ?><?cs else ?>–<?cs /if ?><?cs if:l.option ?> <?cs if:l.chosen ?><?cs call:ui_badge("ok", tr("Option, chosen")) ?><?cs else ?><?cs call:ui_badge("neutral", tr("Option")) ?><?cs /if ?><?cs /if ?><span class="ui-sub"><?cs var:l.per ?><?cs if:l.discount ?>, <?cs var:l.discount ?><?cs /if ?><?cs if:l.editable ?>, <?cs var:l.editable ?><?cs /if ?></span></td><td class="ui-num"><?cs var:l.quantity ?></td><td class="ui-num"><?cs var:l.price ?></td><td class="ui-num ui-opt"><?cs var:l.vat ?></td><td class="ui-num"><?cs var:l.total ?></td></tr><?cs /if ?><?cs /each ?>
</tbody>
</table><?cs /def ?>
