<?cs include!"macro/ui.cs" ?><?cs include!"macro/books.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<form method="get" action="/admin/aged/<?cs var:Who.number ?>" class="ui-filter" role="search"><?cs call:ui_field(Filter.on) ?>
<button type="submit" class="btn btn-secondary"><?cs var:tr("Show") ?></button>
</form>
<p><a href="/admin/customers/<?cs var:Who.number ?>"><?cs var:tr("The customer") ?></a> · <a href="<?cs var:Who.ledger ?>"><?cs var:tr("The customer's account") ?></a><?cs if:Who.age ?> · <?cs var:tr("Only:") ?> <?cs var:Who.age ?><?cs /if ?></p><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Open invoices") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Invoice") ?></th><th scope="col"><?cs var:tr("Due on") ?></th><th scope="col"><?cs var:tr("Age") ?></th><th scope="col" class="ui-num ui-opt"><?cs var:tr("Total incl. VAT") ?></th><th scope="col" class="ui-num"><?cs var:tr("Still open") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.number ?></a></th><td><?cs var:r.due ?></td><td><?cs var:r.age ?></td><td class="ui-num ui-opt"><?cs var:r.total ?></td><td class="ui-num"><?cs var:r.open ?><?cs if:r.books ?><span class="ui-sub"><?cs var:r.books ?></span><?cs /if ?></td></tr><?cs /each ?>
<tr class="ui-strong"><th scope="row"><?cs var:tr("Total") ?></th><td></td><td></td><td class="ui-num ui-opt"></td><td class="ui-num"><?cs var:Sum ?></td></tr>
</tbody>
</table><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
