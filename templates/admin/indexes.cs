<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:tr("Indexes") ?></h1>
<form method="post" action="/admin/indexes">
<?cs call:ui_hidden(Token) ?>
<div class="ui-grid"><?cs call:ui_field(Form.name) ?><?cs call:ui_field(Form.month) ?><?cs call:ui_field(Form.value) ?></div>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Enter the value") ?></button></div>
</form><?cs each:x = Indexes ?>
<section><h2><?cs var:x.name ?></h2>
<table class="ui-table">
<caption class="visually-hidden"><?cs var:x.name ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Month") ?></th><th scope="col" class="ui-num"><?cs var:tr("Value") ?></th></tr></thead>
<tbody><?cs each:v = x.values ?>
<tr><th scope="row"><?cs var:v.month ?></th><td class="ui-num"><?cs var:v.value ?></td></tr><?cs /each ?>
</tbody>
</table></section><?cs /each ?>
<?cs include!"layout/bottom.cs" ?>
