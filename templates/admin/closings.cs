<?cs include!"macro/ui.cs" ?><?cs include!"macro/books.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:tr("Closings and files") ?></h1>
<?cs if:subcount(Open) ?>
<h2><?cs var:tr("What is in the way") ?></h2>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("What is in the way") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("What") ?></th><th scope="col"><?cs var:tr("Date") ?></th></tr></thead>
<tbody><?cs each:o = Open ?>
<tr><th scope="row" class="ui-wide"><?cs if:o.href ?><a href="<?cs var:o.href ?>"><?cs var:o.text ?></a><?cs else ?><?cs var:o.text ?><?cs /if ?></th><td><?cs var:o.on ?></td></tr><?cs /each ?>
</tbody>
</table><?cs if:OpenMore ?>
<p class="ui-hint"><?cs var:tr("There may be more of it: these are the oldest.") ?></p><?cs /if ?><?cs /if ?>
<h2><?cs var:tr("Close a period") ?></h2>
<p><?cs var:tr("Nothing is dated into a closed period any more. Closing a month closes its days, closing a financial year its months. It cannot be undone.") ?> <a href="/admin/settings/years"><?cs var:tr("Financial years") ?></a></p>
<?cs each:n = Next ?><?cs if:n.over ?>
<form method="post" action="/admin/closings" class="ui-actions"><?cs call:ui_hidden(Token) ?><input type="hidden" name="kind" value="<?cs var:n.kind ?>"><input type="hidden" name="on" value="<?cs var:n.on ?>"><button type="submit" class="btn btn-secondary"><?cs var:n.label ?></button></form><?cs else ?>
<p class="ui-hint"><?cs var:n.label ?></p><?cs /if ?><?cs /each ?>
<h2><?cs var:tr("Files for the tax office (FEC)") ?></h2>
<p class="ui-hint"><?cs var:tr("Every entry of a financial year in the 18 columns of article A47 A-1, behind the opening balances: tabs, decimal commas, ISO 8859-15. The file holds what Tacite books: sales, payments and deferred revenue.") ?></p><?cs if:subcount(Years) ?>
<ul class="ui-docs"><?cs each:y = Years ?>
<li><?cs if:y.large ?><?cs var:y.year ?>: <?cs var:tr("too many entries for a page: `tacite-batch fec` writes the file.") ?><?cs else ?><a href="/admin/fec/<?cs var:y.file ?>.txt">FEC <?cs var:y.year ?></a><?cs /if ?> <span class="ui-hint"><?cs var:tr("Entries:") ?> <?cs var:y.entries ?></span></li><?cs /each ?>
</ul><?cs else ?>
<p><?cs var:tr("Nothing was booked yet.") ?></p><?cs /if ?>
<h2><?cs var:tr("What is closed") ?></h2>
<?cs call:ui_views(Views, tr("Views")) ?><?cs if:subcount(Rows) ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Closings, newest first") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Period") ?></th><th scope="col" class="ui-num"><?cs var:tr("Entries") ?></th><th scope="col" class="ui-num"><?cs var:tr("Debit and credit") ?></th><th scope="col" class="ui-num"><?cs var:tr("Documents incl. VAT") ?></th><th scope="col" class="ui-num"><?cs var:tr("Since the beginning") ?></th><th scope="col" class="ui-opt"><?cs var:tr("Closed") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><?cs var:r.period ?><span class="ui-sub"><?cs var:r.kind ?></span></th><td class="ui-num" data-l="<?cs var:tr("Entries") ?>"><?cs var:r.entries ?></td><td class="ui-num ui-wide" data-l="<?cs var:tr("Debit and credit") ?>"><?cs var:r.debit ?></td><td class="ui-num ui-wide" data-l="<?cs var:tr("Documents incl. VAT") ?>"><?cs var:r.sales ?><?cs each:t = r.taxes ?><span class="ui-sub"><?cs var:t.text ?></span><?cs /each ?></td><td class="ui-num ui-wide" data-l="<?cs var:tr("Since the beginning") ?>"><?cs var:r.all ?></td><td class="ui-opt"><?cs var:r.at ?></td></tr><?cs /each ?>
</tbody>
</table>
<?cs call:ui_pager(Pager) ?><?cs call:books_csv() ?><?cs else ?>
<p><?cs var:tr("Nothing is closed yet.") ?></p><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
