<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><a href="/admin/invoices/<?cs var:Inv.number ?>"><?cs var:tr("Back to the invoice") ?></a></div><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs if:Paying ?>
<form method="post" action="/admin/invoices/<?cs var:Inv.number ?>/credit">
<?cs call:ui_hidden(Token) ?>
<p><?cs var:tr("When the customer left the payment page open, close it: nothing can be paid there any more. A debit that is under way ends by itself.") ?></p>
<div class="ui-actions"><button type="submit" name="do" value="close" class="btn btn-secondary"><?cs var:tr("Close the payment page") ?></button></div>
</form><?cs /if ?><?cs else ?>
<p class="lead"><?cs var:tr("An issued invoice is never changed: a credit note takes back all of it or a part.") ?></p>
<form method="post" action="/admin/invoices/<?cs var:Inv.number ?>/credit">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_default_submit("do", "preview") ?>
<?cs call:ui_choice(Form.scope) ?>
<?cs call:ui_field(Form.reason) ?>
<h2><?cs var:tr("Lines") ?></h2><?cs each:l = Form.line ?>
<fieldset class="ui-panel ui-line">
<legend><?cs var:tr("Line") ?> <?cs var:l.n ?></legend>
<p><?cs var:l.description ?><?cs if:l.period ?><span class="ui-sub"><?cs var:l.period ?></span><?cs /if ?></p>
<?cs if:!l.open ?><p class="ui-hint"><?cs var:l.left ?></p><?cs else ?>
<div class="ui-grid ui-grid-line"><?cs call:ui_field(l.amount) ?><?cs if:l.counted ?><?cs call:ui_field(l.quantity) ?><?cs /if ?></div><?cs /if ?>
</fieldset><?cs /each ?><?cs if:?Total.title ?>
<?cs call:ui_total(Total) ?>
<input type="hidden" name="shown" value="<?cs var:Issue.shown ?>">
<div class="ui-actions"><button type="submit" name="do" value="issue" class="btn btn-primary"><?cs var:Issue.label ?></button><button type="submit" name="do" value="preview" class="btn btn-secondary"><?cs var:tr("Compute again") ?></button></div><?cs else ?>
<div class="ui-actions"><button type="submit" name="do" value="preview" class="btn btn-primary"><?cs var:tr("Show the credit note") ?></button></div><?cs /if ?>
</form><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
