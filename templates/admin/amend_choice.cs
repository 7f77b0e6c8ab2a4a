<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<?cs each:a = Acts ?>
<section class="ui-panel"><h2><a href="<?cs var:a.href ?>"><?cs var:a.title ?></a></h2><p><?cs var:a.about ?></p></section><?cs /each ?>
<p><a href="<?cs var:Back ?>"><?cs var:tr("Back to the subscription") ?></a></p>
<?cs include!"layout/bottom.cs" ?>
