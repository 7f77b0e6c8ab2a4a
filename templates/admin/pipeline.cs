<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:tr("Quotes") ?></h1><a class="btn btn-primary" href="/admin/quotes/new"><?cs var:tr("New quote") ?></a></div>
<?cs call:ui_views(Views, tr("Views")) ?><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs /if ?><?cs each:s = Stages ?>
<section>
<h2><?cs var:s.title ?> <span class="ui-count"><?cs var:s.count ?> · <?cs var:s.sum ?></span></h2>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:s.title ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Customer") ?></th><th scope="col"><?cs var:tr("Quote") ?></th><th scope="col" class="ui-num"><?cs var:tr("Due today") ?></th><th scope="col" class="ui-num ui-opt"><?cs var:tr("Per period") ?></th><th scope="col" class="ui-opt"><?cs var:tr("Valid until") ?></th><th scope="col" class="ui-opt"><?cs var:tr("Prepared by") ?></th></tr></thead>
<tbody><?cs each:r = s.Rows ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.customer ?></a></th><td><?cs var:r.number ?></td><td class="ui-num"><?cs var:r.today ?></td><td class="ui-num ui-opt"><?cs if:r.period ?><?cs var:r.period ?><span class="ui-sub"><?cs var:r.plan ?></span><?cs else ?>–<?cs /if ?></td><td class="ui-opt"><?cs var:r.until ?></td><td class="ui-opt"><?cs var:r.owner ?></td></tr><?cs /each ?>
</tbody>
</table>
</section><?cs /each ?>
<?cs include!"layout/bottom.cs" ?>
