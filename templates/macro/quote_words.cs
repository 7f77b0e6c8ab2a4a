<?cs # quote_words: what a template and a quote ask alike (page/admin/quote_words_form.h).

  words_terms(f)     how long it runs: duration, term, minimum duration, notice, who ends it and when
  words_texts(f)     the texts around the lines; Variables lists what they may hold
?><?cs def:words_terms(f) ?>
<fieldset class="ui-panel"><legend><?cs var:tr("How long it runs") ?></legend>
<div class="ui-grid ui-grid-line">
<?cs call:ui_select(f.duration) ?><?cs call:ui_field(f.term) ?><?cs call:ui_select(f.term_unit) ?>
</div>
<?cs call:ui_check(f.term_renews) ?>
<div class="ui-grid"><?cs call:ui_field(f.commitment) ?><?cs call:ui_field(f.notice) ?></div>
<div class="ui-grid"><?cs call:ui_select(f.customer_end) ?><?cs call:ui_field(f.close_days) ?></div>
</fieldset><?cs /def ?><?cs def:words_texts(f) ?>
<?cs call:ui_text(f.note) ?>
<details<?cs if:f.header.value || f.footer.value || f.terms.value || f.confirmation.value || f.no_confirm_mail.value || subcount(Errors) ?> open<?cs /if ?>><summary><?cs var:tr("Texts of the document and of the confirmation") ?></summary>
<?cs call:ui_text(f.header) ?>
<?cs call:ui_text(f.footer) ?>
<?cs call:ui_text(f.terms) ?>
<?cs call:ui_text(f.confirmation) ?>
<?cs call:ui_check(f.no_confirm_mail) ?>
</details>
<p class="ui-hint"><?cs var:Variables ?></p><?cs /def ?>
