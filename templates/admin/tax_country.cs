<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Country.name ?></h1><a href="/admin/taxes"><?cs var:tr("All countries") ?></a></div>
<div class="ui-actions"><a class="btn btn-primary" href="/admin/taxes/rates/new?country=<?cs var:Country.code ?>"><?cs var:tr("Add a rate") ?></a></div>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Rates with their days and sources") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Kind of rate") ?></th><th scope="col" class="ui-num"><?cs var:tr("Rate") ?></th><th scope="col"><?cs var:tr("Valid from") ?></th><th scope="col" class="ui-opt"><?cs var:tr("Ends before") ?></th><th scope="col"><?cs var:tr("State") ?></th><th scope="col"><?cs var:tr("Source") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><?cs var:r.class ?><span class="ui-sub"><?cs var:r.place ?></span></th><td class="ui-num"><?cs var:r.rate ?></td><td><?cs var:r.from ?></td><td class="ui-opt"><?cs if:r.until ?><?cs var:r.until ?><?cs else ?>–<?cs /if ?></td><td><?cs call:ui_badge(r.kind, r.label) ?></td><td class="ui-wide"><?cs var:r.source ?></td></tr><?cs /each ?>
</tbody>
</table>
<?cs include!"layout/bottom.cs" ?>
