<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:tr("Tax calculator") ?></h1>
<?cs call:ui_views(Views, tr("Taxes")) ?>
<p><?cs var:tr("Which VAT a sale would carry, and why. Nothing is kept.") ?></p><?cs if:subcount(Result) ?>
<section aria-labelledby="result">
<h2 id="result"><?cs var:tr("Result") ?></h2>
<?cs call:ui_summary(Result) ?><?cs if:Result.none ?>
<p><?cs call:ui_badge("bad", tr("No rate")) ?> <?cs var:Result.none ?></p><?cs /if ?>
</section><?cs /if ?>
<form method="get" action="/admin/taxes/calculator">
<h2><?cs var:tr("The sale") ?></h2>
<div class="ui-grid"><?cs call:ui_select(Form.seller_country) ?><?cs call:ui_field(Form.seller_postal) ?></div>
<div class="ui-grid"><?cs call:ui_select(Form.buyer_country) ?><?cs call:ui_field(Form.buyer_postal) ?></div>
<div class="ui-grid"><?cs call:ui_select(Form.buyer) ?><?cs call:ui_select(Form.vat_id) ?></div>
<div class="ui-grid"><?cs call:ui_select(Form.kind) ?><?cs call:ui_select(Form.class) ?></div>
<div class="ui-grid"><?cs call:ui_field(Form.on) ?><?cs call:ui_field(Form.amount) ?></div>
<?cs call:ui_check(Form.destination) ?>
<?cs call:ui_check(Form.franchise) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Calculate") ?></button></div>
</form>
<?cs include!"layout/bottom.cs" ?>
