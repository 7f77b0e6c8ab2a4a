<?cs # money: tables of invoices for the seller (page/admin/money_rows.c).

  money_invoices(rows, caption)   rows.N.{href, number, customer, on, due, total, open, corrects, state}
?><?cs def:money_invoices(rows, caption) ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:caption ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Invoice") ?></th><th scope="col"><?cs var:tr("Customer") ?></th><th scope="col"><?cs var:tr("State") ?></th><th scope="col" class="ui-opt"><?cs var:tr("Issued on") ?></th><th scope="col" class="ui-num"><?cs var:tr("Total incl. VAT") ?></th></tr></thead>
<tbody><?cs each:r = rows ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.number ?></a></th><td class="ui-wide"><?cs var:r.customer ?></td><td><?cs call:ui_badge(r.state.kind, r.state.label) ?><?cs if:r.open ?><span class="ui-sub"><?cs var:r.open ?></span><?cs elif:r.corrects ?><span class="ui-sub"><?cs var:r.corrects ?></span><?cs /if ?></td><td class="ui-opt"><?cs var:r.on ?></td><td class="ui-num"><?cs var:r.total ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /def ?>
