<?cs include!"macro/ui.cs" ?><?cs include!"macro/portal.cs" ?><?cs include!"layout/customer_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?> <?cs call:ui_badge(Sub.badge.kind, Sub.badge.label) ?></h1><p><a href="/my"><?cs var:tr("Your subscriptions") ?></a></p></div>
<?cs call:ui_summary(Facts) ?><?cs if:Sub.pays ?>
<form method="post" action="/my/subscriptions/<?cs var:Sub.number ?>/card">
<?cs call:ui_hidden(Token) ?>
<div class="ui-actions"><button type="submit" class="btn btn-secondary"><?cs var:Sub.press ?></button></div>
</form><?cs /if ?><?cs if:Sub.debits ?>
<p><a href="/my/subscriptions/<?cs var:Sub.number ?>/mandate"><?cs var:tr("Pay by SEPA direct debit") ?></a></p><?cs /if ?>
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
<p><?cs var:tr("No invoice yet.") ?></p><?cs /if ?><?cs if:Sub.contact ?>
<p><?cs var:tr("To change or end your subscription, write to us:") ?> <a href="mailto:<?cs var:Sub.contact ?>"><?cs var:Sub.contact ?></a></p><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
