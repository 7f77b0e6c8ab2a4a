<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><a href="/admin/collections"><?cs var:tr("Direct debits") ?></a></div><?cs if:NoAccount ?>
<p><a href="/admin/settings/company"><?cs var:tr("Enter the IBAN of your account in the company's settings first.") ?></a></p><?cs /if ?>
<form method="post" action="/admin/settings/debit">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.creditor_id) ?>
<?cs call:ui_select(Form.version) ?>
<?cs call:ui_field(Form.lead_days) ?>
<?cs call:ui_field(Form.cut_off_hour) ?>
<?cs call:ui_field(Form.notice_days) ?>
<?cs call:ui_check(Form.mark_first) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Save") ?></button></div>
</form>
<?cs include!"layout/bottom.cs" ?>
