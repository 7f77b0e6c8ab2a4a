<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Mail.what ?> <?cs call:ui_badge(Mail.state.kind, Mail.state.label) ?></h1><a href="/admin/outbox"><?cs var:tr("Back to the outbox") ?></a></div>
<?cs call:ui_summary(Facts) ?><?cs if:?Announce.action ?>
<p><?cs var:tr("This e-mail was refused. The direct debit that it announces does not leave before the customer is told.") ?></p>
<form class="ui-panel" method="post" action="<?cs var:Announce.action ?>">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_choice(Form.how) ?>
<?cs call:ui_field(Form.email) ?>
<p class="ui-hint"><?cs var:tr("Or have it paid otherwise: a link to pay can be sent from the page of") ?> <a href="<?cs var:Announce.href ?>"><?cs var:Announce.number ?></a>.</p>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Note the answer") ?></button></div>
</form><?cs /if ?><?cs if:?Mail.subject ?>
<h2 lang="<?cs var:Mail.lang ?>"><?cs var:Mail.subject ?></h2>
<div class="ui-panel ui-prose" lang="<?cs var:Mail.lang ?>"><?cs var:Mail.text ?></div><?cs if:subcount(Attached) ?>
<p><?cs var:tr("Attached:") ?> <?cs each:a = Attached ?><?cs var:a.name ?> <?cs /each ?></p><?cs /if ?><?cs /if ?><?cs if:?Mail.link ?>
<p><a class="btn btn-secondary" href="<?cs var:Mail.link ?>"><?cs var:tr("Open the link of this e-mail") ?></a></p>
<p class="ui-hint"><?cs var:tr("Shown because this house is in test mode.") ?></p><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
