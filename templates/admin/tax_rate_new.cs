<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:tr("Add a rate") ?></h1>
<p><?cs var:tr("A rate counts from its day on until the next one of the same country, kind and postal codes. It is never changed afterwards: another one follows it.") ?></p>
<form method="post" action="/admin/taxes/rates/new">
<?cs call:ui_hidden(Token) ?>
<div class="ui-grid"><?cs call:ui_select(Form.country) ?><?cs call:ui_select(Form.class) ?><?cs call:ui_field(Form.rate) ?></div>
<div class="ui-grid"><?cs call:ui_field(Form.from) ?><?cs call:ui_field(Form.until) ?></div>
<?cs call:ui_field(Form.source) ?>
<h2><?cs var:tr("Only for a part of the country") ?></h2>
<div class="ui-grid"><?cs call:ui_field(Form.region) ?><?cs call:ui_field(Form.postal_from) ?><?cs call:ui_field(Form.postal_until) ?></div><?cs if:Touched ?>
<?cs call:ui_check(Form.confirmed) ?><?cs /if ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Add the rate") ?></button><a href="/admin/taxes"><?cs var:tr("Cancel") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
