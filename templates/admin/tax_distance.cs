<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:tr("Consumers in other countries") ?></h1>
<?cs call:ui_views(Views, tr("Taxes")) ?>
<p><?cs var:tr("Sales to consumers in other member states carry the seller's VAT until they exceed 10,000 euros in a year or in the year before; then that of the customer's country (article 59c of directive 2006/112/EC). Amounts are without VAT.") ?></p>
<p><?cs call:ui_badge(Where.kind, Where.label) ?></p>
<?cs call:ui_summary(Facts) ?>
<h2><?cs var:tr("By country and rate") ?>, <?cs var:Year.now ?></h2><?cs if:subcount(Rows) ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("By country and rate") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Customer's country") ?></th><th scope="col"><?cs var:tr("VAT of") ?></th><th scope="col" class="ui-num"><?cs var:tr("Rate") ?></th><th scope="col" class="ui-num"><?cs var:tr("Without VAT") ?></th><th scope="col" class="ui-num"><?cs var:tr("VAT") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><?cs var:r.country ?></th><td><?cs var:r.whose ?></td><td class="ui-num"><?cs var:r.rate ?></td><td class="ui-num"><?cs var:r.base ?></td><td class="ui-num"><?cs var:r.tax ?></td></tr><?cs /each ?>
</tbody>
</table><?cs else ?>
<p><?cs var:tr("Nothing was sold to consumers in other member states this year.") ?></p><?cs /if ?>
<nav class="ui-pager" aria-label="<?cs var:tr("Years") ?>"><a rel="prev" href="/admin/taxes/distance?year=<?cs var:Year.before ?>"><?cs var:Year.before ?></a><?cs if:?Year.after ?><a rel="next" href="/admin/taxes/distance?year=<?cs var:Year.after ?>"><?cs var:Year.after ?></a><?cs /if ?></nav>
<?cs include!"layout/bottom.cs" ?>
