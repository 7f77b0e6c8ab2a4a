<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><a href="/admin/payments/<?cs var:Pay.id ?>"><?cs var:tr("Back to the payment") ?></a></div>
<?cs call:ui_summary(Facts) ?>
<h2><?cs var:tr("How it ended") ?></h2>
<form method="post" action="/admin/payments/<?cs var:Pay.id ?>/decide" class="ui-form">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_choice(Form.outcome) ?>
<?cs call:ui_field(Form.reason) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Record it") ?></button></div>
</form>
<?cs include!"layout/bottom.cs" ?>
