<?cs include!"macro/ui.cs" ?><?cs include!"macro/portal.cs" ?><?cs include!"layout/customer_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><p><?cs var:Me.name ?></p></div><?cs each:c = Credits ?>
<p><?cs var:c.text ?></p><?cs /each ?><?cs if:subcount(Quotes) ?>
<h2><?cs var:tr("Quotes") ?></h2><?cs each:q = Quotes ?>
<section class="ui-panel">
<h3><?cs if:q.href ?><a href="<?cs var:q.href ?>"><?cs var:tr("Quote") ?> <?cs var:q.number ?></a><?cs else ?><?cs var:q.number ?><?cs /if ?> <?cs if:q.badge.label ?><?cs call:ui_badge(q.badge.kind, q.badge.label) ?><?cs /if ?></h3><?cs if:q.kind ?>
<p><?cs var:q.kind ?> <?cs var:q.contract ?></p><?cs /if ?><?cs if:q.total ?>
<p><?cs var:tr("Due today incl. VAT:") ?> <?cs var:q.total ?></p><?cs /if ?>
</section><?cs /each ?><?cs /if ?><?cs if:subcount(Subscriptions) ?>
<h2><?cs var:tr("Subscriptions") ?></h2><?cs each:s = Subscriptions ?>
<section class="ui-panel">
<h3><a href="<?cs var:s.href ?>"><?cs var:s.number ?></a> <?cs call:ui_badge(s.badge.kind, s.badge.label) ?></h3>
<p><?cs var:s.price ?><?cs if:s.next ?><br><?cs var:s.next ?><?cs /if ?><?cs if:s.deposit ?><br><?cs var:s.deposit ?><?cs /if ?><?cs if:s.card ?><br><?cs var:s.card ?><?cs /if ?></p><?cs if:s.claim.text ?>
<p><?cs var:s.claim.text ?></p><?cs if:s.claim.pay ?>
<div class="ui-actions"><a class="btn btn-primary" href="<?cs var:s.claim.pay ?>"><?cs var:s.claim.press ?></a></div><?cs /if ?><?cs /if ?>
</section><?cs /each ?><?cs elif:!subcount(Quotes) && !subcount(Invoices) ?>
<div class="ui-empty"><p><?cs var:tr("You have no subscription yet.") ?></p></div><?cs /if ?><?cs if:subcount(Invoices) ?>
<h2><?cs var:tr("Invoices") ?></h2>
<?cs call:portal_invoices(Invoices) ?><?cs /if ?>
<form method="post" action="/my/leave">
<?cs call:ui_hidden(Token) ?>
<div class="ui-actions"><button type="submit" class="btn btn-secondary"><?cs var:tr("Leave this page safely") ?></button></div>
</form>
<?cs include!"layout/bottom.cs" ?>
