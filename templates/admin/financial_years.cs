<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><p><a href="/admin/closings"><?cs var:tr("Closings and files") ?></a></p></div>
<p><?cs var:tr("Entries are numbered, closed and handed to the tax office by financial year. The end of a year can be moved while the year is open and nothing is booked after it; the years that follow then have twelve months each.") ?></p><?cs if:Opens ?>
<p class="ui-hint"><?cs var:tr("The books begin with the first year: what would be dated before is booked on its first day.") ?></p><?cs /if ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Financial years, newest first") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("From") ?></th><th scope="col"><?cs var:tr("Last day") ?></th><th scope="col"><?cs var:tr("Numbers of entries") ?></th><th scope="col" class="ui-num"><?cs var:tr("Entries") ?></th><th scope="col"><?cs var:tr("State") ?></th><th scope="col"><?cs var:tr("Action") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><?cs var:r.from ?></th><td data-l="<?cs var:tr("Last day") ?>"><?cs var:r.last ?></td><td data-l="<?cs var:tr("Numbers of entries") ?>"><?cs var:r.journal ?>-1 …</td><td class="ui-num" data-l="<?cs var:tr("Entries") ?>"><?cs var:r.entries ?></td><td data-l="<?cs var:tr("State") ?>"><?cs call:ui_badge(r.state.kind, r.state.label) ?></td><td><?cs if:r.href ?><a href="<?cs var:r.href ?>"><?cs var:tr("Move the end") ?><span class="visually-hidden"> <?cs var:r.from ?></span></a><?cs /if ?></td></tr><?cs /each ?>
</tbody>
</table>
<?cs include!"layout/bottom.cs" ?>
