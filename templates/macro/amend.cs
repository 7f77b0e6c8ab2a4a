<?cs # amend: a change of a subscription before it is made (page/amend_card.c).

  amend_card(c)   {before, after, facts, steps.N.{what, how, span, amount}, bills.N.{on, before, after}, total}
?><?cs def:amend_side(s, title, id) ?>
<section class="ui-panel" aria-labelledby="<?cs var:id ?>">
<h3 id="<?cs var:id ?>"><?cs var:title ?></h3><?cs if:subcount(s.lines) ?>
<ul><?cs each:l = s.lines ?>
<li><?cs var:l.text ?> <span class="ui-hint"><?cs var:l.price ?><?cs if:l.discount ?>, <?cs var:l.discount ?><?cs /if ?></span></li><?cs /each ?>
</ul><?cs else ?>
<p><?cs var:tr("No line in force") ?></p><?cs /if ?><?cs each:d = s.discounts ?>
<p><?cs var:d.text ?></p><?cs /each ?>
<p><strong><?cs var:s.period ?></strong></p><?cs if:subcount(s.terms.rows) ?>
<?cs call:ui_summary(s.terms) ?><?cs /if ?>
<p class="ui-hint"><?cs var:s.state ?><?cs if:s.mrr ?> · <?cs var:tr("Monthly recurring revenue:") ?> <?cs var:s.mrr ?><?cs /if ?></p>
</section><?cs /def ?><?cs def:amend_card(c) ?>
<section aria-labelledby="card" id="preview">
<h2 id="card"><?cs var:tr("Before and after") ?></h2>
<div class="ui-grid">
<?cs call:amend_side(c.before, tr("Before"), "before") ?>
<?cs call:amend_side(c.after, tr("After"), "after") ?>
</div>
<?cs call:ui_summary(c.facts) ?><?cs if:subcount(c.steps) ?>
<table class="ui-table">
<caption class="visually-hidden"><?cs var:tr("How the amount comes about, excl. VAT") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Arithmetic") ?></th><th scope="col" class="ui-num"><?cs var:tr("Amount") ?></th></tr></thead>
<tbody><?cs each:s = c.steps ?>
<tr><th scope="row"><?cs var:s.what ?><?cs if:s.how ?><span class="ui-sub"><?cs var:s.how ?></span><?cs /if ?><?cs if:s.span ?><span class="ui-sub"><?cs var:s.span ?></span><?cs /if ?></th><td class="ui-num"><?cs var:s.amount ?></td></tr><?cs /each ?>
</tbody>
</table>
<section class="ui-total" aria-labelledby="card-total">
<h3 id="card-total"><?cs var:c.total.title ?></h3>
<dl><?cs each:r = c.total.rows ?>
<div class="ui-total-row<?cs if:r.strong ?> ui-strong<?cs /if ?>"><dt><?cs var:r.k ?></dt><dd class="ui-money"><?cs var:r.v ?></dd></div><?cs /each ?>
</dl>
</section><?cs else ?>
<p><?cs var:tr("Nothing is charged and nothing given back with this change.") ?></p><?cs /if ?><?cs if:subcount(c.bills) ?>
<table class="ui-table ui-stack">
<caption><?cs var:tr("The next invoices, incl. VAT") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Date") ?></th><th scope="col" class="ui-num"><?cs var:tr("Without the change") ?></th><th scope="col" class="ui-num"><?cs var:tr("With the change") ?></th></tr></thead>
<tbody><?cs each:b = c.bills ?>
<tr><th scope="row"><?cs var:b.on ?></th><td class="ui-num" data-l="<?cs var:tr("Without the change") ?>"><?cs var:b.before ?></td><td class="ui-num" data-l="<?cs var:tr("With the change") ?>"><?cs var:b.after ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?>
</section><?cs /def ?>