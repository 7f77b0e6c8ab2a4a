<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:tr("Exchange rates") ?></h1>
<p><?cs var:tr("A quote in another currency is sent when its currency has a rate of the last ten days. Its invoices keep the newest rate of the day of issue: they are booked by it in your currency and tell their VAT in it. Money is booked by the newest rate of its day; the difference is a gain or a loss.") ?></p><?cs if:subcount(Rows) ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Exchange rates") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Currency") ?></th><th scope="col" class="ui-num"><?cs var:tr("Rate") ?></th><th scope="col"><?cs var:tr("Published on") ?></th><th scope="col" class="ui-opt"><?cs var:tr("Source") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><?cs var:r.currency ?></th><td class="ui-num"><?cs var:r.rate ?></td><td><?cs var:r.on ?><?cs if:r.stale ?> <?cs call:ui_badge("warn", tr("old")) ?><?cs /if ?></td><td class="ui-opt"><?cs var:r.source ?></td></tr><?cs /each ?>
</tbody>
</table><?cs else ?>
<div class="ui-empty"><p><?cs var:tr("There is no rate yet.") ?></p></div><?cs /if ?><?cs if:Ecb ?>
<h2><?cs var:tr("From the European Central Bank") ?></h2>
<form method="post" action="/admin/import/exchange" enctype="multipart/form-data">
<?cs call:ui_hidden(Token) ?>
<div class="ui-field">
<label class="form-label" for="f-file"><?cs var:tr("File of reference rates") ?></label>
<p class="ui-hint" id="f-file-hint"><?cs var:tr("eurofxref.csv of one day, or eurofxref-hist-90d.csv of 90 days. A file can be taken in again without harm.") ?></p>
<input class="form-control" type="file" id="f-file" name="file" accept=".csv,text/csv" aria-describedby="f-file-hint">
</div>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Take in") ?></button></div>
</form><?cs /if ?>
<h2><?cs var:tr("Enter a rate") ?></h2>
<p class="ui-hint"><?cs var:tr("How much of the currency for one") ?> <?cs var:Base ?>. <?cs var:tr("A rate that was entered wrongly is entered again: the later one counts, invoices that exist keep theirs.") ?></p>
<form method="post" action="/admin/exchange">
<?cs call:ui_hidden(Token) ?>
<div class="ui-grid"><?cs call:ui_field(Form.currency) ?><?cs call:ui_field(Form.on) ?><?cs call:ui_field(Form.rate) ?><?cs call:ui_field(Form.source) ?></div>
<div class="ui-actions"><button type="submit" class="btn btn-secondary"><?cs var:tr("Enter the rate") ?></button></div>
</form>
<?cs include!"layout/bottom.cs" ?>
