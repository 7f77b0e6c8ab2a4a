<?cs include!"macro/ui.cs" ?><?cs include!"macro/books.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:tr("Deferred revenue") ?></h1>
<form method="get" action="/admin/deferred" class="ui-filter" role="search"><?cs call:ui_field(Filter.subscription) ?>
<button type="submit" class="btn btn-secondary"><?cs var:tr("Show") ?></button>
</form>
<p><?cs var:tr("New invoices are spread:") ?> <strong><?cs var:Method ?></strong> · <a href="/admin/deferred/method"><?cs var:tr("Method of deferral") ?></a></p><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<p><?cs var:tr("Still to be released:") ?> <strong><?cs var:Rest ?></strong><?cs if:Ledger.all ?> · <a href="/admin/ledger/<?cs var:Ledger.code ?>"><?cs var:tr("Balance of the account") ?> <?cs var:Ledger.code ?></a> <strong><?cs var:Ledger.balance ?></strong><?cs /if ?></p>
<h2><?cs var:tr("Month by month") ?></h2>
<table class="ui-table">
<caption class="visually-hidden"><?cs var:tr("What the batch will book each month") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Month") ?></th><th scope="col" class="ui-num"><?cs var:tr("Amount") ?></th></tr></thead>
<tbody><?cs each:m = Months ?>
<tr><th scope="row"><?cs var:m.month ?></th><td class="ui-num"><?cs var:m.amount ?></td></tr><?cs /each ?>
<tr class="ui-strong"><th scope="row"><?cs var:tr("Total") ?></th><td class="ui-num"><?cs var:Rest ?></td></tr>
</tbody>
</table>
<h2><?cs var:tr("By subscription") ?></h2>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("What is deferred, by subscription") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Subscription") ?></th><th scope="col"><?cs var:tr("Customer") ?></th><th scope="col" class="ui-opt"><?cs var:tr("Until") ?></th><th scope="col" class="ui-num"><?cs var:tr("Amount") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><?cs if:r.href ?><a href="<?cs var:r.href ?>"><?cs var:r.number ?></a><?cs else ?><?cs var:tr("Without subscription") ?><?cs /if ?></th><td class="ui-wide"><?cs var:r.customer ?></td><td class="ui-opt"><?cs var:r.until ?></td><td class="ui-num"><?cs var:r.rest ?></td></tr><?cs /each ?>
</tbody>
</table><?cs if:More ?>
<p class="ui-hint"><?cs var:tr("There are more subscriptions: the file has all of them.") ?></p><?cs /if ?><?cs call:books_csv() ?><?cs /if ?>
<?cs if:Ledger.all ?><h2><?cs var:tr("Earned, not invoiced") ?></h2>
<p><?cs var:tr("Closing a month books what its days earned and no invoice asks for yet, with its VAT; the entry is taken back on the first day of the next month.") ?> <a href="/admin/ledger/<?cs var:Accrued.vat ?>"><?cs var:tr("Account of its VAT:") ?> <?cs var:Accrued.vat ?></a></p><?cs if:subcount(Accrued.rows) ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("What closed months had earned before its invoice") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Month") ?></th><th scope="col" class="ui-num"><?cs var:tr("Subscriptions") ?></th><th scope="col" class="ui-num"><?cs var:tr("Earned, incl. VAT") ?></th><th scope="col" class="ui-num"><?cs var:tr("Balance of the account") ?> <?cs var:Accrued.code ?></th></tr></thead>
<tbody><?cs each:r = Accrued.rows ?>
<tr><th scope="row"><?cs var:r.month ?></th><td class="ui-num" data-l="<?cs var:tr("Subscriptions") ?>"><?cs var:r.count ?></td><td class="ui-num" data-l="<?cs var:tr("Earned, incl. VAT") ?>"><?cs var:r.amount ?></td><td class="ui-num" data-l="<?cs var:tr("Balance of the account") ?>"><a href="<?cs var:r.href ?>"><?cs var:r.balance ?><span class="visually-hidden"> <?cs var:r.month ?></span></a></td></tr><?cs /each ?>
</tbody>
</table><?cs else ?>
<p class="ui-hint"><?cs var:tr("No closed month had anything of it.") ?></p><?cs /if ?><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
