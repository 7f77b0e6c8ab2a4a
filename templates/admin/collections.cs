<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><a href="/admin/settings/debit"><?cs var:tr("Direct debit settings") ?></a></div><?cs if:Off ?>
<p><?cs var:tr("Enter your creditor identifier in the settings to offer direct debit to your customers.") ?></p><?cs /if ?>
<h2><?cs var:tr("Waiting for a file") ?></h2><?cs if:Nothing ?>
<p><?cs var:Nothing ?></p><?cs else ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Direct debits that wait for a file, earliest first") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Customer") ?></th><th scope="col"><?cs var:tr("Invoice") ?></th><th scope="col"><?cs var:tr("Debit on") ?></th><th scope="col" class="ui-num"><?cs var:tr("Amount") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row" class="ui-wide"><?cs var:r.customer ?></th><td><a href="<?cs var:r.href ?>"><?cs var:r.number ?></a><span class="ui-sub"><?cs var:r.mandate ?></span></td><td><?cs var:r.on ?><span class="ui-sub"><?cs var:r.by ?></span></td><td class="ui-num"><?cs var:r.amount ?></td></tr><?cs /each ?>
</tbody>
</table>
<form method="post" action="/admin/collections">
<?cs call:ui_hidden(Token) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:Press ?></button></div>
</form>
<p class="ui-hint"><?cs var:tr("Download the file below, hand it to your bank the same day, and say here that it was sent.") ?></p><?cs /if ?><?cs if:subcount(Files) ?>
<h2><?cs var:tr("Files for the bank") ?></h2>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Files for the bank, newest first") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("File") ?></th><th scope="col"><?cs var:tr("First debit on") ?></th><th scope="col" class="ui-num"><?cs var:tr("Debits") ?></th><th scope="col" class="ui-opt"><?cs var:tr("Made") ?></th><th scope="col"><?cs var:tr("At the bank") ?></th><th scope="col" class="ui-num"><?cs var:tr("Amount") ?></th></tr></thead>
<tbody><?cs each:f = Files ?>
<tr><th scope="row" class="ui-wide"><a href="<?cs var:f.href ?>"><?cs var:f.name ?></a><span class="ui-sub"><?cs var:f.version ?></span></th><td><?cs var:f.on ?></td><td class="ui-num"><?cs var:f.count ?></td><td class="ui-opt"><?cs var:f.at ?></td><td><?cs if:f.ask ?><a href="<?cs var:f.ask ?>"><?cs var:tr("Was it sent?") ?><span class="visually-hidden"> <?cs var:f.name ?></span></a><?cs else ?><?cs var:f.sent ?><?cs /if ?></td><td class="ui-num"><?cs var:f.amount ?></td></tr><?cs /each ?>
</tbody>
</table>
<?cs call:ui_pager(Pager) ?><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
