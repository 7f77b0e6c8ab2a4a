<?cs # portal: what the customer's pages share.

  portal_invoices(rows)   rows.N.{number, on, total, badge, pdf, pay, press}
?><?cs def:portal_invoices(rows) ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Invoices") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Invoice") ?></th><th scope="col"><?cs var:tr("Date") ?></th><th scope="col"><?cs var:tr("State") ?></th><th scope="col" class="ui-num"><?cs var:tr("Total incl. VAT") ?></th></tr></thead>
<tbody><?cs each:i = rows ?>
<tr><td class="ui-wide"><?cs if:i.pdf ?><a href="<?cs var:i.pdf ?>"><?cs var:i.number ?> <span class="ui-hint">(PDF)</span></a><?cs else ?><?cs var:i.number ?><?cs /if ?></td><td><?cs var:i.on ?></td><td><?cs if:i.badge.label ?><?cs call:ui_badge(i.badge.kind, i.badge.label) ?><?cs /if ?><?cs if:i.pay ?> <a class="ui-action" href="<?cs var:i.pay ?>"><?cs var:i.press ?><span class="visually-hidden"> <?cs var:i.number ?></span></a><?cs /if ?><?cs if:i.refunded ?><span class="ui-sub"><?cs var:i.refunded ?></span><?cs /if ?></td><td class="ui-num"><?cs var:i.total ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /def ?>
