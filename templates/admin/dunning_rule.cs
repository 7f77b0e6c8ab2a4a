<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<form method="post" action="<?cs var:Action ?>">
<?cs call:ui_hidden(Token) ?>
<div class="ui-grid"><?cs call:ui_field(Form.name) ?><?cs call:ui_field(Form.grace) ?></div>
<h2><?cs var:tr("Steps") ?></h2>
<p class="ui-hint"><?cs var:tr("From top to bottom, by days after the due day. Leave lines empty that you do not need; for more lines save and come back.") ?></p><?cs each:s = Form.step ?>
<div class="ui-grid"><?cs call:ui_field(s.days) ?><?cs call:ui_select(s.action) ?></div><?cs /each ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Save the rule") ?></button><a href="/admin/dunning/rules"><?cs var:tr("Cancel") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
