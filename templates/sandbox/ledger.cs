<?cs include!"macro/ui.cs" ?><?cs include!"layout/customer_top.cs" ?>
<h1><?cs var:Page.title ?></h1><?cs if:subcount(Rows) ?>
<p><a href="/sandbox/ledger.tsv"><?cs var:tr("The whole ledger, tab-separated") ?></a></p>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Payments taken, newest first") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("When") ?></th><th scope="col" class="ui-num"><?cs var:tr("Amount") ?></th><th scope="col"><?cs var:tr("Card") ?></th><th scope="col"><?cs var:tr("Reference") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><?cs var:r.at ?></th><td class="ui-num"><?cs var:r.amount ?></td><td><?cs var:r.card ?></td><td class="ui-wide text-break"><code><?cs var:r.intent ?></code><?cs if:r.attempt ?><span class="ui-sub"><?cs var:r.attempt ?></span><?cs /if ?></td></tr><?cs /each ?>
</tbody>
</table>
<?cs call:ui_pager(Pager) ?><?cs else ?>
<?cs call:ui_empty(Empty) ?><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
