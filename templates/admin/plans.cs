<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:tr("Plans") ?></h1><a class="btn btn-primary" href="/admin/plans/new"><?cs var:tr("New plan") ?></a></div><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Plans") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Name") ?></th><th scope="col"><?cs var:tr("Billed") ?></th><th scope="col" class="ui-opt"><?cs var:tr("Minimum duration") ?></th><th scope="col" class="ui-opt"><?cs var:tr("Notice") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.name ?></a><?cs if:r.archived ?><span class="ui-sub"><?cs var:tr("no longer sold") ?></span><?cs /if ?></th><td><?cs var:r.every ?><?cs each:u = r.rules ?><span class="ui-sub"><?cs var:u.text ?></span><?cs /each ?></td><td class="ui-opt"><?cs var:r.commitment ?></td><td class="ui-opt"><?cs var:r.notice ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
