<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<form method="post" action="<?cs var:Action ?>">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.name) ?>
<?cs call:ui_field(Form.plural) ?>
<?cs call:ui_select(Form.base) ?>
<div class="ui-grid"><?cs call:ui_field(Form.numerator) ?><?cs call:ui_field(Form.denominator) ?></div>
<?cs call:ui_field(Form.code) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Save the unit") ?></button><a href="/admin/units"><?cs var:tr("Cancel") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
