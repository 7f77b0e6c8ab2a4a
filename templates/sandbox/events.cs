<?cs include!"macro/ui.cs" ?><?cs include!"layout/customer_top.cs" ?>
<h1><?cs var:Page.title ?></h1><?cs if:subcount(Rows) ?>
<form method="post" action="/sandbox/deliver">
<?cs call:ui_hidden(Token) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Send what is due now") ?></button></div>
</form>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Events, newest first") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Event") ?></th><th scope="col"><?cs var:tr("When") ?></th><th scope="col"><?cs var:tr("About") ?></th><th scope="col"><?cs var:tr("Sent on") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row" class="text-break"><?cs var:r.type ?></th><td><?cs var:r.at ?></td><td class="ui-wide text-break"><code><?cs var:r.object ?></code></td><td><?cs each:d = r.deliveries ?><div><?cs call:ui_badge(d.kind, d.label) ?><?cs if:d.tries ?> <span class="ui-hint"><?cs var:d.tries ?></span><?cs /if ?><?cs if:d.due ?> <span class="ui-hint"><?cs var:d.due ?></span><?cs /if ?></div><?cs /each ?></td></tr><?cs /each ?>
</tbody>
</table><?cs else ?>
<?cs call:ui_empty(Empty) ?><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
