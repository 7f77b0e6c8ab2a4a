<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:tr("Price lists") ?></h1><a class="btn btn-primary" href="/admin/pricelists/new"><?cs var:tr("New price list") ?></a></div>
<?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<p class="ui-hint"><?cs var:tr("Asked from top to bottom: the first list that has a price decides. Behind them all stands the product's own price.") ?></p>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Price lists") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Name") ?></th><th scope="col"><?cs var:tr("For") ?></th><th scope="col"><?cs var:tr("Currency") ?></th><th scope="col" class="ui-num ui-opt"><?cs var:tr("Order") ?></th><th scope="col" class="ui-num"><?cs var:tr("Prices") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.name ?></a><?cs if:r.archived ?><span class="ui-sub"><?cs var:tr("no longer asked") ?></span><?cs /if ?></th><td class="ui-wide"><?cs var:r.for ?></td><td><?cs var:r.currency ?></td><td class="ui-num ui-opt"><?cs var:r.priority ?></td><td class="ui-num"><?cs var:r.prices ?></td></tr><?cs /each ?>
</tbody>
</table><?cs call:ui_pager(Pager) ?><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
