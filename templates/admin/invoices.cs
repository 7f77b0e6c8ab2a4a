<?cs include!"macro/ui.cs" ?><?cs include!"macro/money.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:tr("Invoices") ?></h1>
<?cs call:ui_views(Views, tr("Views")) ?><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<?cs call:money_invoices(Invoices, tr("Invoices, newest first")) ?>
<?cs call:ui_pager(Pager) ?><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
