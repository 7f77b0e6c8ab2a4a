<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:tr("New quote") ?></h1>
<form method="post" action="/admin/quotes/new">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_pick(Form.customer) ?>
<p><a href="/admin/customers/new"><?cs var:tr("Create a customer") ?></a></p>
<?cs call:ui_select(Form.template) ?>
<?cs call:ui_select(Form.currency) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Write the quote") ?></button><a href="/admin/quotes"><?cs var:tr("Cancel") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
