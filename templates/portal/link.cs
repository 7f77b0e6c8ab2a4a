<?cs include!"macro/ui.cs" ?><?cs include!"layout/plain_top.cs" ?>
<h1><?cs var:Page.title ?></h1><?cs if:Dead ?>
<p><?cs var:tr("It is unknown, too old, or a newer one was sent to you. Nothing that you signed or paid is lost.") ?></p>
<h2><?cs var:tr("Get a new link") ?></h2><?cs else ?>
<p><?cs var:tr("Our pages open with the link from our e-mail: no account, no password. If you cannot find it, we send you another.") ?></p><?cs /if ?>
<form method="post" action="/link">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.email) ?>
<?cs call:ui_field(Form.number) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Send me a link") ?></button></div>
</form>
<?cs include!"layout/bottom.cs" ?>
