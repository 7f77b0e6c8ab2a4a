<?cs include!"macro/ui.cs" ?><?cs include!"macro/money.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?> <?cs call:ui_badge(Sub.badge.kind, Sub.badge.label) ?></h1><a href="/admin/subscriptions"><?cs var:tr("All subscriptions") ?></a></div>
<p class="lead"><a href="<?cs var:Sub.customer_href ?>"><?cs var:Sub.customer ?></a></p><?cs if:?Sub.held ?>
<div class="ui-attention"><p><?cs var:Sub.held ?></p>
<form method="post" action="/admin/subscriptions/<?cs var:Sub.number ?>/release"><?cs call:ui_hidden(Token) ?><button type="submit" class="btn btn-primary"><?cs var:tr("Bill what was missed") ?></button></form></div><?cs /if ?>
<?cs if:?Planned.text ?>
<div class="ui-attention"><p><?cs var:Planned.text ?></p>
<form method="post" action="<?cs var:Planned.action ?>"><?cs call:ui_hidden(Token) ?><button type="submit" class="btn btn-secondary"><?cs var:tr("Undo the planned change") ?></button></form></div><?cs /if ?>
<?cs if:?Claim.text ?>
<div class="ui-attention"><p><?cs var:Claim.text ?><?cs if:?Claim.reminders ?> <a href="<?cs var:Claim.reminders ?>"><?cs var:tr("Reminders") ?></a><?cs /if ?></p><?cs if:?Claim.pay ?>
<form method="post" action="/admin/subscriptions/<?cs var:Sub.number ?>/link"><?cs call:ui_hidden(Token) ?><button type="submit" class="btn btn-secondary"><?cs var:tr("Send the customer a link to pay") ?></button></form><?cs /if ?></div><?cs /if ?>
<div class="ui-actions"><a class="btn btn-primary" href="<?cs var:Amend.href ?>"><?cs var:tr("Change this subscription") ?></a></div>
<?cs call:ui_summary(Facts) ?>
<?cs if:Sub.may_end ?><p><a href="/admin/subscriptions/<?cs var:Sub.number ?>/end"><?cs var:tr("Plan its end") ?></a></p><?cs elif:Sub.ends ?>
<form method="post" action="/admin/subscriptions/<?cs var:Sub.number ?>/end/undo"><?cs call:ui_hidden(Token) ?><div class="ui-actions"><button type="submit" class="btn btn-secondary"><?cs var:tr("Take the planned end back") ?></button></div></form><?cs /if ?>
<h2><?cs var:tr("Lines") ?></h2>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Lines") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Description") ?></th><th scope="col" class="ui-num"><?cs var:tr("Quantity") ?></th><th scope="col" class="ui-num"><?cs var:tr("Price excl. VAT") ?></th></tr></thead>
<tbody><?cs each:l = Lines ?>
<tr><td class="ui-wide"><?cs var:l.description ?><?cs if:l.discount ?><span class="ui-sub"><?cs var:l.discount ?></span><?cs /if ?><?cs if:l.timing ?><span class="ui-sub"><?cs var:l.timing ?></span><?cs /if ?><?cs if:l.tiers ?><span class="ui-sub"><?cs var:l.tiers ?></span><?cs /if ?></td><td class="ui-num"><?cs var:l.quantity ?></td><td class="ui-num"><?cs var:l.price ?></td></tr><?cs /each ?>
</tbody>
</table>
<?cs if:Sub.metered ?><p><a href="/admin/subscriptions/<?cs var:Sub.number ?>/usage"><?cs var:tr("Report usage") ?></a></p><?cs /if ?>
<p class="ui-hint"><?cs var:tr("Monthly recurring revenue:") ?> <?cs var:Sub.mrr ?><?cs if:Sub.owner ?> · <?cs var:tr("Seller:") ?> <?cs var:Sub.owner ?><?cs /if ?></p>
<?cs if:subcount(Proposals) ?>
<h2><?cs var:tr("Quotes that would change it") ?></h2>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Quotes that would change it") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Quote") ?></th><th scope="col"><?cs var:tr("State") ?></th><th scope="col" class="ui-num"><?cs var:tr("Per period") ?></th><th scope="col"><?cs var:tr("Valid until") ?></th></tr></thead>
<tbody><?cs each:p = Proposals ?>
<tr><th scope="row"><a href="<?cs var:p.href ?>"><?cs var:p.number ?></a><span class="ui-sub"><?cs var:p.kind ?></span></th><td><?cs call:ui_badge(p.state.kind, p.state.label) ?></td><td class="ui-num" data-l="<?cs var:tr("Per period") ?>"><?cs var:p.period ?></td><td data-l="<?cs var:tr("Valid until") ?>"><?cs var:p.until ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?>
<h2><?cs var:tr("Changes") ?></h2><?cs if:subcount(Changes) ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Changes, newest first") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Takes effect") ?></th><th scope="col"><?cs var:tr("Change") ?></th><th scope="col"><?cs var:tr("State") ?></th><th scope="col" class="ui-num"><abbr title="<?cs var:tr("Monthly recurring revenue") ?>">MRR</abbr></th><th scope="col"><?cs var:tr("Documents") ?></th></tr></thead>
<tbody><?cs each:c = Changes ?>
<tr><th scope="row"><?cs var:c.on ?></th><td class="ui-wide"><?cs var:c.text ?><?cs if:c.quote ?> <a href="/admin/quotes/<?cs var:c.quote ?>"><?cs var:c.quote ?></a><?cs /if ?><?cs if:c.terms ?><span class="ui-sub"><?cs var:c.terms ?></span><?cs /if ?><?cs if:c.reason ?><span class="ui-sub"><?cs var:c.reason ?></span><?cs /if ?><?cs if:c.failure ?><span class="ui-sub"><?cs var:c.failure ?></span><?cs /if ?></td><td><?cs call:ui_badge(c.state.kind, c.state.label) ?></td><td class="ui-num" data-l="MRR"><?cs var:c.before ?> → <?cs var:c.after ?></td><td><?cs if:subcount(c.documents) ?><?cs each:d = c.documents ?><a href="<?cs var:d.href ?>"><?cs var:d.number ?></a> <?cs /each ?><?cs else ?>–<?cs /if ?></td></tr><?cs /each ?>
</tbody>
</table><?cs else ?>
<p><?cs var:tr("No change so far.") ?></p><?cs /if ?>
<form method="get" action="/admin/subscriptions/<?cs var:Sub.number ?>#then" class="ui-filter" id="then">
<div class="ui-field<?cs if:Then.err ?> ui-has-error<?cs /if ?>"><label class="form-label" for="f-on"><?cs var:tr("The contract on a day") ?></label><?cs if:Then.err ?>
<p class="ui-error" id="f-on-err"><span class="visually-hidden"><?cs var:tr("Error:") ?> </span><?cs var:Then.err ?></p><?cs /if ?><input class="form-control ui-short" id="f-on" name="on" value="<?cs var:Then.value ?>"<?cs if:Then.err ?> aria-invalid="true" aria-describedby="f-on-err"<?cs /if ?>></div>
<button type="submit" class="btn btn-secondary"><?cs var:tr("Show") ?></button>
</form><?cs if:?Then.text ?>
<section class="ui-panel" aria-label="<?cs var:tr("The contract on a day") ?>">
<p><strong><?cs var:Then.value ?></strong>: <?cs var:Then.text ?> · MRR <?cs var:Then.mrr ?></p><?cs if:subcount(Then.lines) ?>
<ul><?cs each:l = Then.lines ?>
<li><?cs var:l.text ?></li><?cs /each ?>
</ul><?cs /if ?><?cs if:subcount(Then.rows) ?>
<?cs call:ui_summary(Then) ?><?cs /if ?>
</section><?cs /if ?>
<h2><?cs var:tr("Invoices") ?></h2><?cs if:subcount(Invoices) ?>
<?cs call:money_invoices(Invoices, tr("Invoices")) ?><?cs else ?>
<p><?cs var:tr("No invoice yet.") ?></p><?cs /if ?>
<h2><?cs var:tr("What happened") ?></h2>
<?cs call:ui_timeline(Timeline) ?>
<?cs include!"layout/bottom.cs" ?>
