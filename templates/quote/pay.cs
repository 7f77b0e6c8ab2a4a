<?cs include!"macro/ui.cs" ?><?cs include!"layout/customer_top.cs" ?><?cs if:subcount(Steps) ?>
<?cs call:ui_steps(Steps) ?><?cs /if ?>
<h1><?cs var:Page.title ?></h1>
<p class="lead"><?cs var:Pay.what ?> · <?cs var:Pay.seller ?><?cs if:?Pay.pdf ?> · <a href="<?cs var:Pay.pdf ?>"><?cs var:tr("PDF document") ?></a><?cs /if ?></p><?cs if:?Pay.by ?>
<p><?cs var:Pay.by ?><?cs if:Pay.claim ?> <?cs var:tr("The invoice comes by e-mail once it is paid.") ?><?cs /if ?></p><?cs /if ?>
<?cs if:?Debit.text ?>
<div class="ui-panel">
<p><?cs var:Debit.text ?></p>
<div class="ui-actions"><a href="/my"><?cs var:tr("Your subscriptions") ?></a></div>
</div><?cs elif:Pay.no_card ?>
<div class="ui-panel">
<p><?cs var:tr("This amount cannot be paid by card: the payment service takes two decimals of this currency. Please write to us:") ?> <a href="mailto:<?cs var:Pay.contact ?>"><?cs var:Pay.contact ?></a></p>
</div><?cs else ?>
<div class="ui-panel">
<h2><?cs var:tr("By card") ?></h2>
<p><?cs var:tr("You pay on the secure page of our payment service and come back here. We never see your card number.") ?></p><?cs if:Pay.renews ?>
<p><?cs var:tr("Your card is kept by the payment service for the next invoices of this subscription only. You can replace it at any time on your page.") ?></p><?cs elif:Pay.debited ?>
<p><?cs var:tr("Your card pays this once. The next invoices are debited from your account as before.") ?></p><?cs /if ?>
<form method="post" action="/pay/<?cs var:Pay.ref ?>">
<?cs call:ui_hidden(Token) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:Pay.press ?></button><?cs if:Pay.quote ?><a href="/q/<?cs var:Pay.ref ?>"><?cs var:tr("Back to the quote") ?></a><?cs else ?><a href="/my"><?cs var:tr("Your subscriptions") ?></a><?cs /if ?></div>
</form>
</div><?cs /if ?><?cs if:Pay.transfer ?>
<div class="ui-panel">
<h2><?cs var:tr("By transfer") ?></h2>
<p><?cs var:tr("The reference leads your payment to this invoice by itself: please copy it exactly. It may take two banking days.") ?></p>
<?cs call:ui_summary(Transfer) ?><?cs if:Qr.path ?>
<div class="ui-qr"><svg viewBox="0 0 <?cs var:Qr.size ?> <?cs var:Qr.size ?>" role="img" aria-label="<?cs var:tr("QR code of this transfer for your banking app") ?>"><path d="<?cs var:Qr.path ?>"/></svg><p class="ui-hint"><?cs var:tr("Scan it with your banking app: it fills in the transfer.") ?></p></div><?cs /if ?>
</div><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
