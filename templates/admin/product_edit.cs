<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<form method="post" action="<?cs var:Action ?>">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.name) ?>
<div class="ui-grid"><?cs call:ui_field(Form.code) ?><?cs call:ui_field(Form.unit) ?></div>
<div class="ui-grid"><?cs call:ui_select(Form.kind) ?><?cs call:ui_select(Form.tax) ?><?cs call:ui_select(Form.timing) ?></div>
<?cs call:ui_select(Form.account) ?>
<?cs call:ui_text(Form.description) ?>
<h2><?cs var:tr("Prices excl. VAT") ?></h2>
<p class="ui-hint"><?cs var:tr("Leave a price empty where the product is not sold in that way. Running subscriptions keep their price.") ?></p>
<div class="ui-grid"><?cs each:p = Form.price ?><div><input type="hidden" name="<?cs var:p.plan.name ?>" value="<?cs var:p.plan.value ?>"><?cs call:ui_field(p.price) ?></div><?cs /each ?></div><?cs if:Exists ?>
<?cs call:ui_check(Form.archived) ?><?cs /if ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Save the product") ?></button><a href="/admin/products"><?cs var:tr("Cancel") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
