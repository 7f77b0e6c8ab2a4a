<?cs include!"macro/ui.cs" ?><?cs include!"layout/plain_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<p class="lead"><?cs var:Error.text ?></p><?cs if:?Error.hint ?>
<p><?cs var:Error.hint ?></p><?cs /if ?><?cs if:?Error.href ?>
<p><a class="btn btn-primary" href="<?cs var:Error.href ?>"><?cs var:Error.action ?></a></p><?cs /if ?><?cs if:?Error.id ?>
<p class="ui-hint"><?cs var:tr("Reference for our support:") ?> <code><?cs var:Error.id ?></code></p><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
