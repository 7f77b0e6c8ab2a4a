<?cs include!"macro/ui.cs" ?><?cs include!"macro/lines.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><a href="/admin/templates"><?cs var:tr("Back to the templates") ?></a></div>
<form method="post" action="<?cs var:Action ?>">
<?cs call:ui_default_submit("do", "save") ?>
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.name) ?>
<div class="ui-grid">
<?cs call:ui_select(Form.plan) ?>
<?cs call:ui_select(Form.acceptance) ?>
<?cs call:ui_field(Form.validity) ?>
</div>
<?cs call:ui_text(Form.note) ?><?cs if:Exists ?><?cs call:ui_check(Form.archived) ?><?cs /if ?>
<h2 id="lines"><?cs var:tr("Lines") ?></h2>
<p class="ui-hint"><?cs var:tr("An empty price takes the price list's when a quote is written.") ?></p><?cs each:l = Form.line ?><?cs call:line_card(l, l.n) ?><?cs /each ?>
<?cs call:line_buttons() ?>
<div class="ui-actions"><button type="submit" name="do" value="save" class="btn btn-primary"><?cs var:tr("Save the template") ?></button><a href="/admin/templates"><?cs var:tr("Cancel") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
