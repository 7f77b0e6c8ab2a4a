<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<form method="post" action="<?cs var:Action ?>">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.name) ?>
<?cs call:ui_choice(Form.scope) ?>
<div class="ui-grid"><?cs call:ui_pick(Form.customer) ?><?cs call:ui_field(Form.segment) ?><?cs call:ui_select(Form.country) ?></div>
<div class="ui-grid"><?cs call:ui_field(Form.currency) ?><?cs call:ui_field(Form.priority) ?></div><?cs if:Exists ?>
<?cs call:ui_check(Form.archived) ?><?cs /if ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Save the price list") ?></button><a href="<?cs var:Back ?>"><?cs var:tr("Cancel") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
