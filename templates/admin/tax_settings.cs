<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:tr("Tax settings") ?></h1>
<?cs call:ui_views(Views, tr("Taxes")) ?><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<p><?cs var:tr("What is changed here counts for new documents. Documents that were sent keep what was true then.") ?></p>
<form method="post" action="/admin/taxes/settings">
<?cs call:ui_hidden(Token) ?>
<h2><?cs var:tr("Regime") ?></h2>
<?cs call:ui_check(Form.franchise) ?>
<?cs call:ui_check(Form.oss) ?>
<?cs call:ui_choice(Form.vat_due) ?>
<h2><?cs var:tr("How amounts are computed") ?></h2><?cs if:Fixed ?>
<dl class="ui-summary">
<div class="ui-summary-row"><dt><?cs var:tr("Prices of the catalogue and of quotes") ?></dt><dd><?cs var:Fixed.prices ?></dd></div>
<div class="ui-summary-row"><dt><?cs var:tr("VAT is rounded") ?></dt><dd><?cs var:Fixed.rounding ?></dd></div>
</dl><?cs if:Form.prices.err ?>
<p class="ui-error" id="f-prices-err"><span class="visually-hidden"><?cs var:tr("Error:") ?> </span><?cs var:Form.prices.err ?></p><?cs /if ?>
<p class="ui-hint" id="f-prices"><?cs var:tr("Fixed since the first invoice was issued: invoices, renewals and corrections of one house must add up alike.") ?></p><?cs else ?>
<?cs call:ui_choice(Form.prices) ?>
<?cs call:ui_choice(Form.rounding) ?>
<p class="ui-hint"><?cs var:tr("Both are fixed once the first invoice is issued.") ?></p><?cs /if ?>
<h2><?cs var:tr("VAT numbers of customers") ?></h2>
<?cs call:ui_field(Form.recheck_days) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Save the tax settings") ?></button></div>
</form><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
