<?cs include!"macro/ui.cs" ?><?cs include!"macro/lines.cs" ?><?cs include!"macro/quote_words.cs" ?><?cs include!"macro/offer.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><a href="/admin/quotes/<?cs var:Quote.ref ?>"><?cs var:tr("Back to the quote") ?></a></div><?cs if:?NewVersion ?>
<div class="ui-flash" role="status"><p><?cs var:NewVersion ?></p></div><?cs /if ?><?cs if:Stale ?>
<section class="ui-panel" aria-labelledby="stored"><h2 id="stored"><?cs var:tr("What is stored now") ?></h2>
<?cs call:offer_lines(Lines, tr("What is stored now")) ?></section><?cs /if ?>
<form method="post" action="/admin/quotes/<?cs var:Quote.ref ?>/edit">
<?cs call:ui_default_submit("do", "recalc") ?>
<?cs call:ui_hidden(Token) ?><input type="hidden" name="base" value="<?cs var:Quote.base ?>">
<div class="ui-columns">
<div class="ui-aside">
<?cs call:ui_total(Total) ?><?cs call:offer_margins(Margins) ?>
<div class="ui-actions"><button type="submit" name="do" value="recalc" class="btn btn-secondary"><?cs var:tr("Recalculate") ?></button><button type="submit" name="do" value="save" class="btn btn-secondary"><?cs var:tr("Save the draft") ?></button><button type="submit" name="do" value="preview" class="btn btn-secondary"><?cs var:tr("Preview") ?></button><button type="submit" name="do" value="send" class="btn btn-primary"><?cs var:tr("Send the quote") ?></button></div>
</div>
<div>
<section aria-labelledby="about"><h2 id="about"><?cs var:tr("About this quote") ?></h2><?cs if:Quote.draft ?>
<?cs call:ui_pick(Form.customer) ?><?cs else ?>
<p><strong><?cs var:tr("Customer") ?></strong> <?cs var:Quote.customer ?></p><?cs /if ?>
<?cs if:Quote.upsell ?>
<p><strong><?cs var:tr("Changes subscription") ?></strong> <a href="<?cs var:Contract.href ?>"><?cs var:Contract.number ?></a>. <?cs var:Contract.effect ?></p><?cs if:Contract.problem ?>
<div class="ui-attention"><p><?cs var:tr("The change cannot be made as it is:") ?> <?cs var:Contract.problem ?></p></div><?cs /if ?>
<p class="ui-hint"><?cs var:tr("The lines are those of the subscription after the change: a line that you take away ends, a line that you add begins. Plan, terms and discounts of the subscription stay as they are.") ?></p><?cs else ?>
<div class="ui-grid">
<?cs call:ui_select(Form.template) ?>
<div class="ui-actions"><button type="submit" name="do" value="template" class="btn btn-secondary btn-small"><?cs var:tr("Apply the template") ?></button></div>
</div><?cs /if ?>
<div class="ui-grid"><?cs if:!Quote.upsell ?>
<?cs call:ui_select(Form.plan) ?><?cs /if ?>
<?cs call:ui_select(Form.acceptance) ?>
<?cs call:ui_field(Form.valid) ?><?cs if:!Quote.upsell ?>
<?cs call:ui_field(Form.start) ?><?cs /if ?>
<?cs call:ui_select(Form.language) ?><?cs if:!Quote.upsell ?>
<?cs call:ui_select(Form.currency) ?><?cs /if ?>
</div><?cs if:!Quote.upsell ?>
<?cs call:words_terms(Form) ?><?cs /if ?>
<?cs call:words_texts(Form) ?>
</section>
<section aria-labelledby="lines"><h2 id="lines"><?cs var:tr("Lines") ?></h2><?cs call:line_products() ?><?cs each:l = Form.line ?><?cs call:line_card(l, l.n) ?><?cs /each ?><?cs if:!subcount(Form.line) ?>
<div class="ui-empty"><p><?cs var:tr("There is no line yet. Add one, or apply a template.") ?></p></div><?cs /if ?>
<?cs call:line_buttons() ?><?cs if:!Quote.upsell ?>
<div class="ui-grid ui-grid-line"><?cs call:ui_field(Form.off_percent) ?><?cs call:ui_field(Form.off_amount) ?><?cs call:ui_field(Form.off_periods) ?></div>
<?cs if:subcount(Kept) ?><?cs call:ui_check(Form.keep) ?>
<ul><?cs each:k = Kept ?><li><?cs var:k.text ?></li><?cs /each ?></ul><?cs /if ?>
<div class="ui-grid ui-grid-line"><?cs call:ui_field(Form.deposit_percent) ?><?cs call:ui_field(Form.deposit_amount) ?></div><?cs /if ?>
</section>
</div>
</div>
</form>
<?cs include!"layout/bottom.cs" ?>
