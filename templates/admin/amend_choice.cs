<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<?cs each:a = Acts ?>
<section class="ui-panel"><h2><a href="<?cs var:a.href ?>"><?cs var:a.title ?></a></h2><p><?cs var:a.about ?></p></section><?cs /each ?>
<?cs if:?Renewal.action ?>
<section class="ui-panel"><h2><?cs var:tr("Renewal quote") ?></h2><p><?cs var:tr("A quote with its lines, prices and discounts as they will be at the renewal, to edit and send. Accepted, it takes their place on that day.") ?></p>
<form method="post" action="<?cs var:Renewal.action ?>"><?cs call:ui_hidden(Token) ?><button type="submit" class="btn btn-secondary"><?cs var:tr("Make a renewal quote") ?></button></form></section><?cs /if ?>
<p><a href="<?cs var:Back ?>"><?cs var:tr("Back to the subscription") ?></a></p>
<?cs include!"layout/bottom.cs" ?>
