<?cs include!"macro/ui.cs" ?><?cs include!"layout/customer_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<p class="lead"><?cs var:Pay.what ?> · <?cs var:Pay.amount ?></p><?cs if:Again ?><?cs if:Reason ?>
<p><?cs var:Reason ?></p><?cs /if ?>
<p><?cs if:Signed ?><?cs var:tr("Your signature is recorded.") ?> <?cs /if ?><?cs var:tr("Nothing was charged. You can try again, with the same card or another.") ?></p>
<form method="post" action="/pay/<?cs var:Pay.ref ?>">
<?cs call:ui_hidden(Token) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:Pay.press ?></button><?cs if:Pay.quote ?><a href="/q/<?cs var:Pay.ref ?>"><?cs var:tr("Back to the quote") ?></a><?cs /if ?></div>
</form><?cs else ?>
<p><?cs if:Arrived ?><?cs var:tr("Your payment has arrived; we are writing it down.") ?><?cs else ?><?cs var:tr("Your bank is confirming the payment. You can close this page: we will write to you.") ?><?cs /if ?></p>
<form method="post" action="/pay/<?cs var:Pay.ref ?>/refresh">
<?cs call:ui_hidden(Token) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Refresh") ?></button></div>
</form><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
