<?cs include!"macro/ui.cs" ?><?cs include!"macro/books.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<p><?cs var:tr("From the next entry on. What was booked stays where it is.") ?></p>
<form method="post" action="/admin/accounts/roles">
<?cs call:ui_hidden(Token) ?>
<div class="ui-grid"><?cs call:ui_select(Form.customer) ?><?cs call:ui_select(Form.advance) ?></div>
<div class="ui-grid"><?cs call:ui_select(Form.service) ?><?cs call:ui_select(Form.goods) ?></div>
<div class="ui-grid"><?cs call:ui_select(Form.deferred) ?><?cs call:ui_select(Form.accrued) ?></div>
<div class="ui-grid"><?cs call:ui_select(Form.vat) ?><?cs call:ui_select(Form.vat_waiting) ?><?cs call:ui_select(Form.vat_accrued) ?></div>
<div class="ui-grid"><?cs call:ui_select(Form.card) ?><?cs call:ui_select(Form.bank) ?><?cs call:ui_select(Form.bank_fee) ?></div>
<div class="ui-grid"><?cs call:ui_select(Form.disputed) ?><?cs call:ui_select(Form.bad_debt) ?></div>
<div class="ui-grid"><?cs call:ui_select(Form.rounding_loss) ?><?cs call:ui_select(Form.rounding_gain) ?></div>
<div class="ui-grid"><?cs call:ui_select(Form.exchange_loss) ?><?cs call:ui_select(Form.exchange_gain) ?></div>
<div class="ui-grid"><?cs call:ui_select(Form.profit) ?><?cs call:ui_select(Form.loss) ?></div>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Save") ?></button><a href="/admin/accounts"><?cs var:tr("Cancel") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
