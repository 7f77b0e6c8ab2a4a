<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<form method="post" action="<?cs var:Action ?>">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.name) ?>
<fieldset class="ui-panel"><legend><?cs var:tr("Who belongs to it") ?></legend><?cs each:s = Form.seller ?>
<?cs call:ui_check(s.on) ?><input type="hidden" name="<?cs var:s.id.name ?>" value="<?cs var:s.id.value ?>"><?cs /each ?>
</fieldset>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Save the team") ?></button><a href="/admin/teams"><?cs var:tr("Cancel") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
