<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><a href="/admin/customers/<?cs var:Customer.number ?>/debit"><?cs var:Customer.name ?></a></div>
<p><?cs var:tr("Between businesses a bank pays a debit only when its customer has told it of the mandate. Note here when your customer's bank has it; debits begin then.") ?></p>
<h2><?cs var:Mandate.reference ?> <?cs call:ui_badge(Mandate.badge.kind, Mandate.badge.label) ?></h2>
<?cs call:ui_summary(Facts) ?>
<form method="post" action="/admin/mandates/<?cs var:Mandate.reference ?>/confirm">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.on) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Note the confirmation") ?></button></div>
</form>
<?cs include!"layout/bottom.cs" ?>
