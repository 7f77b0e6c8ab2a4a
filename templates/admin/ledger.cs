<?cs include!"macro/ui.cs" ?><?cs include!"macro/books.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<?cs if:Account.customer ?>
<p><?cs var:tr("Only the lines of this customer:") ?> <a href="/admin/customers/<?cs var:Account.customer_number ?>"><?cs var:Account.customer ?></a> · <a href="/admin/ledger/<?cs var:Account.code ?>"><?cs var:tr("Show the whole account") ?></a></p><?cs /if ?>
<?cs call:books_years() ?>
<form method="get" action="/admin/ledger/<?cs var:Account.code ?>" class="ui-filter" role="search"><?cs call:ui_field(Filter.from) ?><?cs call:ui_field(Filter.to) ?><?cs if:Account.customer ?><input type="hidden" name="customer" value="<?cs var:Account.customer_number ?>"><?cs /if ?>
<button type="submit" class="btn btn-secondary"><?cs var:tr("Show") ?></button>
</form>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Lines of the account, oldest first") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Entry") ?></th><th scope="col"><?cs var:tr("Date") ?></th><th scope="col"><?cs var:tr("Document") ?></th><th scope="col" class="ui-num"><?cs var:tr("Debit") ?></th><th scope="col" class="ui-num"><?cs var:tr("Credit") ?></th><th scope="col" class="ui-num"><?cs var:tr("Balance") ?></th></tr></thead>
<tbody>
<tr><th scope="row" class="ui-wide"><?cs var:tr("Before") ?></th><td></td><td></td><td class="ui-num"></td><td class="ui-num"></td><td class="ui-num"><?cs var:Opening ?></td></tr><?cs each:l = Lines ?>
<tr><th scope="row"><a href="<?cs var:l.href ?>"><?cs var:l.number ?></a></th><td><?cs var:l.on ?></td><td class="ui-wide"><?cs var:l.reference ?><?cs if:l.customer ?><span class="ui-sub"><?cs var:l.customer ?></span><?cs /if ?><?cs if:l.foreign ?><span class="ui-sub"><?cs var:l.foreign ?></span><?cs /if ?></td><td class="ui-num"<?cs if:l.debit ?> data-l="<?cs var:tr("Debit") ?>"<?cs /if ?>><?cs var:l.debit ?></td><td class="ui-num"<?cs if:l.credit ?> data-l="<?cs var:tr("Credit") ?>"<?cs /if ?>><?cs var:l.credit ?></td><td class="ui-num"<?cs if:l.balance ?> data-l="<?cs var:tr("Balance") ?>"<?cs /if ?>><?cs var:l.balance ?></td></tr><?cs /each ?>
<tr class="ui-strong"><th scope="row" class="ui-wide"><?cs var:tr("After") ?></th><td></td><td></td><td class="ui-num"></td><td class="ui-num"></td><td class="ui-num"><?cs var:Closing ?></td></tr>
</tbody>
</table>
<p class="ui-hint"><?cs var:tr("Balances are debit less credit.") ?></p>
<?cs call:ui_pager(Pager) ?><?cs call:books_csv() ?>
<?cs include!"layout/bottom.cs" ?>
