<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?> <?cs call:ui_badge(Case.state.kind, Case.state.label) ?></h1><a class="btn btn-secondary" href="<?cs var:Case.invoice ?>"><?cs if:Case.claim ?><?cs var:tr("See the subscription") ?><?cs else ?><?cs var:tr("See the invoice") ?><?cs /if ?></a></div>
<?cs call:ui_summary(Facts) ?>
<h2><?cs var:tr("Steps") ?></h2>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Steps") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("What is done") ?></th><th scope="col"><?cs var:tr("When") ?></th><th scope="col"><?cs var:tr("State") ?></th></tr></thead>
<tbody><?cs each:s = Steps ?>
<tr><th scope="row"><?cs var:s.text ?></th><td><?cs var:s.on ?><span class="ui-sub"><?cs var:s.after ?></span></td><td><?cs call:ui_badge(s.state.kind, s.state.label) ?></td></tr><?cs /each ?>
</tbody>
</table><?cs if:Case.open ?>
<h2><?cs var:tr("Stop") ?></h2>
<p class="ui-hint"><?cs var:tr("Nothing more is sent, tried or ended. What is asked for stays due and can still be paid.") ?></p>
<form method="post" action="<?cs var:Case.stop ?>">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.reason) ?>
<div class="ui-actions"><button type="submit" class="btn btn-danger"><?cs var:tr("Stop the reminders") ?></button></div>
</form><?cs /if ?>
<h2><?cs var:tr("History") ?></h2>
<?cs call:ui_timeline(Timeline) ?>
<?cs include!"layout/bottom.cs" ?>
