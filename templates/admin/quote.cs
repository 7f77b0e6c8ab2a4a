<?cs include!"macro/ui.cs" ?><?cs include!"macro/offer.cs" ?><?cs include!"macro/amend.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:tr("Quote") ?> <?cs var:Quote.number ?> <?cs call:ui_badge(Quote.state.kind, Quote.state.label) ?></h1><a href="/admin/quotes"><?cs var:tr("All quotes") ?></a></div>
<p class="lead"><?cs var:tr("For") ?> <a href="<?cs var:Quote.customer_href ?>"><?cs var:Quote.customer ?></a><?cs if:?Contract.number ?> · <?cs var:Contract.kind ?> <a href="<?cs var:Contract.href ?>"><?cs var:Contract.number ?></a><?cs /if ?></p><?cs if:?Draft.text ?>
<div class="ui-attention"><p><?cs var:Draft.text ?></p><a class="btn btn-secondary" href="/admin/quotes/<?cs var:Quote.ref ?>/edit"><?cs var:tr("Continue the draft") ?></a></div><?cs /if ?>
<div class="ui-actions"><?cs if:May.send ?><a class="btn btn-primary" href="/admin/quotes/<?cs var:Quote.ref ?>/send"><?cs var:tr("Send the quote") ?></a><?cs /if ?><?cs if:May.edit ?><a class="btn btn-secondary" href="/admin/quotes/<?cs var:Quote.ref ?>/edit"><?cs var:tr("Edit") ?></a><?cs /if ?><a class="btn btn-secondary" href="/admin/quotes/<?cs var:Quote.ref ?>/preview"><?cs var:tr("Preview") ?></a><a class="btn btn-secondary" href="/admin/quotes/<?cs var:Quote.ref ?>/preview.pdf"><?cs var:tr("PDF") ?></a></div>
<div class="ui-columns">
<div class="ui-aside"><?cs call:ui_total(Total) ?><?cs call:offer_margins(Margins) ?></div>
<div>
<h2><?cs var:tr("Lines") ?></h2><?cs if:subcount(Lines) ?>
<?cs call:offer_lines(Lines, tr("Lines")) ?><?cs else ?>
<div class="ui-empty"><p><?cs var:tr("There is no line yet.") ?></p></div><?cs /if ?>
<?cs call:offer_coupon(Coupon, Form.coupon) ?>
<h2><?cs var:tr("Details") ?></h2>
<?cs call:ui_summary(Facts) ?><?cs if:Contract.problem ?>
<div class="ui-attention"><p><?cs var:tr("The change cannot be made as it is:") ?> <?cs var:Contract.problem ?></p></div><?cs /if ?><?cs if:?Card.shown ?>
<?cs call:amend_card(Card) ?><?cs /if ?><?cs if:subcount(Versions) ?>
<h2><?cs var:tr("Versions") ?></h2>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Versions") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Version") ?></th><th scope="col"><?cs var:tr("State") ?></th><th scope="col"><?cs var:tr("Sent on") ?></th><th scope="col" class="ui-num"><?cs var:tr("Due today") ?></th></tr></thead>
<tbody><?cs each:v = Versions ?>
<tr><th scope="row"><?cs var:v.label ?></th><td><?cs var:v.state ?></td><td><?cs var:v.sent ?></td><td class="ui-num"><?cs var:v.today ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?><?cs if:subcount(Alternatives) || May.alternative ?>
<h2><?cs var:tr("Alternatives") ?></h2><?cs if:subcount(Alternatives) ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Alternatives") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Quote") ?></th><th scope="col"><?cs var:tr("State") ?></th><th scope="col" class="ui-num"><?cs var:tr("Due today") ?></th><th scope="col" class="ui-num"><?cs var:tr("Per period") ?></th></tr></thead>
<tbody><?cs each:a = Alternatives ?>
<tr><th scope="row"><a href="<?cs var:a.href ?>"><?cs var:a.number ?></a></th><td><?cs call:ui_badge(a.kind, a.label) ?></td><td class="ui-num"><?cs var:a.today ?></td><td class="ui-num"><?cs var:a.period ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?><?cs if:May.alternative ?>
<p><?cs var:tr("The customer takes one of them: when it is confirmed, the others are withdrawn.") ?></p>
<form method="post" action="/admin/quotes/<?cs var:Quote.ref ?>/alternative"><?cs call:ui_hidden(Token) ?><div class="ui-actions"><button type="submit" class="btn btn-secondary"><?cs var:tr("Add an alternative") ?></button></div></form><?cs /if ?><?cs /if ?><?cs if:May.again ?>
<h2><?cs var:tr("Link of the customer") ?></h2><?cs if:?Link.expires ?>
<p><?cs var:tr("The link works until") ?> <?cs var:Link.expires ?>.<?cs if:Link.used ?> <?cs var:tr("First opened on") ?> <?cs var:Link.used ?>.<?cs /if ?></p><?cs else ?>
<p><?cs var:tr("No link works at the moment.") ?></p><?cs /if ?>
<div class="ui-actions">
<form method="post" action="/admin/quotes/<?cs var:Quote.ref ?>/again"><?cs call:ui_hidden(Token) ?><button type="submit" class="btn btn-secondary"><?cs var:tr("Send a new link") ?></button></form><?cs if:?Link.expires ?>
<form method="post" action="/admin/quotes/<?cs var:Quote.ref ?>/revoke"><?cs call:ui_hidden(Token) ?><button type="submit" class="btn btn-danger"><?cs var:tr("Revoke the link") ?></button></form><?cs /if ?>
</div><?cs /if ?><?cs if:May.answer ?>
<h2 id="questions"><?cs var:tr("Questions and answers") ?></h2><?cs each:m = Messages ?>
<div class="ui-panel"><p class="ui-prose"><?cs var:m.text ?></p><p class="ui-hint"><?cs var:m.who ?>, <?cs var:m.at ?></p></div><?cs /each ?><?cs if:!subcount(Messages) ?>
<p><?cs var:tr("No question yet.") ?></p><?cs /if ?>
<form method="post" action="/admin/quotes/<?cs var:Quote.ref ?>/answer">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_text(Form.message) ?>
<div class="ui-actions"><button type="submit" class="btn btn-secondary"><?cs var:tr("Send the answer") ?></button></div>
</form><?cs /if ?>
<h2><?cs var:tr("What happened") ?></h2>
<?cs call:ui_timeline(Timeline) ?><?cs if:May.withdraw ?>
<p><a href="/admin/quotes/<?cs var:Quote.ref ?>/withdraw"><?cs var:tr("Withdraw this quote") ?></a></p><?cs /if ?>
</div>
</div>
<?cs include!"layout/bottom.cs" ?>
