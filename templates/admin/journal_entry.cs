<?cs include!"macro/ui.cs" ?><?cs include!"macro/books.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<?cs call:ui_summary(Facts) ?>
<h2><?cs var:tr("Lines") ?></h2>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Lines") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Account") ?></th><th scope="col"><?cs var:tr("Label") ?></th><th scope="col" class="ui-num"><?cs var:tr("Debit") ?></th><th scope="col" class="ui-num"><?cs var:tr("Credit") ?></th></tr></thead>
<tbody><?cs each:l = Lines ?>
<tr><th scope="row" class="ui-wide"><a href="<?cs var:l.account_href ?>"><?cs var:l.account ?></a> <?cs var:l.account_name ?></th><td><?cs var:l.label ?><?cs if:l.customer ?><span class="ui-sub"><a href="<?cs var:l.customer_href ?>"><?cs var:l.customer ?></a></span><?cs /if ?><?cs if:l.foreign ?><span class="ui-sub"><?cs var:l.foreign ?></span><?cs /if ?></td><td class="ui-num"<?cs if:l.debit ?> data-l="<?cs var:tr("Debit") ?>"<?cs /if ?>><?cs var:l.debit ?></td><td class="ui-num"<?cs if:l.credit ?> data-l="<?cs var:tr("Credit") ?>"<?cs /if ?>><?cs var:l.credit ?></td></tr><?cs /each ?>
<tr class="ui-strong"><th scope="row" class="ui-wide"><?cs var:tr("Total") ?></th><td></td><td class="ui-num" data-l="<?cs var:tr("Debit") ?>"><?cs var:Total ?></td><td class="ui-num" data-l="<?cs var:tr("Credit") ?>"><?cs var:Total ?></td></tr>
</tbody>
</table>
<p class="ui-hint"><?cs var:tr("An entry is never changed or deleted: a mistake is corrected by another entry.") ?></p>
<?cs include!"layout/bottom.cs" ?>
