<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:List.name ?></h1><a class="btn btn-primary" href="/admin/pricelists/<?cs var:List.id ?>/prices/new"><?cs var:tr("New price") ?></a></div>
<p><?cs var:List.for ?>, <?cs var:List.currency ?><?cs if:List.archived ?> <?cs call:ui_badge("neutral", tr("no longer asked")) ?><?cs /if ?></p>
<p><a href="/admin/pricelists/<?cs var:List.id ?>/edit"><?cs var:tr("Edit the list") ?></a> · <a href="/admin/pricelists"><?cs var:tr("All price lists") ?></a></p>
<form method="get" action="/admin/pricelists/<?cs var:List.id ?>" class="ui-filter" role="search">
<div class="ui-field"><label class="form-label" for="f-q"><?cs var:tr("Product") ?></label><input class="form-control" id="f-q" name="q" value="<?cs var:Filter.q ?>"></div>
<button type="submit" class="btn btn-secondary"><?cs var:tr("Search") ?></button>
</form><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:List.name ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Product") ?></th><th scope="col"><?cs var:tr("Plan") ?></th><th scope="col" class="ui-num"><?cs var:tr("From quantity") ?></th><th scope="col"><?cs var:tr("Days") ?></th><th scope="col"><?cs var:tr("Price excl. VAT") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.product ?></a></th><td><?cs var:r.plan ?></td><td class="ui-num"><?cs if:r.min ?><?cs var:r.min ?><?cs else ?>–<?cs /if ?></td><td class="ui-wide"><?cs var:r.dates ?><?cs if:r.over ?> <?cs call:ui_badge("neutral", tr("over")) ?><?cs elif:r.later ?> <?cs call:ui_badge("info", tr("later")) ?><?cs /if ?></td><td class="ui-wide"><?cs var:r.price ?></td></tr><?cs /each ?>
</tbody>
</table><?cs call:ui_pager(Pager) ?><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
