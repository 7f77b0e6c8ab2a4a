<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<form method="post" action="/admin/import/bank" enctype="multipart/form-data">
<?cs call:ui_hidden(Token) ?>
<div class="ui-field">
<label class="form-label" for="f-file"><?cs var:tr("File of your bank") ?></label>
<p class="ui-hint" id="f-file-hint"><?cs var:tr("A statement (camt.053), notification (camt.054) or answer (pain.002), up to 5 MB. A file can be taken in again without harm.") ?></p>
<input class="form-control" type="file" id="f-file" name="file" accept=".xml,application/xml,text/xml" aria-describedby="f-file-hint">
</div>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Take in") ?></button></div>
</form>
<?cs call:ui_views(Views, tr("Entries")) ?><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs elif:View == "files" ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Files of the bank, newest first") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("File") ?></th><th scope="col"><?cs var:tr("Entries") ?></th><th scope="col"><?cs var:tr("State") ?></th><th scope="col" class="ui-opt"><?cs var:tr("When") ?></th></tr></thead>
<tbody><?cs each:r = Files ?>
<tr><th scope="row" class="ui-wide"><?cs var:r.name ?><span class="ui-sub"><?cs var:r.version ?></span></th><td><?cs var:r.counts ?></td><td><?cs call:ui_badge(r.state.kind, r.state.label) ?></td><td class="ui-opt"><?cs var:r.at ?></td></tr><?cs /each ?>
</tbody>
</table>
<?cs call:ui_pager(Pager) ?><?cs elif:View == "done" ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Entries that were dealt with, newest first") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("From") ?></th><th scope="col"><?cs var:tr("Invoice") ?></th><th scope="col" class="ui-opt"><?cs var:tr("When") ?></th><th scope="col" class="ui-num"><?cs var:tr("Amount") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row" class="ui-wide"><?cs var:r.who ?><?cs if:r.text ?><span class="ui-sub"><?cs var:r.text ?></span><?cs /if ?></th><td><?cs if:r.number ?><a href="<?cs var:r.href ?>"><?cs var:r.number ?></a><?cs /if ?><span class="ui-sub"><?cs var:r.how ?></span></td><td class="ui-opt"><?cs var:r.on ?></td><td class="ui-num"><?cs var:r.amount ?><?cs if:r.kept ?><span class="ui-sub"><?cs var:r.kept ?></span><?cs /if ?></td></tr><?cs /each ?>
</tbody>
</table>
<?cs call:ui_pager(Pager) ?><?cs else ?>
<p class="ui-hint"><?cs var:tr("Money that came without a reference or number that we know. An amount alone is never enough.") ?></p>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Entries that wait, oldest first") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("From") ?></th><th scope="col"><?cs var:tr("Perhaps for") ?></th><th scope="col" class="ui-opt"><?cs var:tr("When") ?></th><th scope="col" class="ui-num"><?cs var:tr("Amount") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row" class="ui-wide"><a href="<?cs var:r.href ?>"><?cs var:r.who ?></a><?cs if:r.text ?><span class="ui-sub"><?cs var:r.text ?></span><?cs /if ?><?cs if:r.doubt ?><span class="ui-sub"><?cs var:r.doubt ?></span><?cs /if ?></th><td><?cs each:g = r.guesses ?><?cs var:g.number ?> <?cs /each ?><?cs if:!subcount(r.guesses) ?>–<?cs /if ?></td><td class="ui-opt"><?cs var:r.on ?></td><td class="ui-num"><?cs var:r.amount ?><?cs if:r.kept ?><span class="ui-sub"><?cs var:r.kept ?></span><?cs /if ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
