<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:tr("Company") ?></h1>
<p><?cs var:tr("What is changed here stands on new documents. Documents that were sent keep what was true then.") ?></p>
<form method="post" action="/admin/settings/company">
<?cs call:ui_hidden(Token) ?>
<h2><?cs var:tr("Identity") ?></h2>
<?cs call:ui_field(Form.name) ?>
<div class="ui-grid"><?cs call:ui_field(Form.legal_form) ?><?cs call:ui_field(Form.capital) ?></div>
<div class="ui-grid"><?cs call:ui_field(Form.siren) ?><?cs call:ui_field(Form.register_city) ?><?cs call:ui_field(Form.vat_id) ?></div>
<h2><?cs var:tr("Address") ?></h2>
<?cs call:ui_field(Form.street) ?>
<?cs call:ui_field(Form.street2) ?>
<div class="ui-grid"><?cs call:ui_field(Form.postal_code) ?><?cs call:ui_field(Form.city) ?><?cs call:ui_select(Form.country) ?></div>
<div class="ui-grid"><?cs call:ui_field(Form.email) ?><?cs call:ui_field(Form.phone) ?><?cs call:ui_field(Form.website) ?></div>
<h2><?cs var:tr("Invoices") ?></h2>
<p><?cs var:tr("When VAT becomes due and everything else about taxes stands under") ?> <a href="/admin/taxes/settings"><?cs var:tr("Tax settings") ?></a>.</p>
<?cs call:ui_field(Form.terms_days) ?>
<?cs call:ui_field(Form.late_penalty) ?>
<?cs call:ui_text(Form.terms) ?>
<div class="ui-grid"><?cs call:ui_field(Form.iban) ?><?cs call:ui_field(Form.bic) ?></div>
<?cs call:ui_check(Form.mail_empty) ?>
<h2><?cs var:tr("Prefixes of numbers") ?></h2>
<p class="ui-hint"><?cs var:tr("A changed prefix starts a new series.") ?></p>
<div class="ui-grid"><?cs call:ui_field(Form.quote_prefix) ?><?cs call:ui_field(Form.subscription_prefix) ?><?cs call:ui_field(Form.invoice_prefix) ?><?cs call:ui_field(Form.credit_prefix) ?></div>
<h2><?cs var:tr("Language") ?></h2>
<?cs call:ui_select(Form.language) ?><?cs if:?Fixed.currency ?>
<p class="ui-hint"><?cs var:tr("Currency:") ?> <?cs var:Fixed.currency ?> · <?cs var:tr("Time zone:") ?> <?cs var:Fixed.zone ?></p><?cs /if ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Save the company") ?></button></div>
</form>
<?cs include!"layout/bottom.cs" ?>
