<?cs include!"macro/ui.cs" ?><?cs include!"macro/portal.cs" ?><?cs include!"layout/customer_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?> <?cs call:ui_badge(Sub.badge.kind, Sub.badge.label) ?></h1><p><a href="/my"><?cs var:tr("Your subscriptions") ?></a></p></div>
<?cs if:?Planned.text ?>
<div class="ui-attention"><p><?cs var:Planned.text ?></p><?cs if:?Planned.action ?>
<form method="post" action="<?cs var:Planned.action ?>"><?cs call:ui_hidden(Token) ?><button type="submit" class="btn btn-secondary"><?cs var:tr("Undo the planned change") ?></button></form><?cs /if ?></div><?cs /if ?>
<?cs if:?Claim.text ?>
<div class="ui-attention"><p><?cs var:Claim.text ?></p><?cs if:?Claim.pay ?>
<div class="ui-actions"><a class="btn btn-primary" href="<?cs var:Claim.pay ?>"><?cs var:Claim.press ?></a></div><?cs /if ?></div><?cs /if ?>
<?cs if:?Ending.text ?>
<div class="ui-attention"><p><?cs var:Ending.text ?></p>
<form method="post" action="/my/subscriptions/<?cs var:Sub.number ?>/end/undo"><?cs call:ui_hidden(Token) ?><button type="submit" class="btn btn-secondary"><?cs var:tr("Keep my subscription") ?></button></form></div><?cs /if ?>
<?cs call:ui_summary(Facts) ?><?cs if:May.change || May.pause || May.resume ?>
<div class="ui-actions"><?cs if:May.change ?><a class="btn btn-secondary" href="/my/subscriptions/<?cs var:Sub.number ?>/change"><?cs var:tr("Change quantities and options") ?></a><?cs /if ?><?cs if:May.pause ?><a class="btn btn-secondary" href="/my/subscriptions/<?cs var:Sub.number ?>/pause"><?cs var:tr("Pause") ?></a><?cs /if ?></div><?cs /if ?><?cs if:May.resume ?>
<form method="post" action="/my/subscriptions/<?cs var:Sub.number ?>/resume"><?cs call:ui_hidden(Token) ?><div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Resume the subscription") ?></button></div></form><?cs /if ?><?cs if:Sub.pays ?>
<form method="post" action="/my/subscriptions/<?cs var:Sub.number ?>/card">
<?cs call:ui_hidden(Token) ?><?cs if:?Sub.also ?>
<p class="ui-hint"><?cs var:Sub.also ?></p><?cs /if ?>
<div class="ui-actions"><button type="submit" class="btn btn-secondary"><?cs var:Sub.press ?></button></div>
</form><?cs /if ?><?cs if:?Sub.mandate ?>
<p><a href="/my/subscriptions/<?cs var:Sub.number ?>/mandate/<?cs var:Sub.mandate ?>"><?cs var:tr("See, change or revoke your direct debit mandate") ?></a></p><?cs elif:Sub.debits ?>
<p><a href="/my/subscriptions/<?cs var:Sub.number ?>/mandate"><?cs var:tr("Pay by SEPA direct debit") ?></a></p><?cs /if ?>
<?cs if:subcount(Reserves) ?>
<h2><?cs var:tr("If this card no longer pays") ?></h2><?cs each:r = Reserves ?>
<form method="post" action="<?cs var:r.action ?>">
<?cs call:ui_hidden(Token) ?><?cs if:?r.agreed ?>
<p><?cs var:r.agreed ?></p>
<div class="ui-actions"><button type="submit" class="btn btn-secondary"><?cs var:tr("Take this back") ?> <span class="visually-hidden"><?cs var:r.card ?></span></button></div><?cs else ?>
<p><?cs var:r.words ?></p>
<div class="ui-actions"><button type="submit" class="btn btn-secondary"><?cs var:tr("Allow this") ?> <span class="visually-hidden"><?cs var:r.card ?></span></button></div><?cs /if ?>
</form><?cs /each ?><?cs /if ?>
<h2><?cs var:tr("What you pay for") ?></h2>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("What you pay for") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Description") ?></th><th scope="col" class="ui-num"><?cs var:tr("Quantity") ?></th><th scope="col" class="ui-num"><?cs var:tr("Price excl. VAT") ?></th></tr></thead>
<tbody><?cs each:l = Lines ?>
<tr><td class="ui-wide"><?cs var:l.description ?><?cs if:l.discount ?><span class="ui-sub"><?cs var:l.discount ?></span><?cs /if ?><?cs if:l.timing ?><span class="ui-sub"><?cs var:l.timing ?></span><?cs /if ?><?cs if:l.tiers ?><span class="ui-sub"><?cs var:l.tiers ?></span><?cs /if ?></td><td class="ui-num"><?cs var:l.quantity ?></td><td class="ui-num"><?cs var:l.price ?></td></tr><?cs /each ?>
</tbody>
</table>
<h2><?cs var:tr("Invoices") ?></h2><?cs if:subcount(Invoices) ?>
<?cs call:portal_invoices(Invoices) ?><?cs else ?>
<p><?cs var:tr("No invoice yet.") ?></p><?cs /if ?><?cs if:May.end ?>
<p><a href="/my/subscriptions/<?cs var:Sub.number ?>/end"><?cs var:tr("End the subscription") ?></a></p><?cs /if ?><?cs if:Sub.contact ?>
<p><?cs if:May.end ?><?cs var:tr("A question about your subscription? Write to us:") ?><?cs else ?><?cs var:tr("To change or end your subscription, write to us:") ?><?cs /if ?> <a href="mailto:<?cs var:Sub.contact ?>"><?cs var:Sub.contact ?></a></p><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
