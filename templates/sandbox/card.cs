<?cs include!"macro/ui.cs" ?><?cs include!"layout/plain_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<p class="ui-hint"><?cs var:tr("This is a test: no money moves. Never enter a real card.") ?></p>
<div class="mb-4"><?cs call:ui_summary(Subject) ?></div>
<form method="post" action="<?cs var:Action.href ?>">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.number) ?>
<?cs call:ui_field(Form.expiry) ?>
<?cs call:ui_field(Form.cvc) ?>
<?cs call:ui_field(Form.name) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:Action.label ?></button><?cs if:Cancel.href ?>
<a href="<?cs var:Cancel.href ?>"><?cs var:tr("Cancel and go back to the seller") ?></a><?cs /if ?></div>
</form>
<p><a href="/sandbox/cards"><?cs var:tr("All test cards and what they do") ?></a></p>
<?cs include!"layout/bottom.cs" ?>
