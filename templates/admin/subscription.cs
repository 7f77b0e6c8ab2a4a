<?cs include!"macro/ui.cs" ?><?cs include!"macro/money.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?> <?cs call:ui_badge(Sub.badge.kind, Sub.badge.label) ?></h1><a href="/admin/subscriptions"><?cs var:tr("All subscriptions") ?></a></div>
<p class="lead"><a href="<?cs var:Sub.customer_href ?>"><?cs var:Sub.customer ?></a></p><?cs if:?Sub.held ?>
<div class="ui-attention"><p><?cs var:Sub.held ?></p>
<form method="post" action="/admin/subscriptions/<?cs var:Sub.number ?>/release"><?cs call:ui_hidden(Token) ?><button type="submit" class="btn btn-primary"><?cs var:tr("Bill what was missed") ?></button></form></div><?cs /if ?>
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
<p class="ui-hint"><?cs var:tr("Monthly recurring revenue") ?>: <?cs var:Sub.mrr ?></p>
<h2><?cs var:tr("Invoices") ?></h2><?cs if:subcount(Invoices) ?>
<?cs call:money_invoices(Invoices, tr("Invoices")) ?><?cs else ?>
<p><?cs var:tr("No invoice yet.") ?></p><?cs /if ?>
<h2><?cs var:tr("What happened") ?></h2>
<?cs call:ui_timeline(Timeline) ?>
<?cs include!"layout/bottom.cs" ?>
