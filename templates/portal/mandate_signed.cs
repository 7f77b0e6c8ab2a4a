<?cs include!"macro/ui.cs" ?><?cs include!"layout/customer_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?> <?cs call:ui_badge(Mandate.badge.kind, Mandate.badge.label) ?></h1><p><a href="/my/subscriptions/<?cs var:Sub.number ?>"><?cs var:tr("Back to the subscription") ?></a></p></div>
<?cs call:ui_summary(Facts) ?>
<?cs if:Mandate.paper || May.change ?>
<div class="ui-actions"><?cs if:Mandate.paper ?><a class="btn btn-secondary" href="/my/subscriptions/<?cs var:Sub.number ?>/mandate/<?cs var:Mandate.reference ?>.pdf"><?cs var:tr("Download the mandate") ?></a><?cs /if ?><?cs if:May.change ?><a class="btn btn-secondary" href="/my/subscriptions/<?cs var:Sub.number ?>/mandate/<?cs var:Mandate.reference ?>/account"><?cs var:tr("Change the account") ?></a><?cs /if ?></div><?cs /if ?><?cs if:subcount(Changes) ?>
<h2><?cs var:tr("Changes of the account") ?></h2>
<ul><?cs each:c = Changes ?>
<li><?cs if:?c.href ?><a href="<?cs var:c.href ?>"><?cs var:c.text ?></a><?cs else ?><?cs var:c.text ?><?cs /if ?></li><?cs /each ?>
</ul><?cs /if ?><?cs if:May.revoke ?>
<h2><?cs var:tr("Revoke the mandate") ?></h2>
<p><?cs var:tr("Nothing more is debited then. A debit that is with the bank already may still come. Your subscription goes on: you pay its invoices by card or by transfer.") ?></p>
<form method="post" action="/my/subscriptions/<?cs var:Sub.number ?>/mandate/<?cs var:Mandate.reference ?>/revoke">
<?cs call:ui_hidden(Token) ?>
<div class="ui-actions"><button type="submit" class="btn btn-secondary"><?cs var:tr("Revoke the mandate") ?></button></div>
</form><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
