<?cs include!"macro/ui.cs" ?><?cs include!"layout/plain_top.cs" ?>
<h1><?cs var:tr("New password") ?></h1>
<p><?cs var:tr("For the account") ?> <strong><?cs var:Account ?></strong>. <?cs var:tr("Every open session of this account ends.") ?></p>
<form method="post" action="/admin/reset">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.password) ?>
<?cs call:ui_field(Form.again) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Set the password") ?></button></div>
</form>
<?cs include!"layout/bottom.cs" ?>
