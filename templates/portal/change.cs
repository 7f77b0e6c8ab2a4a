<?cs include!"macro/ui.cs" ?><?cs include!"macro/amend.cs" ?><?cs include!"layout/customer_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><p><a href="/my/subscriptions/<?cs var:Sub.number ?>"><?cs var:tr("Back to the subscription") ?></a></p></div>
<p><?cs if:?Sub.less ?><?cs var:tr("More takes effect at once and is charged its share of the period. Less takes effect at the end of what is invoiced, without money.") ?><?cs else ?><?cs var:tr("More takes effect at once and is charged its share of the period. To have less, write to us.") ?><?cs /if ?></p>
<form method="get" action="/my/subscriptions/<?cs var:Sub.number ?>/change#preview"><?cs each:l = Form.line ?>
<fieldset class="ui-panel ui-line"><legend><?cs var:l.what ?></legend>
<p class="ui-hint"><?cs var:l.price_each ?></p>
<input type="hidden" name="<?cs var:l.slot.name ?>" value="<?cs var:l.slot.value ?>"><?cs if:l.metered ?>
<input type="hidden" name="<?cs var:l.quantity.name ?>" value="<?cs var:l.quantity.value ?>"><?cs /if ?>
<div class="ui-grid ui-grid-line"><?cs if:!l.metered ?><?cs call:ui_field(l.quantity) ?><?cs /if ?><?cs if:?Sub.less ?><?cs call:ui_check(l.remove) ?><?cs /if ?></div>
</fieldset><?cs /each ?><?cs if:HasOptions ?>
<h2><?cs var:tr("Options you can add") ?></h2><?cs each:o = Form.option ?><?cs if:o.what ?>
<fieldset class="ui-panel ui-line"><legend><?cs var:o.what ?></legend>
<p class="ui-hint"><?cs var:o.price_each ?></p>
<input type="hidden" name="<?cs var:o.product.name ?>" value="<?cs var:o.product.value ?>">
<div class="ui-grid ui-grid-line"><?cs call:ui_check(o.take) ?><?cs if:!o.metered ?><?cs call:ui_field(o.quantity) ?><?cs /if ?></div>
</fieldset><?cs /if ?><?cs /each ?><?cs /if ?>
<div class="ui-actions"><button type="submit" name="do" value="preview" class="btn <?cs if:?Card.shown ?>btn-secondary<?cs else ?>btn-primary<?cs /if ?>"><?cs if:?Card.shown ?><?cs var:tr("Calculate again") ?><?cs else ?><?cs var:tr("Calculate the price") ?><?cs /if ?></button></div>
</form><?cs if:?Card.shown ?>
<?cs call:amend_card(Card) ?>
<form method="post" action="/my/subscriptions/<?cs var:Sub.number ?>/change"><?cs call:ui_hidden(Token) ?><?cs each:t = Typed ?><input type="hidden" name="<?cs var:t.n ?>" value="<?cs var:t.v ?>"><?cs /each ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:Card.button ?></button></div>
</form><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
