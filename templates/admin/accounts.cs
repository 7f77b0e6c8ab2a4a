<?cs include!"macro/ui.cs" ?><?cs include!"macro/books.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:tr("Accounts") ?></h1><a class="btn btn-primary" href="/admin/accounts/new"><?cs var:tr("New account") ?></a></div>
<p><a href="/admin/accounts/roles"><?cs var:tr("Choose what accounts are for") ?></a> · <a href="/admin/accounts/journals"><?cs var:tr("Sales journals") ?></a> · <a href="/admin/deferred/method"><?cs var:tr("Method of deferral") ?></a></p>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Accounts") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Number") ?></th><th scope="col"><?cs var:tr("Name") ?></th><th scope="col" class="ui-opt"><?cs var:tr("Kind") ?></th><th scope="col"><?cs var:tr("Used for") ?></th><th scope="col"><?cs var:tr("Ledger") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.code ?></a></th><td class="ui-wide"><?cs var:r.name ?></td><td class="ui-opt"><?cs var:r.kind ?></td><td><?cs var:r.roles ?></td><td><?cs if:r.ledger ?><a href="<?cs var:r.ledger ?>"><?cs var:tr("View") ?><span class="visually-hidden"> <?cs var:r.code ?></span></a><?cs /if ?></td></tr><?cs /each ?>
</tbody>
</table>
<?cs include!"layout/bottom.cs" ?>
