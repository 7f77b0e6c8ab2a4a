<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<form method="get" action="/admin/pricelists/preview">
<div class="ui-grid"><?cs call:ui_pick(Form.customer) ?><?cs call:ui_one_of(Form.product) ?><?cs call:ui_select(Form.plan) ?></div>
<div class="ui-grid"><?cs call:ui_field(Form.quantity) ?><?cs call:ui_field(Form.on) ?><?cs call:ui_field(Form.currency) ?></div>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Show the price") ?></button></div>
</form><?cs if:?None ?>
<section class="ui-panel" aria-labelledby="answer"><h2 id="answer"><?cs var:tr("No price") ?></h2><p><?cs var:None ?></p></section><?cs /if ?><?cs if:?Answer.net ?>
<section class="ui-panel" aria-labelledby="answer"><h2 id="answer"><?cs var:Answer.net ?></h2>
<p><?cs var:Answer.price ?><?cs if:Answer.tiers ?> (<?cs var:Answer.tiers ?>)<?cs /if ?></p>
<p><?cs if:?Answer.href ?><a href="<?cs var:Answer.href ?>"><?cs var:Answer.source ?></a><?cs else ?><?cs var:Answer.source ?><?cs /if ?></p>
</section>
<section aria-labelledby="asked"><h2 id="asked"><?cs var:tr("Asked in this order") ?></h2>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Asked in this order") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Price list") ?></th><th scope="col" class="ui-num"><?cs var:tr("From quantity") ?></th><th scope="col"><?cs var:tr("Days") ?></th><th scope="col"><?cs var:tr("Price excl. VAT") ?></th><th scope="col"><?cs var:tr("Result") ?></th></tr></thead>
<tbody><?cs each:r = Asked ?>
<tr><th scope="row"><?cs var:r.list ?></th><td class="ui-num"><?cs if:r.min ?><?cs var:r.min ?><?cs else ?>–<?cs /if ?></td><td class="ui-wide"><?cs var:r.dates ?></td><td class="ui-wide"><?cs var:r.price ?></td><td><?cs call:ui_badge(r.kind, r.label) ?></td></tr><?cs /each ?>
</tbody>
</table></section><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
