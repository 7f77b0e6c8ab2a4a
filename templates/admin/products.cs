<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:tr("Products") ?></h1><a href="/admin/import/products"><?cs var:tr("Import and export") ?></a><a class="btn btn-primary" href="/admin/products/new"><?cs var:tr("New product") ?></a></div>
<form method="get" action="/admin/products" class="ui-filter" role="search">
<div class="ui-field"><label class="form-label" for="f-q"><?cs var:tr("Name or code") ?></label><input class="form-control" id="f-q" name="q" value="<?cs var:Filter.q ?>"></div>
<button type="submit" class="btn btn-secondary"><?cs var:tr("Search") ?></button>
</form><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Products") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Name") ?></th><th scope="col"><?cs var:tr("Code") ?></th><th scope="col" class="ui-opt"><?cs var:tr("Kind") ?></th><th scope="col"><?cs var:tr("Prices excl. VAT") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.name ?></a><?cs if:r.archived ?><span class="ui-sub"><?cs var:tr("no longer sold") ?></span><?cs /if ?></th><td><?cs var:r.code ?></td><td class="ui-opt"><?cs var:r.kind ?></td><td class="ui-wide"><?cs each:p = r.prices ?><span class="ui-money"><?cs var:p.amount ?></span> <?cs var:p.per ?><br><?cs /each ?></td></tr><?cs /each ?>
</tbody>
</table><?cs call:ui_pager(Pager) ?><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
