<?cs include!"macro/ui.cs" ?><?cs include!"layout/customer_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><p><a href="/my/subscriptions/<?cs var:Sub.number ?>"><?cs var:tr("Back to the subscription") ?></a></p></div>
<?cs call:ui_summary(Facts) ?>
<p><?cs var:tr("It serves you until its last day, and nothing is billed for later days. What is billed at the end of a period comes with a last invoice. You get an e-mail that confirms it, and until the day comes you can take it back here.") ?></p>
<form method="post" action="/my/subscriptions/<?cs var:Sub.number ?>/end">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.last) ?>
<div class="ui-actions"><button type="submit" class="btn btn-danger"><?cs var:tr("End the subscription") ?></button><a href="/my/subscriptions/<?cs var:Sub.number ?>"><?cs var:tr("Keep my subscription") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
