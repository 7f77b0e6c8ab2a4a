<?cs # offer: the lines of an offer as a table (page/admin/admin.c: admin_offer).

  offer_lines(lines, caption)   lines.N.{description, heading, note, per, quantity, price, discount,
                                editable, source, tiers, vat, total, option,
                                chosen}
  offer_choices(lines, caption) the same with inputs for what the customer may choose (page/customer/
                                quote.c): lines.N.{key, line, name, pick.{id, name, on},
                                qty.{id, name, value, err, unit, bounds}}
  offer_coupon(c, f)            the form for a discount code: c.{action, entered}, f the field (page/coupon_form.c)
  offer_margins(m)              for the seller alone: m.rows.N.{k, v}
?><?cs def:offer_margins(m) ?><?cs if:subcount(m.rows) ?>
<section class="ui-total" aria-labelledby="margin">
<h2 id="margin"><?cs var:tr("Margin") ?></h2>
<p class="ui-hint"><?cs var:tr("Customers never see it.") ?></p>
<dl><?cs each:r = m.rows ?>
<div class="ui-total-row"><dt><?cs var:r.k ?></dt><dd class="ui-money"><?cs var:r.v ?></dd></div><?cs /each ?>
</dl>
</section><?cs /if ?><?cs /def ?><?cs def:offer_coupon(c, f) ?><?cs if:c.action ?>
<form method="post" action="<?cs var:c.action ?>" class="ui-panel">
<?cs call:ui_hidden(Token) ?><?cs if:c.entered ?>
<p><strong><?cs var:c.entered ?></strong></p>
<div class="ui-actions"><button type="submit" name="do" value="remove" class="btn btn-secondary btn-small"><?cs var:tr("Remove the code") ?></button></div><?cs else ?>
<?cs call:ui_field(f) ?>
<div class="ui-actions"><button type="submit" name="do" value="enter" class="btn btn-secondary btn-small"><?cs var:tr("Use the code") ?></button></div><?cs /if ?>
</form><?cs /if ?><?cs /def ?><?cs def:offer_lines(lines, caption) ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:caption ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Description") ?></th><th scope="col" class="ui-num"><?cs var:tr("Quantity") ?></th><th scope="col" class="ui-num"><?cs var:tr("Price excl. VAT") ?></th><th scope="col" class="ui-num ui-opt"><?cs var:tr("VAT") ?></th><th scope="col" class="ui-num"><?cs var:tr("Total excl. VAT") ?></th></tr></thead>
<tbody><?cs each:l = lines ?><?cs if:l.heading ?>
<tr><th scope="rowgroup" colspan="5" class="ui-wide"><?cs var:l.description ?></th></tr><?cs elif:l.note ?>
<tr><td colspan="5" class="ui-wide ui-prose"><?cs var:l.description ?></td></tr><?cs else ?>
<tr><td class="ui-wide"><?cs if:l.description ?><?cs var:l.description ?><?cs else ?>–<?cs /if ?><?cs if:l.option ?> <?cs if:l.chosen ?><?cs call:ui_badge("ok", tr("Option, chosen")) ?><?cs else ?><?cs call:ui_badge("neutral", tr("Option")) ?><?cs /if ?><?cs /if ?><span class="ui-sub"><?cs var:l.per ?><?cs if:l.discount ?>, <?cs var:l.discount ?><?cs /if ?><?cs if:l.words ?>, <?cs var:l.words ?><?cs /if ?><?cs if:l.editable ?>, <?cs var:l.editable ?><?cs /if ?><?cs if:l.source ?>, <?cs var:l.source ?><?cs /if ?></span><?cs if:l.tiers ?><span class="ui-sub"><?cs var:l.tiers ?></span><?cs /if ?></td><td class="ui-num"><?cs var:l.quantity ?></td><td class="ui-num" data-l="<?cs var:tr("Price excl. VAT") ?>"><?cs var:l.price ?></td><td class="ui-num ui-opt"><?cs var:l.vat ?></td><td class="ui-num" data-l="<?cs var:tr("Total excl. VAT") ?>"><?cs var:l.total ?></td></tr><?cs /if ?><?cs /each ?>
</tbody>
</table><?cs /def ?><?cs def:offer_pick(l) ?>
<div class="form-check ui-card-choice"><input class="form-check-input" type="checkbox" name="<?cs var:l.pick.name ?>" id="<?cs var:l.pick.id ?>" value="1"<?cs if:l.pick.on ?> checked<?cs /if ?>><label class="form-check-label" for="<?cs var:l.pick.id ?>"><?cs var:l.description ?></label></div><?cs /def ?><?cs def:offer_quantity(l) ?><?cs if:l.qty.err ?>
<span class="ui-error" id="<?cs var:l.qty.id ?>-err"><span class="visually-hidden"><?cs var:tr("Error:") ?> </span><?cs var:l.qty.err ?></span><?cs /if ?>
<label class="visually-hidden" for="<?cs var:l.qty.id ?>"><?cs var:tr("Quantity") ?> <?cs var:l.description ?></label><input class="form-control ui-short ui-num" id="<?cs var:l.qty.id ?>" name="<?cs var:l.qty.name ?>" value="<?cs var:l.qty.value ?>" inputmode="decimal" aria-describedby="<?cs var:l.qty.id ?>-hint<?cs if:l.qty.err ?> <?cs var:l.qty.id ?>-err<?cs /if ?>"<?cs if:l.qty.err ?> aria-invalid="true"<?cs /if ?>><span class="ui-sub" id="<?cs var:l.qty.id ?>-hint"><?cs var:l.qty.unit ?> (<?cs var:l.qty.bounds ?>)</span><?cs /def ?><?cs def:offer_choices(lines, caption) ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:caption ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Description") ?></th><th scope="col" class="ui-num"><?cs var:tr("Quantity") ?></th><th scope="col" class="ui-num"><?cs var:tr("Price excl. VAT") ?></th><th scope="col" class="ui-num ui-opt"><?cs var:tr("VAT") ?></th><th scope="col" class="ui-num"><?cs var:tr("Total excl. VAT") ?></th></tr></thead>
<tbody><?cs each:l = lines ?><?cs if:l.heading ?>
<tr><th scope="rowgroup" colspan="5" class="ui-wide"><?cs var:l.description ?></th></tr><?cs elif:l.note ?>
<tr><td colspan="5" class="ui-wide ui-prose"><?cs var:l.description ?></td></tr><?cs else ?>
<tr><td class="ui-wide"><?cs if:l.key ?><input type="hidden" name="<?cs var:l.key ?>" value="<?cs var:l.line ?>"><?cs /if ?><?cs if:l.pick.name ?><?cs call:offer_pick(l) ?> <?cs call:ui_badge("neutral", tr("Option")) ?><?cs elif:l.description ?><?cs var:l.description ?><?cs else ?>–<?cs /if ?><span class="ui-sub"><?cs var:l.per ?><?cs if:l.discount ?>, <?cs var:l.discount ?><?cs /if ?><?cs if:l.words ?>, <?cs var:l.words ?><?cs /if ?></span><?cs if:l.tiers ?><span class="ui-sub"><?cs var:l.tiers ?></span><?cs /if ?></td><td class="ui-num"><?cs if:l.qty.name ?><?cs call:offer_quantity(l) ?><?cs else ?><?cs var:l.quantity ?><?cs /if ?></td><td class="ui-num" data-l="<?cs var:tr("Price excl. VAT") ?>"><?cs var:l.price ?></td><td class="ui-num ui-opt"><?cs var:l.vat ?></td><td class="ui-num" data-l="<?cs var:tr("Total excl. VAT") ?>"><?cs var:l.total ?></td></tr><?cs /if ?><?cs /each ?>
</tbody>
</table><?cs /def ?>
