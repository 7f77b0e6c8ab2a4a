<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1><?cs if:subcount(Waiting) ?>
<h2><?cs var:tr("To transfer") ?></h2>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Transfers that wait, oldest first") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Customer") ?></th><th scope="col"><?cs var:tr("For") ?></th><th scope="col"><?cs var:tr("Account") ?></th><th scope="col" class="ui-num"><?cs var:tr("Amount") ?></th></tr></thead>
<tbody><?cs each:r = Waiting ?>
<tr><th scope="row" class="ui-wide"><?cs var:r.customer ?></th><td><a href="<?cs var:r.href ?>"><?cs var:r.number ?></a></td><td><?cs var:r.how ?></td><td class="ui-num"><?cs var:r.amount ?></td></tr><?cs /each ?>
</tbody>
</table>
<h2><?cs var:tr("All") ?></h2><?cs /if ?><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Refunds, newest first") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Customer") ?></th><th scope="col"><?cs var:tr("For") ?></th><th scope="col"><?cs var:tr("State") ?></th><th scope="col" class="ui-opt"><?cs var:tr("When") ?></th><th scope="col" class="ui-num"><?cs var:tr("Amount") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row" class="ui-wide"><?cs var:r.customer ?></th><td><a href="<?cs var:r.href ?>"><?cs var:r.number ?></a><span class="ui-sub"><?cs var:r.how ?></span></td><td><?cs call:ui_badge(r.state.kind, r.state.label) ?><?cs if:r.why ?><span class="ui-sub"><?cs var:r.why ?></span><?cs /if ?></td><td class="ui-opt"><?cs var:r.at ?></td><td class="ui-num"><?cs var:r.amount ?></td></tr><?cs /each ?>
</tbody>
</table>
<?cs call:ui_pager(Pager) ?><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
