<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<h2><?cs var:tr("Open") ?></h2><?cs if:subcount(Open) ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Unpaid invoices") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Invoice") ?></th><th scope="col"><?cs var:tr("Customer") ?></th><th scope="col" class="ui-opt"><?cs var:tr("Due") ?></th><th scope="col"><?cs var:tr("Next") ?></th><th scope="col" class="ui-num"><?cs var:tr("Still open") ?></th></tr></thead>
<tbody><?cs each:r = Open ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.number ?></a></th><td class="ui-wide"><?cs var:r.customer ?></td><td class="ui-opt"><?cs var:r.due ?></td><td><?cs if:r.next ?><?cs var:r.next ?><span class="ui-sub"><?cs var:r.on ?></span><?cs else ?>–<?cs /if ?></td><td class="ui-num"><?cs var:r.open ?></td></tr><?cs /each ?>
</tbody>
</table><?cs else ?>
<p><?cs var:tr("Every invoice that is due is paid.") ?></p><?cs /if ?><?cs if:subcount(Ended) ?>
<h2><?cs var:tr("Over") ?></h2>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Cases that are over") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Invoice") ?></th><th scope="col"><?cs var:tr("Customer") ?></th><th scope="col"><?cs var:tr("State") ?></th><th scope="col" class="ui-opt"><?cs var:tr("Ended on") ?></th></tr></thead>
<tbody><?cs each:r = Ended ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.number ?></a></th><td class="ui-wide"><?cs var:r.customer ?></td><td><?cs call:ui_badge(r.state.kind, r.state.label) ?></td><td class="ui-opt"><?cs var:r.on ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
