<?cs include!"macro/ui.cs" ?><?cs include!"layout/customer_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><p><a href="/my/subscriptions/<?cs var:Sub.number ?>"><?cs var:tr("Back to the subscription") ?></a></p></div><?cs if:?Pause.text ?>
<p><?cs var:Pause.text ?></p><?cs /if ?><?cs if:?Pause.most ?>
<p><?cs var:Pause.most ?></p><?cs /if ?><?cs if:?Pause.form ?>
<form method="post" action="/my/subscriptions/<?cs var:Sub.number ?>/pause">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.resume_on) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Pause the subscription") ?></button></div>
</form><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
