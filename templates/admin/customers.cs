<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:tr("Customers") ?></h1><a href="/admin/import/customers"><?cs var:tr("Import and export") ?></a><a class="btn btn-primary" href="/admin/customers/new"><?cs var:tr("New customer") ?></a></div>
<form method="get" action="/admin/customers" class="ui-filter" role="search">
<div class="ui-field"><label class="form-label" for="f-q"><?cs var:tr("Name, number or e-mail address") ?></label><input class="form-control" id="f-q" name="q" value="<?cs var:Filter.q ?>"></div>
<button type="submit" class="btn btn-secondary"><?cs var:tr("Search") ?></button>
</form><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Customers") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Name") ?></th><th scope="col"><?cs var:tr("E-mail address") ?></th><th scope="col" class="ui-opt"><?cs var:tr("Town") ?></th><th scope="col" class="ui-num ui-opt"><?cs var:tr("Quotes") ?></th><th scope="col" class="ui-num ui-opt"><?cs var:tr("Subscriptions") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row" class="ui-wide"><a href="<?cs var:r.href ?>"><?cs var:r.name ?></a><span class="ui-sub"><?cs var:r.number ?><?cs if:r.archived ?> · <?cs var:tr("archived") ?><?cs /if ?></span></th><td class="ui-wide"><?cs var:r.email ?></td><td class="ui-opt"><?cs var:r.place ?></td><td class="ui-num ui-opt"><?cs var:r.quotes ?></td><td class="ui-num ui-opt"><?cs var:r.subscriptions ?></td></tr><?cs /each ?>
</tbody>
</table><?cs call:ui_pager(Pager) ?><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
