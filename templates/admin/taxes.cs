<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:tr("Taxes") ?></h1><a class="btn btn-primary" href="/admin/taxes/rates/new"><?cs var:tr("Add a rate") ?></a></div>
<?cs call:ui_views(Views, tr("Taxes")) ?>
<p><?cs var:tr("The rates that count today. Each country leads to all its rates with their days and sources.") ?> <?cs var:tr("Where a country has no rate of a kind, its standard rate counts.") ?></p>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Rates of today by country") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Country") ?></th><th scope="col" class="ui-num"><?cs var:tr("Standard rate") ?></th><th scope="col" class="ui-num ui-opt"><?cs var:tr("Intermediate rate") ?></th><th scope="col" class="ui-num ui-opt"><?cs var:tr("Reduced rate") ?></th><th scope="col" class="ui-num ui-opt"><?cs var:tr("Super-reduced rate") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.name ?></a><span class="ui-sub"><?cs var:r.code ?><?cs if:r.parts ?> · <?cs var:r.parts ?><?cs /if ?></span></th><td class="ui-num"><?cs if:r.standard ?><?cs var:r.standard ?><?cs else ?>–<?cs /if ?></td><td class="ui-num ui-opt"><?cs if:r.intermediate ?><?cs var:r.intermediate ?><?cs else ?>–<?cs /if ?></td><td class="ui-num ui-opt"><?cs if:r.reduced ?><?cs var:r.reduced ?><?cs else ?>–<?cs /if ?></td><td class="ui-num ui-opt"><?cs if:r.super_reduced ?><?cs var:r.super_reduced ?><?cs else ?>–<?cs /if ?></td></tr><?cs /each ?>
</tbody>
</table>
<?cs include!"layout/bottom.cs" ?>
