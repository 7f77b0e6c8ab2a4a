<?cs include!"macro/ui.cs" ?><?cs include!"layout/customer_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<p><?cs var:tr("You owe nothing. The seller reads it at once; a new quote is possible at any time.") ?></p>
<form method="post" action="/q/<?cs var:Quote.ref ?>/decline">
<?cs call:ui_hidden(Token) ?><input type="hidden" name="version" value="<?cs var:Quote.version ?>">
<?cs call:ui_text(Form.reason) ?>
<div class="ui-actions"><button type="submit" class="btn btn-danger"><?cs var:tr("Decline the quote") ?></button><a href="/q/<?cs var:Quote.ref ?>"><?cs var:tr("Back to the quote") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
