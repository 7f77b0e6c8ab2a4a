<?cs include!"macro/ui.cs" ?><?cs include!"macro/books.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:tr("Sales journals") ?></h1><p><a href="/admin/accounts"><?cs var:tr("Accounts") ?></a></p></div>
<p><?cs var:tr("A template says in which journal its documents are booked; whatever says none is booked in the first. The tax office's file names it.") ?></p>
<table class="ui-table">
<caption class="visually-hidden"><?cs var:tr("Sales journals") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Code") ?></th><th scope="col"><?cs var:tr("Name") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><?cs var:r.code ?></th><td class="ui-wide"><?cs var:r.name ?></td></tr><?cs /each ?>
</tbody>
</table>
<h2><?cs var:tr("Another sales journal") ?></h2>
<form method="post" action="/admin/accounts/journals">
<?cs call:ui_hidden(Token) ?>
<div class="ui-grid ui-grid-line"><?cs call:ui_field(Form.code) ?><?cs call:ui_field(Form.name) ?></div>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Add the journal") ?></button></div>
</form>
<?cs include!"layout/bottom.cs" ?>
