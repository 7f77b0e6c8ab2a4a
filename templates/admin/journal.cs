<?cs include!"macro/ui.cs" ?><?cs include!"macro/books.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:tr("Journal") ?></h1>
<form method="get" action="/admin/journal" class="ui-filter" role="search"><?cs call:ui_select(Filter.journal) ?><?cs call:ui_field(Filter.from) ?><?cs call:ui_field(Filter.to) ?><?cs call:ui_field(Filter.account) ?><?cs call:ui_field(Filter.document) ?>
<button type="submit" class="btn btn-secondary"><?cs var:tr("Show") ?></button>
</form><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Entries, newest first") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Number") ?></th><th scope="col"><?cs var:tr("Date") ?></th><th scope="col"><?cs var:tr("Document") ?></th><th scope="col" class="ui-opt"><?cs var:tr("Journal") ?></th><th scope="col" class="ui-num"><?cs var:tr("Amount") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.number ?></a></th><td><?cs var:r.on ?></td><td class="ui-wide"><?cs var:r.reference ?><?cs if:r.customer ?><span class="ui-sub"><?cs var:r.customer ?></span><?cs /if ?></td><td class="ui-opt"><?cs var:r.journal ?></td><td class="ui-num"><?cs var:r.total ?></td></tr><?cs /each ?>
</tbody>
</table>
<?cs call:ui_pager(Pager) ?><?cs call:books_csv() ?><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
