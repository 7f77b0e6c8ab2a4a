<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:tr("Quote templates") ?></h1><a class="btn btn-primary" href="/admin/templates/new"><?cs var:tr("New template") ?></a></div><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Quote templates") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Name") ?></th><th scope="col"><?cs var:tr("Plan") ?></th><th scope="col" class="ui-num"><?cs var:tr("Version") ?></th><th scope="col" class="ui-opt"><?cs var:tr("Valid for") ?></th><th scope="col"><?cs var:tr("Offered to") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.name ?></a><?cs if:r.archived ?><span class="ui-sub"><?cs var:tr("no longer offered") ?></span><?cs /if ?></th><td><?cs var:r.plan ?></td><td class="ui-num" data-l="<?cs var:tr("Version") ?>"><a href="<?cs var:r.href ?>/history"><?cs var:r.version ?><span class="visually-hidden"> <?cs var:tr("Versions") ?> <?cs var:r.name ?></span></a></td><td class="ui-opt"><?cs var:r.valid ?></td><td><?cs if:r.for ?><?cs var:r.for ?><?cs else ?><?cs var:tr("Every seller") ?><?cs /if ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
