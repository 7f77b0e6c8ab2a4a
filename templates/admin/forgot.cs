<?cs include!"macro/ui.cs" ?><?cs include!"layout/plain_top.cs" ?>
<h1><?cs var:tr("Forgotten password") ?></h1>
<p><?cs var:tr("Enter the e-mail address of your account. We send a link with which you choose a new password.") ?></p>
<form method="post" action="/admin/forgot">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.email) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Send the link") ?></button>
<a href="/admin/login"><?cs var:tr("Back to sign in") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
