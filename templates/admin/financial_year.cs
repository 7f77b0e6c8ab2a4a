<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><p><a href="/admin/settings/years"><?cs var:tr("Financial years") ?></a></p></div>
<p><?cs if:Year.booked ?><?cs var:tr("Entries keep their numbers. The last one is of:") ?> <strong><?cs var:Year.entry ?></strong>. <?cs /if ?><?cs var:tr("The years that follow have twelve months each, whatever they had.") ?></p>
<form method="post" action="<?cs var:Action ?>">
<?cs call:ui_hidden(Token) ?><?cs if:Year.booked ?>
<p><?cs var:tr("First day:") ?> <strong><?cs var:Year.from ?></strong></p><?cs else ?>
<?cs call:ui_field(Form.from) ?><?cs /if ?>
<?cs call:ui_field(Form.last) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Save the financial year") ?></button><a href="/admin/settings/years"><?cs var:tr("Cancel") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
