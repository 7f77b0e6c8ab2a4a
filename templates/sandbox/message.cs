<?cs include!"macro/ui.cs" ?><?cs include!"layout/plain_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<p class="lead"><?cs var:Message.text ?></p><?cs if:?Message.href ?>
<p><a class="btn btn-primary" href="<?cs var:Message.href ?>"><?cs var:Message.action ?></a></p><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
