<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:tr("Price revisions") ?></h1><a class="btn btn-primary" href="/admin/revisions/new"><?cs var:tr("New revision") ?></a></div>
<?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Price revisions") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Announced on") ?></th><th scope="col"><?cs var:tr("Change") ?></th><th scope="col"><?cs var:tr("Of") ?></th><th scope="col"><?cs var:tr("Why") ?></th><th scope="col" class="ui-num"><?cs var:tr("Lines") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.on ?></a><?cs if:r.state ?> <?cs call:ui_badge("neutral", r.state) ?><?cs /if ?></th><td class="ui-wide"><?cs var:r.what ?></td><td class="ui-wide"><?cs var:r.of ?></td><td class="ui-wide"><?cs var:r.reason ?></td><td class="ui-num"><?cs var:r.lines ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
