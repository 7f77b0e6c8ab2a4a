<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<p><?cs var:tr("Then the customer can no longer accept it. This cannot be undone; you can write a new quote.") ?></p><?cs if:Quote.signed ?>
<div class="ui-flash ui-flash-warn" role="alert"><p><?cs var:tr("The customer has signed this quote. Money that still arrives for it is shown to you and must be sent back.") ?></p></div><?cs /if ?>
<form method="post" action="/admin/quotes/<?cs var:Quote.ref ?>/withdraw">
<?cs call:ui_hidden(Token) ?>
<div class="ui-actions"><button type="submit" class="btn btn-danger"><?cs var:tr("Withdraw the quote") ?></button><a href="/admin/quotes/<?cs var:Quote.ref ?>"><?cs var:tr("Back to the quote") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
