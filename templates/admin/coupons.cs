<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:tr("Coupons") ?></h1><a class="btn btn-primary" href="/admin/coupons/new"><?cs var:tr("New coupon") ?></a></div>
<?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Coupons") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Code") ?></th><th scope="col"><?cs var:tr("Discount") ?></th><th scope="col"><?cs var:tr("Days") ?></th><th scope="col" class="ui-num"><?cs var:tr("Used") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.code ?></a><?cs if:r.archived ?><span class="ui-sub"><?cs var:tr("no longer accepted") ?></span><?cs /if ?></th><td class="ui-wide"><?cs var:r.what ?></td><td class="ui-wide"><?cs var:r.dates ?></td><td class="ui-num"><?cs var:r.count ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
