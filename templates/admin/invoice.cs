<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?> <?cs call:ui_badge(Inv.state.kind, Inv.state.label) ?></h1><a href="/admin/invoices"><?cs var:tr("All invoices") ?></a></div>
<p class="lead"><a href="<?cs var:Inv.customer_href ?>"><?cs var:Inv.customer ?></a></p>
<div class="ui-actions"><?cs if:Inv.pdf ?><a class="btn btn-secondary" href="/admin/invoices/<?cs var:Inv.number ?>.pdf"><?cs var:tr("PDF") ?></a><?cs else ?><span class="ui-hint"><?cs var:tr("The PDF is being made.") ?></span><?cs /if ?><?cs if:Inv.open ?>
<form method="post" action="/admin/invoices/<?cs var:Inv.number ?>/link"><?cs call:ui_hidden(Token) ?><button type="submit" class="btn btn-secondary"><?cs var:tr("Send a link to pay") ?></button></form><?cs /if ?><?cs if:Inv.refundable ?><a class="btn btn-secondary" href="/admin/invoices/<?cs var:Inv.number ?>/refund"><?cs var:tr("Refund this credit") ?></a><?cs /if ?><?cs if:Inv.creditable ?><a class="btn btn-secondary" href="/admin/invoices/<?cs var:Inv.number ?>/credit"><?cs var:tr("Credit note") ?></a><?cs /if ?></div>
<?cs call:ui_summary(Facts) ?>
<p><a href="/admin/journal?document=<?cs var:Inv.number ?>"><?cs var:tr("Its entries in the books") ?></a></p>
<h2><?cs var:tr("Lines") ?></h2>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Lines") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Description") ?></th><th scope="col" class="ui-num"><?cs var:tr("Quantity") ?></th><th scope="col" class="ui-num"><?cs var:tr("Price excl. VAT") ?></th><th scope="col" class="ui-num ui-opt"><?cs var:tr("VAT") ?></th><th scope="col" class="ui-num"><?cs var:tr("Total excl. VAT") ?></th></tr></thead>
<tbody><?cs each:l = Lines ?><?cs if:l.section ?>
<tr><th scope="rowgroup" colspan="5" class="ui-wide"><a href="<?cs var:l.section_href ?>"><?cs var:l.section ?></a></th></tr><?cs /if ?>
<tr><td class="ui-wide"><?cs var:l.description ?><?cs if:l.period ?><span class="ui-sub"><?cs var:l.period ?></span><?cs /if ?></td><td class="ui-num"><?cs var:l.quantity ?></td><td class="ui-num"><?cs var:l.price ?><?cs if:l.discount ?><span class="ui-sub">−<?cs var:l.discount ?></span><?cs /if ?></td><td class="ui-num ui-opt"><?cs var:l.vat ?></td><td class="ui-num"><?cs var:l.total ?></td></tr><?cs /each ?>
</tbody>
</table>
<dl class="ui-summary">
<div class="ui-summary-row"><dt><?cs var:tr("Total excl. VAT") ?></dt><dd><?cs var:Inv.net ?></dd></div><?cs each:t = Taxes ?>
<div class="ui-summary-row"><dt><?cs var:t.k ?></dt><dd><?cs var:t.v ?><?cs if:t.reason ?><span class="ui-sub"><?cs var:t.reason ?></span><?cs /if ?></dd></div><?cs /each ?>
<?cs if:Inv.rounding ?><div class="ui-summary-row"><dt><?cs var:tr("Rounding") ?></dt><dd><?cs var:Inv.rounding ?></dd></div>
<?cs /if ?><div class="ui-summary-row"><dt><?cs var:tr("Total incl. VAT") ?></dt><dd><strong><?cs var:Inv.total ?></strong></dd></div><?cs each:t = Deposits ?>
<div class="ui-summary-row"><dt><?cs var:t.k ?></dt><dd><?cs var:t.v ?><span class="ui-sub"><?cs var:t.reason ?></span></dd></div><?cs /each ?><?cs if:?Inv.asked ?>
<div class="ui-summary-row"><dt><?cs var:tr("To pay") ?></dt><dd><strong><?cs var:Inv.asked ?></strong></dd></div><?cs /if ?>
</dl><?cs if:subcount(Attempts) ?>
<h2><?cs var:tr("Attempts to collect") ?></h2>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Attempts to collect") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("When") ?></th><th scope="col"><?cs var:tr("State") ?></th><th scope="col" class="ui-opt"><?cs var:tr("Key and reference of the gateway") ?></th><th scope="col" class="ui-num"><?cs var:tr("Amount") ?></th></tr></thead>
<tbody><?cs each:r = Attempts ?>
<tr><td><a href="<?cs var:r.href ?>"><?cs var:r.at ?></a><span class="ui-sub"><?cs var:r.how ?></span></td><td><?cs call:ui_badge(r.state.kind, r.state.label) ?><?cs if:r.why ?><span class="ui-sub"><?cs var:r.why ?></span><?cs /if ?></td><td class="ui-opt ui-wide"><code><?cs var:r.key ?></code><?cs if:r.ref ?><span class="ui-sub"><code><?cs var:r.ref ?></code></span><?cs /if ?></td><td class="ui-num"><?cs var:r.amount ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?><?cs if:subcount(Refunds) ?>
<h2><?cs var:tr("Refunds") ?></h2>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Refunds") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("When") ?></th><th scope="col"><?cs var:tr("Reason") ?></th><th scope="col"><?cs var:tr("State") ?></th><th scope="col" class="ui-num"><?cs var:tr("Amount") ?></th></tr></thead>
<tbody><?cs each:r = Refunds ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.at ?></a><span class="ui-sub"><?cs var:r.how ?></span></th><td class="ui-wide"><?cs var:r.reason ?></td><td><?cs call:ui_badge(r.state.kind, r.state.label) ?><?cs if:r.why ?><span class="ui-sub"><?cs var:r.why ?></span><?cs /if ?></td><td class="ui-num"><?cs var:r.amount ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?><?cs if:subcount(Timeline) ?>
<h2><?cs var:tr("What happened") ?></h2>
<?cs call:ui_timeline(Timeline) ?><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
