<?cs include!"macro/ui.cs" ?><?cs include!"layout/customer_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<p><?cs var:tr("Mandate") ?> <strong><?cs var:Mandate.reference ?></strong>, <?cs var:tr("account") ?> <strong><?cs var:Mandate.before ?></strong></p>
<p><?cs var:tr("A debit that is with the bank already still comes from this account.") ?></p>
<?cs call:ui_summary(Facts) ?>
<form method="post" action="/my/subscriptions/<?cs var:Sub.number ?>/mandate/<?cs var:Mandate.reference ?>/account">
<?cs call:ui_hidden(Token) ?>
<h2><?cs var:tr("Your new account") ?></h2>
<?cs call:ui_field(Form.holder) ?>
<?cs call:ui_field(Form.iban) ?><?cs if:Mandate.key_odd ?>
<div class="ui-flash ui-flash-warn" role="status"><p><?cs var:tr("The key at the end of this French account number does not fit the rest of it. Compare it with what your bank wrote; if it is right, go on.") ?></p></div><?cs /if ?>
<?cs call:ui_field(Form.bic) ?>
<h2><?cs var:tr("Signature") ?></h2>
<p><?cs var:Mandate.text ?></p>
<?cs call:ui_field(Form.name) ?>
<?cs call:ui_check(Form.consent) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Send me the code") ?></button><a href="/my/subscriptions/<?cs var:Sub.number ?>/mandate/<?cs var:Mandate.reference ?>"><?cs var:tr("Back to the mandate") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
