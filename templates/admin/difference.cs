<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><a href="/admin/reconciliation"><?cs var:tr("Reconciliation") ?></a></div>
<?cs call:ui_summary(Facts) ?><?cs if:Difference.open ?>
<h2><?cs var:tr("What to do") ?></h2>
<p><?cs var:Difference.advice ?><?cs if:Difference.bank ?> <a href="/admin/bank"><?cs var:tr("Bank account") ?></a><?cs /if ?></p><?cs if:Difference.ask ?>
<form method="post" action="/admin/reconciliation/<?cs var:Difference.id ?>">
<?cs call:ui_hidden(Token) ?>
<div class="ui-actions"><button type="submit" name="do" value="ask" class="btn btn-primary"><?cs var:tr("Ask the gateway") ?></button></div>
</form><?cs /if ?><?cs if:Difference.book ?>
<form method="post" action="/admin/reconciliation/<?cs var:Difference.id ?>" class="ui-form">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.invoice) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Book on this invoice") ?></button></div>
</form><?cs /if ?>
<h2><?cs var:tr("Or is it dealt with already?") ?></h2>
<form method="post" action="/admin/reconciliation/<?cs var:Difference.id ?>">
<?cs call:ui_hidden(Token) ?>
<div class="ui-actions"><button type="submit" name="do" value="aside" class="btn btn-secondary"><?cs var:tr("Set aside") ?></button></div>
</form><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
