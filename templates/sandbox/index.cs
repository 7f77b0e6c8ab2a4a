<?cs include!"macro/ui.cs" ?><?cs include!"layout/customer_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<p class="lead"><?cs var:tr("This program plays the payment gateway for demo and tests. It speaks the gateway's API, shows its card page and keeps its own ledger. No money moves.") ?></p>
<?cs call:ui_summary(Facts) ?>
<ul>
<li><a href="/sandbox/cards"><?cs var:tr("All test cards and what they do") ?></a></li>
<li><a href="/sandbox/ledger"><?cs var:tr("Every payment that was taken, once and for good") ?></a></li>
<li><a href="/sandbox/events"><?cs var:tr("What was told to the seller's system, and whether it was taken") ?></a></li>
</ul>
<?cs include!"layout/bottom.cs" ?>
