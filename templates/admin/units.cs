<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:tr("Units") ?></h1><a class="btn btn-primary" href="/admin/units/new"><?cs var:tr("New unit") ?></a></div>
<?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<p class="ui-hint"><?cs var:tr("A line may be sold in any unit that converts to the product's: its price is converted with it.") ?></p>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Units") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Name") ?></th><th scope="col"><?cs var:tr("Several of it") ?></th><th scope="col"><?cs var:tr("Converts") ?></th><th scope="col"><?cs var:tr("Code on electronic invoices") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.name ?></a></th><td<?cs if:!r.plural ?> class="ui-opt"<?cs /if ?>><?cs if:r.plural ?><?cs var:r.plural ?><?cs else ?>–<?cs /if ?></td><td<?cs if:!r.ratio ?> class="ui-opt"<?cs else ?> class="ui-wide"<?cs /if ?>><?cs if:r.ratio ?><?cs var:r.ratio ?><?cs else ?>–<?cs /if ?></td><td data-l="<?cs var:tr("Code") ?>"><?cs var:r.code ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
