<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><a href="/admin/bank"><?cs var:tr("Bank account") ?></a></div>
<?cs if:Entry.doubt ?>
<p><?cs var:tr("This money came for direct debits of yours, but not as you asked for it: nothing was booked, and nothing is counted as paid before you decide.") ?></p><?cs /if ?>
<?cs call:ui_summary(Facts) ?><?cs if:Entry.several ?>
<h2><?cs var:tr("The debits") ?></h2>
<p><?cs var:tr("Usually the bank has refused some of them: take in its answer (pain.002), or say here which it did not pay. As soon as the rest adds up, it is booked by itself.") ?></p>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Debits that this money is of") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Direct debit") ?></th><th scope="col"><?cs var:tr("State") ?></th><th scope="col" class="ui-num"><?cs var:tr("Amount") ?></th><th scope="col"><span class="visually-hidden"><?cs var:tr("Action") ?></span></th></tr></thead>
<tbody><?cs each:d = Debits ?>
<tr><th scope="row" class="ui-wide"><?cs if:d.number ?><a href="/admin/invoices/<?cs var:d.number ?>"><?cs var:d.number ?></a><?cs /if ?><span class="ui-sub"><?cs var:d.key ?></span></th><td><?cs var:d.state ?></td><td class="ui-num"><?cs var:d.amount ?></td><td><?cs if:d.waits ?><form method="post" action="/admin/bank/<?cs var:Entry.id ?>"><?cs call:ui_hidden(Token) ?><input type="hidden" name="debit" value="<?cs var:d.id ?>"><button type="submit" name="do" value="refused" class="btn btn-secondary"><?cs var:tr("Not paid by the bank") ?><span class="visually-hidden"> <?cs var:d.key ?></span></button></form><?cs /if ?></td></tr><?cs /each ?>
</tbody>
</table><?cs if:Entry.more ?>
<p><?cs var:Entry.more ?></p><?cs /if ?><?cs elif:Entry.credit ?>
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
<?cs if:?Fee.minor ?><h2><?cs var:tr("Or did the bank keep a fee?") ?></h2>
<p><?cs var:Fee.text ?></p>
<form method="post" action="/admin/bank/<?cs var:Entry.id ?>"><?cs call:ui_hidden(Token) ?><input type="hidden" name="fee" value="<?cs var:Fee.minor ?>">
<div class="ui-actions"><button type="submit" name="do" value="fee" class="btn btn-secondary"><?cs var:Fee.button ?></button></div>
</form>
<?cs /if ?><?cs if:Entry.doubt ?><h2><?cs var:tr("Or leave it as it is?") ?></h2>
<p><?cs var:tr("Set aside, it pays nothing, and its debits count as paid as they were asked once their days of return are over.") ?></p><?cs else ?><h2><?cs var:tr("Or is it no customer's payment?") ?></h2><?cs /if ?>
<form method="post" action="/admin/bank/<?cs var:Entry.id ?>">
<?cs call:ui_hidden(Token) ?>
<div class="ui-actions"><button type="submit" name="do" value="aside" class="btn btn-secondary"><?cs var:tr("Set aside") ?></button></div>
</form>
<?cs include!"layout/bottom.cs" ?>
