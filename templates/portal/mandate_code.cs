<?cs include!"macro/ui.cs" ?><?cs include!"layout/customer_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<p><?cs var:Mandate.sent ?></p>
<p><?cs var:tr("Mandate") ?> <strong><?cs var:Mandate.reference ?></strong>, <?cs var:tr("account") ?> <strong><?cs var:Mandate.account ?></strong></p>
<?cs if:Mandate.key_odd ?><div class="ui-flash ui-flash-warn" role="status"><p><?cs var:tr("The key at the end of this French account number does not fit the rest of it. Compare it with what your bank wrote; if it is right, go on.") ?></p></div><?cs /if ?>
<form method="post" action="<?cs var:Mandate.action ?>">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.code) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Sign the mandate") ?></button><a href="<?cs var:Mandate.again ?>"><?cs var:tr("Start again") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
