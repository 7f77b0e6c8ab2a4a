<?cs include!"macro/ui.cs" ?><?cs include!"layout/customer_top.cs" ?>
<h1><?cs var:Page.title ?></h1><?cs if:subcount(Rows) ?>
<p><a href="/sandbox/money-back.tsv"><?cs var:tr("The whole ledger, tab-separated") ?></a></p>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Money that went back, newest first") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("When") ?></th><th scope="col"><?cs var:tr("What") ?></th><th scope="col" class="ui-num"><?cs var:tr("Amount") ?></th><th scope="col"><?cs var:tr("Reference") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><?cs var:r.at ?></th><td><?cs var:r.kind ?></td><td class="ui-num"><?cs var:r.amount ?></td><td class="ui-wide text-break"><code><?cs var:r.object ?></code><span class="ui-sub"><?cs var:r.intent ?></span></td></tr><?cs /each ?>
</tbody>
</table><?cs else ?>
<?cs call:ui_empty(Empty) ?><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
