<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:tr("Outbox") ?></h1><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("E-mails, newest first") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("E-mail") ?></th><th scope="col"><?cs var:tr("To") ?></th><th scope="col"><?cs var:tr("State") ?></th><th scope="col" class="ui-opt"><?cs var:tr("When") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.what ?></a><?cs if:r.number ?><span class="ui-sub"><?cs var:r.number ?></span><?cs /if ?></th><td class="ui-wide"><?cs var:r.to ?></td><td><?cs call:ui_badge(r.kind, r.label) ?></td><td class="ui-opt"><?cs var:r.at ?></td></tr><?cs /each ?>
</tbody>
</table>
<?cs call:ui_pager(Pager) ?><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
