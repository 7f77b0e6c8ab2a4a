<?cs include!"macro/ui.cs" ?><?cs include!"layout/customer_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<?cs call:ui_summary(Facts) ?>
<form method="post" action="/my/subscriptions/<?cs var:Sub.number ?>/mandate">
<?cs call:ui_hidden(Token) ?>
<?cs if:subcount(Open) ?>
<h2><?cs var:tr("What is debited") ?></h2>
<p><?cs var:Mandate.open ?></p>
<ul><?cs each:o = Open ?>
<li><?cs var:o.text ?></li><?cs /each ?>
</ul>
<?cs call:ui_choice(Form.use) ?><?cs /if ?>
<h2><?cs var:tr("Your account") ?></h2>
<?cs call:ui_field(Form.holder) ?>
<?cs call:ui_field(Form.iban) ?><?cs if:Mandate.key_odd ?>
<div class="ui-flash ui-flash-warn" role="status"><p><?cs var:tr("The key at the end of this French account number does not fit the rest of it. Compare it with what your bank wrote; if it is right, go on.") ?></p></div><?cs /if ?>
<?cs call:ui_field(Form.bic) ?>
<h2><?cs var:tr("Signature") ?></h2>
<p><?cs var:Mandate.text ?></p><?cs if:Mandate.b2b ?>
<p><?cs var:tr("Your bank pays such debits only when it knows the mandate: give it the paper that we mail you after the signature.") ?></p><?cs /if ?>
<p><?cs var:tr("You are told of every debit before it happens. You can revoke the mandate at any time.") ?></p>
<?cs call:ui_field(Form.name) ?>
<?cs call:ui_check(Form.consent) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Send me the code") ?></button><a href="/my/subscriptions/<?cs var:Sub.number ?>"><?cs var:tr("Back to the subscription") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
