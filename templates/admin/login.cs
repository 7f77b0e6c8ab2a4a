<?cs include!"macro/ui.cs" ?><?cs include!"layout/plain_top.cs" ?>
<h1><?cs var:tr("Sign in") ?></h1>
<form method="post" action="/admin/login">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.email) ?>
<?cs call:ui_field(Form.password) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Sign in") ?></button>
<a href="/admin/forgot"><?cs var:tr("Forgotten password") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
