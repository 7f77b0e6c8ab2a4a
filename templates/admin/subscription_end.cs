<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<?cs call:ui_summary(Facts) ?>
<p><?cs var:tr("What is billed is served until then, and nothing is billed for later days. What is billed in arrears is billed on the end. The customer gets an e-mail; until the day comes you can take it back.") ?></p>
<form method="post" action="/admin/subscriptions/<?cs var:Sub.number ?>/end">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.last) ?>
<?cs call:ui_check(Form.agreed) ?>
<div class="ui-actions"><button type="submit" class="btn btn-danger"><?cs var:tr("Plan the end") ?></button><a href="/admin/subscriptions/<?cs var:Sub.number ?>"><?cs var:tr("Back to the subscription") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
