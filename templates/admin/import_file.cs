<?cs include!"macro/ui.cs" ?><?cs include!"macro/import.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1><?cs if:Done ?>
<p class="lead" role="status"><?cs var:tr("Imported.") ?></p><?cs elif:May ?>
<p class="lead"><?cs var:tr("The file is in order. Nothing is written yet: this is what the import would do.") ?></p><?cs else ?>
<p class="lead"><?cs var:tr("The file cannot be imported as it is: something changed since it was checked.") ?></p><?cs /if ?>
<?cs call:import_tiles() ?><?cs call:import_problems() ?><?cs call:import_balance() ?><?cs call:import_notes() ?>
<p class="ui-hint"><?cs var:tr("Uploaded") ?> <?cs var:Uploaded ?> · SHA-256 <code><?cs var:Digest ?></code>…</p><?cs if:Done ?>
<div class="ui-actions"><a class="btn btn-primary" href="<?cs var:List ?>"><?cs var:tr("Look at the list") ?></a><a href="<?cs var:Back ?>"><?cs var:tr("Another file") ?></a></div><?cs else ?>
<form method="post" action="<?cs var:Action ?>">
<?cs call:ui_hidden(Token) ?>
<div class="ui-actions"><?cs if:May ?><button type="submit" class="btn btn-primary"><?cs var:tr("Import") ?></button><?cs /if ?><a href="<?cs var:Back ?>"><?cs var:tr("Choose another file") ?></a></div>
</form><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
