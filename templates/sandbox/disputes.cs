<?cs include!"macro/ui.cs" ?><?cs include!"layout/customer_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<form method="post" action="/sandbox/disputes">
<?cs call:ui_hidden(Token) ?>
<div class="ui-field"><label class="form-label" for="intent"><?cs var:tr("Reference of the payment, pi_ and so on") ?></label><input class="form-control" id="intent" name="intent" maxlength="80" required></div>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Dispute it") ?></button></div>
</form><?cs if:subcount(Rows) ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Disputes, newest first") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Reference") ?></th><th scope="col" class="ui-num"><?cs var:tr("Amount") ?></th><th scope="col"><?cs var:tr("State") ?></th><th scope="col"><?cs var:tr("Actions") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row" class="ui-wide text-break"><code><?cs var:r.ref ?></code><span class="ui-sub"><?cs var:r.intent ?></span></th><td class="ui-num"><?cs var:r.amount ?></td><td><?cs call:ui_badge(r.kind, r.label) ?></td><td><?cs if:r.open ?><form method="post" action="/sandbox/disputes"><?cs call:ui_hidden(Token) ?><input type="hidden" name="dispute" value="<?cs var:r.ref ?>"><button type="submit" name="status" value="won" class="btn btn-secondary"><?cs var:tr("Won by the shop") ?></button> <button type="submit" name="status" value="lost" class="btn btn-secondary"><?cs var:tr("Lost by the shop") ?></button></form><?cs else ?>–<?cs /if ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
