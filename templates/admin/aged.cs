<?cs include!"macro/ui.cs" ?><?cs include!"macro/books.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:tr("Receivables by age") ?></h1>
<form method="get" action="/admin/aged" class="ui-filter" role="search"><?cs call:ui_field(Filter.on) ?>
<button type="submit" class="btn btn-secondary"><?cs var:tr("Show") ?></button>
</form><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("What each customer owes, by days late") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Customer") ?></th><?cs each:h = Heads ?><th scope="col" class="ui-num"><?cs var:h.name ?></th><?cs /each ?><th scope="col" class="ui-num"><?cs var:tr("Total") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row" class="ui-wide"><a href="<?cs var:r.href ?>"><?cs var:r.name ?></a><span class="ui-sub"><?cs var:r.number ?></span></th><?cs each:c = r.cells ?><td class="ui-num ui-wide"<?cs if:c.v ?> data-l="<?cs var:c.l ?>"<?cs /if ?>><?cs if:c.href ?><a href="<?cs var:c.href ?>"><?cs var:c.v ?></a><?cs /if ?></td><?cs /each ?><td class="ui-num ui-wide" data-l="<?cs var:tr("Total") ?>"><?cs var:r.total ?></td></tr><?cs /each ?>
<tr class="ui-strong"><th scope="row" class="ui-wide"><?cs var:tr("Total") ?></th><?cs each:c = Sum.cells ?><td class="ui-num ui-wide"<?cs if:c.v ?> data-l="<?cs var:c.l ?>"<?cs /if ?>><?cs var:c.v ?></td><?cs /each ?><td class="ui-num ui-wide" data-l="<?cs var:tr("Total") ?>"><?cs var:Sum.total ?></td></tr>
</tbody>
</table><?cs if:More ?>
<p class="ui-hint"><?cs var:tr("There are more customers: the file has all of them.") ?></p><?cs /if ?><?cs call:books_csv() ?><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
