<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><a href="/admin/customers/<?cs var:Customer.number ?>"><?cs var:Customer.name ?></a></div><?cs if:Customer.company ?>
<form method="post" action="/admin/customers/<?cs var:Customer.number ?>/debit">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_choice(Form.scheme) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Save") ?></button></div>
</form><?cs else ?>
<p><?cs var:tr("The customer is no business: mandates are SEPA Core.") ?></p><?cs /if ?><?cs if:!subcount(Mandates) ?>
<p><?cs var:tr("No mandate is signed. The customer signs one on the page of a subscription.") ?></p><?cs /if ?><?cs each:m = Mandates ?>
<h2><?cs var:m.Mandate.reference ?> <?cs call:ui_badge(m.Mandate.badge.kind, m.Mandate.badge.label) ?></h2>
<?cs call:ui_summary(m.Facts) ?><?cs if:subcount(m.Changes) ?>
<ul><?cs each:c = m.Changes ?>
<li><?cs if:?c.href ?><a href="<?cs var:c.href ?>"><?cs var:c.text ?></a><?cs else ?><?cs var:c.text ?><?cs /if ?></li><?cs /each ?>
</ul><?cs /if ?><?cs if:m.Mandate.paper || m.confirms ?>
<div class="ui-actions"><?cs if:m.Mandate.paper ?><a class="btn btn-secondary" href="/admin/mandates/<?cs var:m.Mandate.reference ?>.pdf"><?cs var:tr("Download the mandate") ?><span class="visually-hidden"> <?cs var:m.Mandate.reference ?></span></a><?cs /if ?><?cs if:m.confirms ?><a class="btn btn-secondary" href="/admin/mandates/<?cs var:m.Mandate.reference ?>/confirm"><?cs var:tr("The customer's bank has confirmed it") ?></a><?cs /if ?></div><?cs /if ?><?cs if:m.revokes ?>
<form method="post" action="/admin/mandates/<?cs var:m.Mandate.reference ?>/revoke">
<?cs call:ui_hidden(Token) ?>
<div class="ui-actions"><button type="submit" class="btn btn-secondary"><?cs var:tr("Revoke the mandate") ?><span class="visually-hidden"> <?cs var:m.Mandate.reference ?></span></button></div>
</form><?cs /if ?><?cs /each ?>
<?cs include!"layout/bottom.cs" ?>
