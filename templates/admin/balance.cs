<?cs include!"macro/ui.cs" ?><?cs include!"macro/books.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:tr("Trial balance") ?></h1>
<?cs call:books_span("/admin/balance") ?><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Accounts with opening, debit, credit and closing") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Account") ?></th><th scope="col" class="ui-num"><?cs var:tr("Opening") ?></th><th scope="col" class="ui-num"><?cs var:tr("Debit") ?></th><th scope="col" class="ui-num"><?cs var:tr("Credit") ?></th><th scope="col" class="ui-num"><?cs var:tr("Closing") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row" class="ui-wide"><a href="<?cs var:r.href ?>"><?cs var:r.account ?></a> <?cs var:r.name ?></th><td class="ui-num" data-l="<?cs var:tr("Opening") ?>"><?cs var:r.opening ?></td><td class="ui-num" data-l="<?cs var:tr("Debit") ?>"><?cs var:r.debit ?></td><td class="ui-num" data-l="<?cs var:tr("Credit") ?>"><?cs var:r.credit ?></td><td class="ui-num" data-l="<?cs var:tr("Closing") ?>"><?cs var:r.closing ?></td></tr><?cs /each ?>
<tr class="ui-strong"><th scope="row" class="ui-wide"><?cs var:tr("Total") ?></th><td class="ui-num" data-l="<?cs var:tr("Opening") ?>"><?cs var:Sum.opening ?></td><td class="ui-num" data-l="<?cs var:tr("Debit") ?>"><?cs var:Sum.debit ?></td><td class="ui-num" data-l="<?cs var:tr("Credit") ?>"><?cs var:Sum.credit ?></td><td class="ui-num" data-l="<?cs var:tr("Closing") ?>"><?cs var:Sum.closing ?></td></tr>
</tbody>
</table>
<p class="ui-hint"><?cs var:tr("Balances are debit less credit. Income and expenses begin each financial year at nothing: the years before stand in the account of the result.") ?></p><?cs call:books_csv() ?><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
