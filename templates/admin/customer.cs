<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Customer.name ?><?cs if:Customer.archived ?> <?cs call:ui_badge("neutral", tr("archived")) ?><?cs /if ?></h1><a href="/admin/customers"><?cs var:tr("All customers") ?></a></div>
<p class="ui-hint"><?cs var:Customer.number ?></p>
<div class="ui-actions"><?cs if:!Customer.archived ?><a class="btn btn-primary" href="/admin/quotes/new?customer=<?cs var:Customer.number ?>"><?cs var:tr("New quote") ?></a><?cs /if ?><a class="btn btn-secondary" href="/admin/customers/<?cs var:Customer.number ?>/edit"><?cs var:tr("Edit") ?></a><a href="/admin/aged/<?cs var:Customer.number ?>"><?cs var:tr("What the customer owes") ?></a><a href="/admin/customers/<?cs var:Customer.number ?>/debit"><?cs var:tr("Direct debit") ?></a></div>
<?cs call:ui_summary(Facts) ?><?cs each:c = Credits ?>
<p><?cs var:c.text ?></p><?cs /each ?><?cs def:documents(rows, title, place) ?><?cs if:subcount(rows) ?>
<h2><?cs var:title ?></h2>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:title ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Number") ?></th><th scope="col"><?cs var:tr("State") ?></th><th scope="col" class="ui-opt"><?cs var:place ?></th><th scope="col" class="ui-num"><?cs var:tr("Amount") ?></th></tr></thead>
<tbody><?cs each:r = rows ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.number ?></a><?cs if:r.plan ?><span class="ui-sub"><?cs var:r.plan ?></span><?cs /if ?></th><td><?cs call:ui_badge(r.kind, r.label) ?></td><td class="ui-opt"><?cs var:r.on ?><?cs var:r.next ?></td><td class="ui-num"><?cs var:r.amount ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?><?cs /def ?>
<?cs call:documents(Subscriptions, tr("Subscriptions"), tr("Next invoice")) ?>
<?cs call:documents(Quotes, tr("Quotes"), tr("Created")) ?>
<?cs call:documents(Invoices, tr("Invoices"), tr("Date")) ?><?cs if:MayCheck || subcount(Checks) ?>
<h2 id="vat"><?cs var:tr("Checks of the VAT number") ?></h2>
<p><?cs var:tr("Without VAT is sold to a company in another member state only when its number is checked.") ?></p><?cs if:?Silence ?>
<p><?cs call:ui_badge("warn", tr("No answer")) ?> <?cs var:Silence ?></p><?cs /if ?><?cs if:MayAsk ?>
<form method="post" action="/admin/customers/<?cs var:Customer.number ?>/vies">
<?cs call:ui_hidden(Token) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Check with VIES") ?></button></div>
</form><?cs /if ?><?cs if:subcount(Checks) ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Checks of the VAT number") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Number") ?></th><th scope="col"><?cs var:tr("Result") ?></th><th scope="col"><?cs var:tr("Checked on") ?></th><th scope="col"><?cs var:tr("Evidence") ?></th></tr></thead>
<tbody><?cs each:r = Checks ?>
<tr><th scope="row"><?cs var:r.number ?></th><td><?cs call:ui_badge(r.kind, r.label) ?></td><td><?cs var:r.on ?></td><td class="ui-wide"><?cs var:r.evidence ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?><?cs if:MayCheck ?>
<form method="post" action="/admin/customers/<?cs var:Customer.number ?>/vat">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_choice(Form.result) ?>
<div class="ui-grid"><?cs call:ui_field(Form.checked) ?><?cs call:ui_field(Form.evidence) ?></div>
<div class="ui-actions"><button type="submit" class="btn btn-secondary"><?cs var:tr("Record the check") ?></button></div>
</form><?cs /if ?><?cs /if ?>
<h2><?cs var:tr("What happened") ?></h2>
<?cs call:ui_timeline(Timeline) ?>
<?cs include!"layout/bottom.cs" ?>
