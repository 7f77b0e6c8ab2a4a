<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:tr("Teams") ?></h1><a class="btn btn-primary" href="/admin/teams/new"><?cs var:tr("New team") ?></a></div><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<p class="ui-hint"><?cs var:tr("A template that is offered to a team is offered to whoever belongs to it then.") ?></p>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Teams") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Name") ?></th><th scope="col"><?cs var:tr("Who belongs to it") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row" class="ui-wide"><a href="<?cs var:r.href ?>"><?cs var:r.name ?></a></th><td class="ui-wide"><?cs if:r.sellers ?><?cs var:r.sellers ?><?cs else ?><?cs var:tr("Nobody") ?><?cs /if ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
