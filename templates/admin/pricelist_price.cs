<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<p><?cs var:List.name ?>, <?cs var:List.currency ?></p>
<form method="post" action="<?cs var:Action ?>">
<?cs call:ui_default_submit("do", "save") ?>
<?cs call:ui_hidden(Token) ?>
<div class="ui-grid"><?cs call:ui_one_of(Form.product) ?><?cs call:ui_select(Form.plan) ?><?cs call:ui_field(Form.min) ?></div>
<div class="ui-grid"><?cs call:ui_field(Form.from) ?><?cs call:ui_field(Form.until) ?></div>
<?cs call:ui_choice(Form.model) ?>
<?cs call:ui_field(Form.price) ?>
<section aria-labelledby="tiers"><h2 id="tiers"><?cs var:tr("Tiers") ?></h2>
<p class="ui-hint"><?cs var:tr("For volume and graduated prices. The last tier has no quantity: it holds all larger ones. A fixed fee is charged once when its tier is reached.") ?></p><?cs each:t = Form.tier ?>
<div class="ui-grid"><?cs call:ui_field(t.up_to) ?><?cs call:ui_field(t.price) ?><?cs call:ui_field(t.fee) ?></div><?cs /each ?><?cs if:MoreTiers ?>
<div class="ui-actions"><button type="submit" name="do" value="tiers" class="btn btn-secondary btn-small"><?cs var:tr("More tiers") ?></button></div><?cs /if ?>
</section>
<div class="ui-actions"><button type="submit" name="do" value="save" class="btn btn-primary"><?cs var:tr("Save the price") ?></button><?cs if:Exists ?><button type="submit" name="do" value="remove" class="btn btn-danger"><?cs var:tr("Remove the price") ?></button><?cs /if ?><a href="<?cs var:Back ?>"><?cs var:tr("Cancel") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
