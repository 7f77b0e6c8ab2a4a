<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:tr("Quotes") ?></h1><a class="btn btn-primary" href="/admin/quotes/new"><?cs var:tr("New quote") ?></a></div>
<?cs call:ui_views(Views, tr("Views")) ?>
<form method="get" action="/admin/quotes" class="ui-filter" role="search">
<input type="hidden" name="view" value="<?cs var:Filter.view ?>">
<div class="ui-field"><label class="form-label" for="f-q"><?cs var:tr("Number or customer") ?></label><input class="form-control" id="f-q" name="q" value="<?cs var:Filter.q ?>"></div>
<button type="submit" class="btn btn-secondary"><?cs var:tr("Search") ?></button>
</form><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Quotes, newest first") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Customer") ?></th><th scope="col"><?cs var:tr("Quote") ?></th><th scope="col"><?cs var:tr("State") ?></th><th scope="col" class="ui-num"><?cs var:tr("Due today") ?></th><th scope="col" class="ui-num ui-opt"><?cs var:tr("Per period") ?></th><th scope="col" class="ui-opt"><?cs var:tr("Valid until") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.customer ?></a><?cs if:r.kind ?><span class="ui-sub"><?cs var:r.kind ?> <?cs var:r.contract ?></span><?cs /if ?></th><td><?cs var:r.number ?></td><td><?cs call:ui_badge(r.state.kind, r.state.label) ?><?cs if:r.viewed ?><span class="ui-sub"><?cs var:tr("Opened") ?> <?cs var:r.viewed ?></span><?cs /if ?></td><td class="ui-num"><?cs var:r.today ?></td><td class="ui-num ui-opt"><?cs if:r.period ?><?cs var:r.period ?><span class="ui-sub"><?cs var:r.plan ?></span><?cs else ?>–<?cs /if ?></td><td class="ui-opt"><?cs var:r.until ?></td></tr><?cs /each ?>
</tbody>
</table>
<?cs call:ui_pager(Pager) ?><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
