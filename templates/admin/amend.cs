<?cs include!"macro/ui.cs" ?><?cs include!"macro/lines.cs" ?><?cs include!"macro/amend.cs" ?><?cs include!"layout/seller_top.cs" ?><?cs # amend: one change of a subscription: its form, the card before and after, the confirmation (page/admin/amend.c).
?><h1><?cs var:Page.title ?></h1>
<p class="lead"><?cs var:Act.subscription ?></p>
<p><?cs var:Act.about ?></p><?cs if:?Act.fits ?>
<form method="get" action="<?cs var:Act.path ?>#preview"><?cs if:?Act.lines ?><?cs each:l = Form.line ?>
<fieldset class="ui-panel ui-line"><legend><?cs var:l.what ?></legend>
<input type="hidden" name="<?cs var:l.slot.name ?>" value="<?cs var:l.slot.value ?>">
<?cs if:l.metered ?><input type="hidden" name="<?cs var:l.quantity.name ?>" value="<?cs var:l.quantity.value ?>"><p class="ui-hint"><?cs var:tr("Billed by what is used: no quantity to change.") ?></p><?cs if:l.quantity.err ?>
<p class="ui-error" id="<?cs var:l.quantity.id ?>-err"><?cs var:l.quantity.err ?></p><?cs /if ?><?cs call:ui_check(l.remove) ?><?cs else ?>
<div class="ui-grid ui-grid-line"><?cs call:ui_field(l.quantity) ?><?cs call:ui_check(l.remove) ?></div><?cs /if ?>
</fieldset><?cs /each ?><?cs if:subcount(Products) ?><?cs call:line_products() ?><?cs each:a = Form.add ?>
<fieldset class="ui-panel ui-line"><legend><?cs var:tr("Another line") ?></legend>
<div class="ui-grid ui-grid-line"><?cs call:line_product(a.product) ?><?cs if:ProductsTyped ?><?cs call:ui_select(a.how) ?><?cs /if ?><?cs call:ui_field(a.quantity) ?></div>
<div class="ui-grid"><?cs call:ui_field(a.price) ?><?cs call:ui_field(a.discount) ?><?cs call:ui_field(a.off) ?><?cs call:ui_field(a.periods) ?></div>
</fieldset><?cs /each ?><?cs /if ?><?cs /if ?><?cs if:?Form.plan.id ?>
<?cs call:ui_select(Form.plan) ?><?cs call:ui_check(Form.keep_anchor) ?><?cs /if ?><?cs if:?Form.customer.id ?>
<?cs call:ui_pick(Form.customer) ?><?cs /if ?><?cs if:?Form.owner.id ?>
<?cs call:ui_select(Form.owner) ?><?cs /if ?><?cs if:?Form.percent.id ?><?cs if:?Standing ?>
<fieldset class="ui-panel ui-line"><legend><?cs var:tr("What holds now") ?></legend><?cs each:d = Form.standing ?><?cs if:?d.stands ?>
<input type="hidden" name="<?cs var:d.key.name ?>" value="<?cs var:d.key.value ?>"><?cs call:ui_check(d.end) ?><?cs /if ?><?cs /each ?>
</fieldset><?cs /if ?>
<fieldset class="ui-panel ui-line"><legend><?cs var:tr("A discount that begins") ?></legend>
<div class="ui-grid"><?cs call:ui_field(Form.percent) ?><?cs call:ui_field(Form.amount) ?><?cs call:ui_field(Form.periods) ?></div>
<?cs call:ui_field(Form.coupon) ?>
</fieldset><?cs /if ?><?cs if:?Form.when.id ?>
<?cs call:ui_choice(Form.when) ?><?cs call:ui_field(Form.on) ?><?cs /if ?><?cs if:?Form.resume_on.id ?>
<?cs call:ui_field(Form.resume_on) ?><?cs /if ?><?cs if:?Form.credit.id ?>
<?cs call:ui_check(Form.credit) ?><?cs /if ?><?cs if:?Form.agreed.id ?>
<?cs call:ui_check(Form.agreed) ?><?cs /if ?>
<?cs call:ui_field(Form.reason) ?>
<div class="ui-actions"><button type="submit" name="do" value="preview" class="btn <?cs if:?Card.shown ?>btn-secondary<?cs else ?>btn-primary<?cs /if ?>"><?cs if:?Card.shown ?><?cs var:tr("Calculate again") ?><?cs else ?><?cs var:tr("Calculate") ?><?cs /if ?></button></div>
</form><?cs if:?Card.shown ?>
<?cs call:amend_card(Card) ?>
<form method="post" action="<?cs var:Act.path ?>"><?cs call:ui_hidden(Token) ?><?cs each:t = Typed ?><input type="hidden" name="<?cs var:t.n ?>" value="<?cs var:t.v ?>"><?cs /each ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:Card.button ?></button><?cs if:?Card.proposable ?><button type="submit" name="do" value="propose" class="btn btn-secondary"><?cs var:tr("Propose it to the customer as a quote") ?></button><?cs /if ?></div>
</form><?cs /if ?><?cs /if ?>
<p><a href="<?cs var:Act.back ?>"><?cs var:tr("Other changes") ?></a></p>
<?cs include!"layout/bottom.cs" ?>
