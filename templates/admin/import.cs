<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<p class="lead"><?cs var:tr("Take over what another system knows, and take everything with you. A file is checked first: nothing is written before you have seen what it would do.") ?></p>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:Page.title ?></caption>
<thead><tr><th scope="col"><?cs var:tr("What") ?></th><th scope="col"><?cs var:tr("Contents") ?></th><th scope="col"><?cs var:tr("Files") ?></th></tr></thead>
<tbody><?cs each:k = Kinds ?>
<tr><th scope="row"><a href="<?cs var:k.href ?>"><?cs var:k.name ?></a></th><td class="ui-wide"><?cs var:k.text ?></td><td class="ui-wide"><a href="<?cs var:k.href ?>/sample.csv"><?cs var:tr("Sample") ?><span class="visually-hidden"> <?cs var:k.name ?></span></a> · <a href="<?cs var:k.href ?>/export.csv"><?cs var:tr("Export") ?><span class="visually-hidden"> <?cs var:k.name ?></span></a></td></tr><?cs /each ?>
</tbody>
</table>
<?cs include!"layout/bottom.cs" ?>
