<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<ul class="ui-choices"><?cs each:a = Acts ?>
<li class="ui-panel"><h2><a href="<?cs var:a.href ?>"><?cs var:a.title ?></a></h2><p><?cs var:a.about ?></p></li><?cs /each ?>
</ul>
<p><a href="<?cs var:Back ?>"><?cs var:tr("Back to the subscription") ?></a></p>
<?cs include!"layout/bottom.cs" ?>
