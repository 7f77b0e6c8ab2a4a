<?cs include!"macro/ui.cs" ?><?cs include!"layout/plain_top.cs" ?>
<h1><?cs var:tr("This link no longer works") ?></h1>
<p class="lead"><?cs var:tr("It was used before, or its 15 minutes are over.") ?></p>
<p><a class="btn btn-primary" href="/admin/forgot"><?cs var:tr("Ask for a new link") ?></a></p>
<?cs include!"layout/bottom.cs" ?>
