<?cs include!"macro/ui.cs" ?><?cs include!"macro/money.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><a href="/admin/subscriptions/<?cs var:Sub.number ?>"><?cs var:tr("Back to the subscription") ?></a></div>
<p><?cs var:tr("What was used in a period is billed when it is over. Report it until then; later reports are refused.") ?></p>
<form method="post" action="/admin/subscriptions/<?cs var:Sub.number ?>/usage">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_select(Form.line) ?>
<div class="ui-grid"><?cs call:ui_field(Form.quantity) ?><?cs call:ui_field(Form.day) ?></div>
<?cs call:ui_field(Form.reference) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Report usage") ?></button><a href="/admin/import/usage"><?cs var:tr("Import a file of reports") ?></a></div>
</form>
<h2><?cs var:tr("Reports") ?></h2><?cs if:subcount(Records) ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Reports, newest first") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Day") ?></th><th scope="col"><?cs var:tr("Line") ?></th><th scope="col" class="ui-num"><?cs var:tr("Quantity used") ?></th><th scope="col"><?cs var:tr("Reference") ?></th><th scope="col"><?cs var:tr("State") ?></th><th scope="col"><?cs var:tr("Reported") ?></th></tr></thead>
<tbody><?cs each:r = Records ?>
<tr><th scope="row"><?cs var:r.on ?></th><td><?cs var:r.line ?></td><td class="ui-num"><?cs var:r.quantity ?></td><td class="ui-wide"><?cs if:r.reference ?><?cs var:r.reference ?><?cs elif:r.reason ?><?cs var:r.reason ?><?cs else ?>–<?cs /if ?></td><td><?cs call:ui_badge(r.state.kind, r.state.label) ?><?cs if:?r.undo ?> <a href="<?cs var:r.undo ?>"><?cs var:tr("Take back") ?></a><?cs /if ?></td><td><?cs var:r.recorded ?></td></tr><?cs /each ?>
</tbody>
</table>
<?cs call:ui_pager(Pager) ?><?cs else ?>
<p><?cs var:tr("Nothing was reported yet.") ?></p><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
