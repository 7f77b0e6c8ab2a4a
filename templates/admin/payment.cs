<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?> <?cs call:ui_badge(Pay.state.kind, Pay.state.label) ?></h1><a href="/admin/payments"><?cs var:tr("All payments") ?></a></div><?cs if:Pay.refundable ?>
<div class="ui-actions"><a class="btn btn-secondary" href="/admin/payments/<?cs var:Pay.id ?>/refund"><?cs var:tr("Pay back") ?></a></div><?cs /if ?>
<?cs if:Pay.stray ?>
<div class="ui-attention"><p><?cs var:tr("This money came for what no longer stands. It is in no book; it waits at the gateway.") ?></p>
<form method="post" action="/admin/payments/<?cs var:Pay.id ?>/return"><?cs call:ui_hidden(Token) ?><button type="submit" class="btn btn-primary"><?cs var:Pay.press ?></button></form></div><?cs /if ?>
<?cs if:Pay.undecided ?>
<div class="ui-attention"><p><?cs var:tr("The gateway has not said for three days whether this was paid. Look for it on the gateway's own pages, by its key; then say what you found.") ?></p>
<p><a class="btn btn-primary" href="/admin/payments/<?cs var:Pay.id ?>/decide"><?cs var:tr("Say how it ended") ?></a></p></div><?cs /if ?>
<?cs call:ui_summary(Facts) ?><?cs if:subcount(Refunds) ?>
<h2><?cs var:tr("Refunds") ?></h2>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Refunds") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("When") ?></th><th scope="col"><?cs var:tr("Reason") ?></th><th scope="col"><?cs var:tr("State") ?></th><th scope="col" class="ui-num"><?cs var:tr("Amount") ?></th></tr></thead>
<tbody><?cs each:r = Refunds ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.at ?></a><span class="ui-sub"><?cs var:r.how ?></span></th><td class="ui-wide"><?cs var:r.reason ?></td><td><?cs call:ui_badge(r.state.kind, r.state.label) ?><?cs if:r.why ?><span class="ui-sub"><?cs var:r.why ?></span><?cs /if ?></td><td class="ui-num"><?cs var:r.amount ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?>
<?cs if:subcount(Disputes) ?>
<h2><?cs var:tr("Disputes") ?></h2>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Disputes") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("When") ?></th><th scope="col"><?cs var:tr("Reason") ?></th><th scope="col"><?cs var:tr("State") ?></th><th scope="col" class="ui-num"><?cs var:tr("Amount") ?></th></tr></thead>
<tbody><?cs each:r = Disputes ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.on ?></a></th><td><?cs var:r.reason ?><?cs if:r.by ?><span class="ui-sub"><?cs var:tr("Answer by") ?> <?cs var:r.by ?></span><?cs /if ?></td><td><?cs call:ui_badge(r.state.kind, r.state.label) ?></td><td class="ui-num"><?cs var:r.amount ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
