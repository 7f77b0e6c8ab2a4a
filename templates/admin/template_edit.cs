<?cs include!"macro/ui.cs" ?><?cs include!"macro/lines.cs" ?><?cs include!"macro/quote_words.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><p><?cs if:?History ?><a href="<?cs var:History ?>"><?cs var:tr("Versions") ?></a> · <?cs /if ?><a href="/admin/templates"><?cs var:tr("Back to the templates") ?></a></p></div><?cs if:Exists ?>
<p><?cs var:tr("Saving a change makes a new version. Quotes that exist keep what they have.") ?></p><?cs /if ?>
<form method="post" action="<?cs var:Action ?>">
<?cs call:ui_default_submit("do", "save") ?>
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.name) ?>
<div class="ui-grid">
<?cs call:ui_select(Form.plan) ?>
<?cs call:ui_select(Form.acceptance) ?>
</div>
<?cs call:ui_field(Form.validity) ?>
<p class="ui-hint"><?cs var:tr("What is done about unpaid invoices, and what customers change by themselves, is a matter of the plan.") ?></p>
<?cs call:words_terms(Form) ?>
<div class="ui-grid ui-grid-line"><?cs call:ui_field(Form.deposit_percent) ?><?cs call:ui_field(Form.deposit_amount) ?><?cs if:Journals ?><?cs call:ui_select(Form.journal) ?><?cs /if ?></div>
<?cs call:words_texts(Form) ?>
<details<?cs if:Form.other_note.value || Form.other_header.value || Form.other_footer.value || Form.other_terms.value || Form.other_confirmation.value || subcount(Errors) ?> open<?cs /if ?>><summary><?cs var:Other ?></summary>
<p class="ui-hint"><?cs var:tr("What is left empty stays as it stands above.") ?></p>
<?cs call:ui_text(Form.other_note) ?>
<?cs call:ui_text(Form.other_header) ?>
<?cs call:ui_text(Form.other_footer) ?>
<?cs call:ui_text(Form.other_terms) ?>
<?cs call:ui_text(Form.other_confirmation) ?>
</details><?cs if:Shared ?>
<fieldset class="ui-panel"><legend><?cs var:tr("Offered to") ?></legend>
<p class="ui-hint"><?cs var:tr("Nobody ticked: to every seller.") ?></p><?cs each:s = Form.team ?>
<input type="hidden" name="<?cs var:s.id.name ?>" value="<?cs var:s.id.value ?>"><?cs call:ui_check(s.on) ?><?cs /each ?><?cs if:subcount(Form.team) ?><hr><?cs /if ?><?cs each:s = Form.seller ?>
<input type="hidden" name="<?cs var:s.id.name ?>" value="<?cs var:s.id.value ?>"><?cs call:ui_check(s.on) ?><?cs /each ?>
</fieldset><?cs /if ?><?cs if:Exists ?><?cs call:ui_check(Form.archived) ?><?cs /if ?>
<h2 id="lines"><?cs var:tr("Lines") ?></h2>
<p class="ui-hint"><?cs var:tr("An empty price takes the price list's when a quote is written.") ?></p><?cs call:line_products() ?><?cs each:l = Form.line ?><?cs call:line_card(l, l.n) ?><?cs /each ?>
<?cs call:line_buttons() ?>
<div class="ui-actions"><button type="submit" name="do" value="save" class="btn btn-primary"><?cs var:tr("Save the template") ?></button><a href="/admin/templates"><?cs var:tr("Cancel") ?></a></div>
</form>
<?cs include!"layout/bottom.cs" ?>
