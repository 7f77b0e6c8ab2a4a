<?cs include!"macro/ui.cs" ?><?cs include!"macro/import.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<p class="lead"><?cs var:About ?></p>
<form method="post" action="<?cs var:Action ?>" enctype="multipart/form-data">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_file(Form.file) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Check the file") ?></button><a href="<?cs var:Action ?>/sample.csv"><?cs var:tr("Sample file") ?></a><a href="<?cs var:Action ?>/export.csv"><?cs var:tr("Export what is there") ?></a></div>
</form><?cs call:import_problems() ?>
<h2><?cs var:tr("The columns") ?></h2>
<p><?cs var:tr("The first line names the columns, in any order. A column that you leave out keeps what is there. Save the file as CSV in UTF-8; cells may be separated by commas, semicolons or tabs.") ?></p>
<p><?cs var:tr("The reference tells rows apart: the same file changes nothing the second time. An exported text that a spreadsheet could take for a formula begins with an apostrophe; the import takes it away again.") ?></p>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("The columns") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Column") ?></th><th scope="col"><?cs var:tr("Meaning") ?></th><th scope="col"><?cs var:tr("Values") ?></th></tr></thead>
<tbody><?cs each:c = Columns ?>
<tr><th scope="row"><code><?cs var:c.name ?></code><?cs if:c.required ?><span class="ui-sub"><?cs var:tr("required") ?></span><?cs /if ?></th><td class="ui-wide"><?cs var:c.text ?></td><td class="ui-wide"><?cs var:c.values ?></td></tr><?cs /each ?>
</tbody>
</table>
<?cs include!"layout/bottom.cs" ?>
