<?cs include!"macro/ui.cs" ?><?cs include!"macro/books.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><p><a href="/admin/deferred"><?cs var:tr("Deferred revenue") ?></a></p></div><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<p><?cs var:tr("What an invoice asks for in advance becomes revenue month by month. A change counts for invoices issued from then on: what is being spread keeps its method.") ?></p>
<form method="post" action="/admin/deferred/method">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_choice(Form.method) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Save the method") ?></button><a href="/admin/deferred"><?cs var:tr("Cancel") ?></a></div>
</form>
<h2><?cs var:tr("An example") ?></h2>
<p class="ui-hint" id="example"><?cs var:Example.text ?></p>
<table class="ui-table ui-stack" aria-describedby="example">
<caption class="visually-hidden"><?cs var:tr("An example") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Month") ?></th><?cs each:m = Methods ?><th scope="col" class="ui-num"><?cs var:m.label ?></th><?cs /each ?></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><?cs var:r.month ?></th><?cs each:a = r.amounts ?><td class="ui-num" data-l="<?cs var:a.label ?>"><?cs var:a.amount ?></td><?cs /each ?></tr><?cs /each ?>
</tbody>
</table><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
