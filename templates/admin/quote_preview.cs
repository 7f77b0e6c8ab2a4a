<?cs include!"macro/ui.cs" ?><?cs include!"macro/offer.cs" ?><?cs include!"macro/amend.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-attention"><p><?cs var:tr("This is what the customer will read. Nothing here can be pressed.") ?></p><a class="btn btn-secondary" href="/admin/quotes/<?cs var:Quote.ref ?>/preview.pdf"><?cs var:tr("See the PDF") ?></a></div>
<div class="ui-head"><h1><?cs var:tr("Quote") ?> <?cs var:Quote.number ?></h1><p><?cs var:tr("Valid until") ?> <?cs var:Quote.until ?></p></div>
<?cs if:?Contract.number ?><p class="lead"><?cs var:Contract.kind ?> <?cs var:Contract.number ?></p>
<?cs /if ?><p><?cs var:Quote.company ?> · <?cs var:tr("Prepared by") ?> <?cs var:Quote.owner ?> · <?cs var:tr("For") ?> <?cs var:Quote.customer ?></p><?cs if:Quote.note ?>
<p class="ui-prose"><?cs var:Quote.note ?></p><?cs /if ?>
<div class="ui-columns">
<div class="ui-aside"><?cs call:ui_total(Total) ?></div>
<div>
<?cs call:offer_lines(Lines, tr("Lines")) ?><?cs if:?Card.shown ?>
<?cs call:amend_card(Card) ?><?cs /if ?><?cs if:Quote.particular ?>
<h2><?cs var:tr("Particular terms") ?></h2>
<p class="ui-prose"><?cs var:Quote.particular ?></p><?cs /if ?><?cs if:Quote.terms ?>
<h2><?cs var:tr("Terms") ?></h2>
<p class="ui-prose"><?cs var:Quote.terms ?></p><?cs /if ?>
</div>
</div>
<div class="ui-actions"><?cs if:Quote.draft ?><a class="btn btn-primary" href="/admin/quotes/<?cs var:Quote.ref ?>/send"><?cs var:tr("Send the quote") ?></a><?cs /if ?><?cs if:Quote.editable ?><a class="btn btn-secondary" href="/admin/quotes/<?cs var:Quote.ref ?>/edit"><?cs var:tr("Edit") ?></a><?cs /if ?><a href="/admin/quotes/<?cs var:Quote.ref ?>"><?cs var:tr("Back to the quote") ?></a></div>
<?cs include!"layout/bottom.cs" ?>
