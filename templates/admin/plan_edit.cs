<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<form method="post" action="<?cs var:Action ?>">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.name) ?>
<div class="ui-grid"><?cs call:ui_field(Form.every) ?><?cs call:ui_select(Form.unit) ?></div>
<div class="ui-grid"><?cs call:ui_select(Form.anchor) ?><?cs call:ui_field(Form.anchor_day) ?></div>
<?cs call:ui_select(Form.timing) ?>
<h2><?cs var:tr("Trial") ?></h2>
<div class="ui-grid"><?cs call:ui_field(Form.trial) ?><?cs call:ui_select(Form.trial_unit) ?><?cs call:ui_select(Form.trial_end) ?></div>
<?cs call:ui_check(Form.trial_card) ?>
<h2><?cs var:tr("Term and notice") ?></h2>
<div class="ui-grid"><?cs call:ui_field(Form.term) ?><?cs call:ui_select(Form.term_unit) ?></div>
<?cs call:ui_check(Form.term_renews) ?>
<div class="ui-grid"><?cs call:ui_field(Form.commitment) ?><?cs call:ui_field(Form.notice) ?></div>
<?cs call:ui_select(Form.index) ?>
<h2><?cs var:tr("Pauses and changes") ?></h2>
<div class="ui-grid"><?cs call:ui_check(Form.no_pause) ?><?cs call:ui_field(Form.pause_max) ?></div>
<div class="ui-grid"><?cs call:ui_select(Form.customer_level) ?><?cs call:ui_check(Form.customer_pause) ?></div>
<?cs call:ui_check(Form.customer_end) ?>
<h2><?cs var:tr("Payment") ?></h2>
<?cs call:ui_check(Form.debit_first) ?>
<h2><?cs var:tr("When something goes wrong") ?></h2>
<div class="ui-grid"><?cs call:ui_field(Form.max_missed) ?><?cs call:ui_select(Form.dunning) ?></div><?cs if:Exists ?>
<?cs call:ui_check(Form.archived) ?><?cs /if ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Save the plan") ?></button><a href="/admin/plans"><?cs var:tr("Cancel") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
