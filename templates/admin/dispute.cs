<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?> <?cs call:ui_badge(Case.state.kind, Case.state.label) ?></h1><a href="/admin/payments"><?cs var:tr("All payments") ?></a></div>
<?cs call:ui_summary(Facts) ?><?cs if:Case.open ?>
<p class="ui-hint"><?cs var:tr("The bank holds the money until it has decided. Answer at the gateway before its deadline. Meanwhile no reminder is sent for the invoice, and nothing of its subscription is debited.") ?></p><?cs /if ?><?cs if:Case.lost ?>
<h2><?cs var:tr("The bank decided for the cardholder") ?></h2>
<form method="post" action="/admin/disputes/<?cs var:Case.id ?>" class="ui-form">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_choice(Form.then) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Save") ?></button></div>
</form><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
