<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<?cs call:ui_summary(Facts) ?>
<p><?cs var:tr("It is taken back whole and stays in the list. Report the right quantity anew, with another reference.") ?></p>
<form method="post" action="<?cs var:Action ?>">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.reason) ?>
<div class="ui-actions"><button type="submit" class="btn btn-danger"><?cs var:tr("Take it back") ?></button><a href="/admin/subscriptions/<?cs var:Sub.number ?>/usage"><?cs var:tr("Back to the usage") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
