<?cs include!"macro/ui.cs" ?><?cs include!"macro/books.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<form method="post" action="<?cs var:Action ?>">
<?cs call:ui_hidden(Token) ?><?cs if:Fresh ?>
<?cs call:ui_field(Form.code) ?><?cs else ?>
<p class="ui-hint"><?cs var:Account.kind ?></p><?cs /if ?>
<?cs call:ui_field(Form.name) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Save the account") ?></button><a href="/admin/accounts"><?cs var:tr("Cancel") ?></a></div>
</form><?cs if:Account.free ?>
<form method="post" action="<?cs var:Action ?>/delete">
<?cs call:ui_hidden(Token) ?>
<div class="ui-actions"><button type="submit" class="btn btn-danger"><?cs var:tr("Delete the account") ?></button></div>
</form><?cs elif:!Fresh ?>
<p class="ui-hint"><?cs var:tr("This account is in use: it cannot be deleted.") ?></p><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
