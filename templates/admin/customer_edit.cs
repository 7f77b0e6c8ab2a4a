<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<form method="post" action="<?cs var:Action ?>">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_choice(Form.kind) ?>
<?cs call:ui_field(Form.name) ?>
<div class="ui-grid"><?cs call:ui_field(Form.contact) ?><?cs call:ui_field(Form.phone) ?></div>
<?cs call:ui_field(Form.email) ?>
<h2><?cs var:tr("Address") ?></h2>
<?cs call:ui_field(Form.street) ?>
<?cs call:ui_field(Form.street2) ?>
<div class="ui-grid"><?cs call:ui_field(Form.postal_code) ?><?cs call:ui_field(Form.city) ?><?cs call:ui_select(Form.country) ?></div>
<h2><?cs var:tr("Numbers and language") ?></h2>
<div class="ui-grid"><?cs call:ui_field(Form.siren) ?><?cs call:ui_field(Form.vat_id) ?><?cs call:ui_select(Form.language) ?></div>
<?cs call:ui_field(Form.segment) ?>
<?cs call:ui_check(Form.consolidated) ?><?cs if:Exists ?>
<?cs call:ui_check(Form.archived) ?><?cs /if ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Save the customer") ?></button><a href="<?cs var:Back ?>"><?cs var:tr("Cancel") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
