<?cs include!"macro/ui.cs" ?><?cs include!"macro/revision.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<p class="ui-hint"><?cs var:tr("Each customer is told by e-mail. Until the first new price takes effect, the revision can be undone.") ?></p>
<form method="post" action="/admin/revisions/new">
<?cs call:ui_default_submit("do", "preview") ?>
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_choice(Form.kind) ?>
<div class="ui-grid"><?cs call:ui_one_of(Form.product) ?><?cs call:ui_select(Form.plan) ?></div>
<div class="ui-grid"><?cs call:ui_select(Form.currency) ?><?cs call:ui_pick(Form.customer) ?><?cs call:ui_field(Form.subscription) ?></div>
<div class="ui-grid"><?cs call:ui_field(Form.change) ?><?cs call:ui_field(Form.price) ?></div>
<div class="ui-grid"><?cs call:ui_select(Form.index) ?><?cs call:ui_field(Form.then) ?><?cs call:ui_field(Form.now) ?></div>
<?cs call:ui_choice(Form.from) ?>
<?cs call:ui_field(Form.notice) ?>
<?cs call:ui_field(Form.reason) ?>
<div class="ui-actions"><button type="submit" name="do" value="preview" class="btn <?cs if:Preview ?>btn-secondary<?cs else ?>btn-primary<?cs /if ?>"><?cs var:tr("See what changes") ?></button><?cs if:Preview ?><button type="submit" name="do" value="announce" class="btn btn-primary"><?cs var:tr("Announce the new prices") ?></button><?cs /if ?><a href="/admin/revisions"><?cs var:tr("Cancel") ?></a></div>
</form><?cs if:Preview ?>
<section aria-labelledby="rows"><h2 id="rows"><?cs var:Count ?></h2>
<?cs call:ui_summary(Facts) ?><?cs if:?Note ?>
<p class="ui-hint"><?cs var:Note ?></p><?cs /if ?>
<?cs call:revision_rows(Rows, tr("What changes")) ?></section><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
