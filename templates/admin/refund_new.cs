<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?><?cs if:?Empty.text ?>
<h1><?cs var:Page.title ?></h1>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><a href="<?cs var:Back.href ?>"><?cs var:Back.text ?></a></div>
<?cs call:ui_summary(Facts) ?>
<h2><?cs var:tr("What goes back") ?></h2>
<form method="post" action="<?cs var:Action ?>" class="ui-form">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.amount) ?>
<?cs call:ui_field(Form.reason) ?><?cs if:?Form.then.id ?>
<?cs call:ui_choice(Form.then) ?><?cs if:?Credit.href ?>
<p class="ui-hint"><?cs var:tr("Only some lines, or parts of them?") ?> <a href="<?cs var:Credit.href ?>"><?cs var:tr("Make the credit note first, then refund its credit") ?></a></p><?cs /if ?><?cs /if ?><?cs if:?Form.how.id ?>
<?cs call:ui_choice(Form.how) ?>
<?cs call:ui_field(Form.iban) ?>
<?cs call:ui_field(Form.name) ?><?cs /if ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Pay back") ?></button></div>
</form><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
