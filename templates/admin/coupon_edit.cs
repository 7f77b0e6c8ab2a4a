<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1><?cs if:Exists ?>
<p><?cs var:What ?></p><?cs /if ?>
<form method="post" action="<?cs var:Action ?>">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.code) ?><?cs if:!Exists ?>
<div class="ui-grid"><?cs call:ui_field(Form.percent) ?><?cs call:ui_field(Form.amount) ?><?cs call:ui_field(Form.periods) ?></div><?cs /if ?>
<div class="ui-grid"><?cs call:ui_field(Form.from) ?><?cs call:ui_field(Form.until) ?><?cs call:ui_field(Form.max) ?></div>
<?cs call:ui_check(Form.many) ?><?cs if:Exists ?>
<?cs call:ui_check(Form.archived) ?><?cs /if ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Save the coupon") ?></button><a href="/admin/coupons"><?cs var:tr("Cancel") ?></a></div>
</form><?cs if:Exists ?>
<section aria-labelledby="used"><h2 id="used"><?cs var:tr("Used") ?> (<?cs var:Count ?>)</h2><?cs if:subcount(Rows) ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Used") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Quote or subscription") ?></th><th scope="col"><?cs var:tr("Customer") ?></th><th scope="col"><?cs var:tr("Entered") ?></th><th scope="col"><?cs var:tr("By") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.quote ?></a></th><td class="ui-wide"><?cs var:r.customer ?></td><td><?cs var:r.at ?></td><td><?cs var:r.by ?></td></tr><?cs /each ?>
</tbody>
</table><?cs else ?>
<p><?cs var:tr("Nobody has used it yet.") ?></p><?cs /if ?></section><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
