<?cs include!"macro/ui.cs" ?><?cs include!"macro/offer.cs" ?><?cs include!"macro/amend.cs" ?><?cs include!"layout/customer_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?> <?cs call:ui_badge(Quote.badge.kind, Quote.badge.label) ?></h1><p><a href="/q/<?cs var:Quote.ref ?>.pdf"><?cs var:tr("PDF document") ?></a></p></div>
<?cs if:?Contract.number ?><p class="lead"><?cs var:Contract.kind ?> <?cs var:Contract.number ?></p>
<?cs /if ?><p><?cs var:Quote.seller ?> · <?cs var:tr("Prepared by") ?> <?cs var:Quote.owner ?> · <?cs var:tr("For") ?> <?cs var:Quote.customer ?> · <?cs var:tr("Valid until") ?> <?cs var:Quote.until ?></p><?cs if:Banner.text ?>
<?cs call:ui_attention(Banner) ?><?cs /if ?><?cs if:Quote.note ?>
<p class="ui-prose"><?cs var:Quote.note ?></p><?cs /if ?><?cs if:Open ?>
<form method="post" action="/q/<?cs var:Quote.ref ?>">
<?cs call:ui_hidden(Token) ?><input type="hidden" name="version" value="<?cs var:Quote.version ?>"><?cs call:ui_default_submit("do", "again") ?>
<div class="ui-columns">
<div class="ui-aside"><?cs call:ui_total(Total) ?>
<div class="ui-actions"><?cs if:Signs ?><button type="submit" name="do" value="sign" class="btn btn-primary"><?cs var:tr("Read and sign") ?></button><?cs else ?><a class="btn btn-primary" href="/pay/<?cs var:Quote.ref ?>"><?cs var:tr("Accept and pay") ?> <?cs var:Quote.today ?></a><?cs /if ?><?cs if:Choice ?><button type="submit" name="do" value="again" class="btn btn-secondary"><?cs var:tr("Recalculate") ?></button><?cs /if ?></div>
</div>
<div>
<?cs call:offer_choices(Lines, tr("Lines")) ?>
</div>
</div>
</form>
<?cs call:offer_coupon(Coupon, Form.coupon) ?>
<p><a href="#ask"><?cs var:tr("Ask a question") ?></a> · <a href="/q/<?cs var:Quote.ref ?>/decline"><?cs var:tr("Decline this quote") ?></a></p><?cs if:?Card.shown ?>
<?cs call:amend_card(Card) ?><?cs /if ?><?cs else ?>
<div class="ui-columns">
<div class="ui-aside"><?cs call:ui_total(Total) ?></div>
<div>
<?cs call:offer_lines(Lines, tr("Lines")) ?>
</div>
</div><?cs /if ?><?cs if:Quote.particular ?>
<h2><?cs var:tr("Particular terms") ?></h2>
<div class="ui-prose"><?cs var:Quote.particular ?></div><?cs /if ?><?cs if:Quote.terms ?>
<h2><?cs var:tr("Terms of sale") ?></h2>
<details><summary><?cs var:tr("Read the terms") ?></summary>
<div class="ui-prose"><?cs var:Quote.terms ?></div></details><?cs /if ?>
<h2 id="messages"><?cs var:tr("Questions and answers") ?></h2><?cs if:subcount(Messages) ?>
<ol class="ui-timeline"><?cs each:m = Messages ?>
<li><span class="ui-hint"><?cs var:m.who ?>, <?cs var:m.when ?></span><span class="ui-timeline-text ui-prose"><?cs var:m.text ?></span></li><?cs /each ?>
</ol><?cs /if ?>
<form method="post" action="/q/<?cs var:Quote.ref ?>/ask" id="ask">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_text(Form.text) ?>
<div class="ui-actions"><button type="submit" class="btn btn-secondary"><?cs var:tr("Send the question") ?></button></div>
</form>
<?cs include!"layout/bottom.cs" ?>
