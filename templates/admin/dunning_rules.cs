<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><a class="btn btn-primary" href="/admin/dunning/rules/new"><?cs var:tr("New rule") ?></a></div>
<p class="ui-hint"><?cs var:tr("A plan chooses its rule. A change counts for invoices that become due from now on.") ?></p>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:Page.title ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Name") ?></th><th scope="col"><?cs var:tr("Steps") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.name ?></a><?cs if:r.standard ?><span class="ui-sub"><?cs var:tr("also for invoices without a plan") ?></span><?cs /if ?></th><td class="ui-wide"><?cs each:s = r.steps ?><span class="ui-sub"><?cs var:s.text ?></span><?cs /each ?></td></tr><?cs /each ?>
</tbody>
</table>
<?cs include!"layout/bottom.cs" ?>
