<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?> <?cs call:ui_badge(Back.state.kind, Back.state.label) ?></h1><a href="/admin/refunds"><?cs var:tr("All refunds") ?></a></div>
<?cs call:ui_summary(Facts) ?><?cs if:Back.asks ?>
<form method="post" action="/admin/refunds/<?cs var:Back.id ?>">
<?cs call:ui_hidden(Token) ?>
<p class="ui-hint"><?cs var:tr("The outcome is asked for by itself, again and again. A refund is never made twice.") ?></p>
<div class="ui-actions"><button type="submit" name="do" value="ask" class="btn btn-secondary"><?cs var:tr("Ask now") ?></button></div>
</form><?cs /if ?><?cs if:Back.waits ?>
<h2><?cs var:tr("Make the transfer at your bank") ?></h2>
<p class="ui-hint"><?cs var:tr("The bank's next statement shows it and closes this refund. Without statements, say here that it is made.") ?></p>
<form method="post" action="/admin/refunds/<?cs var:Back.id ?>" class="ui-form">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_default_submit("do", "made") ?>
<?cs call:ui_field(Form.on) ?>
<div class="ui-actions"><button type="submit" name="do" value="made" class="btn btn-primary"><?cs var:tr("The transfer is made") ?></button><button type="submit" name="do" value="withdraw" class="btn btn-secondary"><?cs var:tr("Withdraw: the credit stays with the customer") ?></button></div>
</form><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
