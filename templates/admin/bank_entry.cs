<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><a href="/admin/bank"><?cs var:tr("Bank account") ?></a></div>
<?cs call:ui_summary(Facts) ?><?cs if:Entry.credit ?>
<h2><?cs var:tr("Which invoice does it pay?") ?></h2><?cs if:subcount(Guesses) ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Best guesses") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Invoice") ?></th><th scope="col"><?cs var:tr("Customer") ?></th><th scope="col" class="ui-num"><?cs var:tr("Still open") ?></th><th scope="col"><span class="visually-hidden"><?cs var:tr("Action") ?></span></th></tr></thead>
<tbody><?cs each:g = Guesses ?>
<tr><th scope="row"><a href="<?cs var:g.href ?>"><?cs var:g.number ?></a></th><td class="ui-wide"><?cs var:g.customer ?></td><td class="ui-num"><?cs var:g.open ?></td><td><form method="post" action="/admin/bank/<?cs var:Entry.id ?>"><?cs call:ui_hidden(Token) ?><input type="hidden" name="invoice" value="<?cs var:g.number ?>"><button type="submit" class="btn btn-secondary"><?cs var:tr("Book") ?><span class="visually-hidden"> <?cs var:g.number ?></span></button></form></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?>
<form method="post" action="/admin/bank/<?cs var:Entry.id ?>" class="ui-form">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.invoice) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Book on this invoice") ?></button></div>
</form><?cs /if ?>
<h2><?cs var:tr("Or is it no customer's payment?") ?></h2>
<form method="post" action="/admin/bank/<?cs var:Entry.id ?>">
<?cs call:ui_hidden(Token) ?>
<div class="ui-actions"><button type="submit" name="do" value="aside" class="btn btn-secondary"><?cs var:tr("Set aside") ?></button></div>
</form>
<?cs include!"layout/bottom.cs" ?>
