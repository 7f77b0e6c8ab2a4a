<?cs # ui: the components (one place for every button, field, table and badge).

  Arguments are nodes of the tree unless said otherwise; all texts are finished. Fields come from
  cgi/view/form.c: {id, name, label, hint, err, value, type, ac, mode, required, rows, multi,
  opts.N.{v, l, hint, sel}}.

  ui_flash()              Flash.{kind, text, alert, link, href}
  ui_errors()             Errors.N.{id, msg}: the summary above the form
  ui_field(f)             label, hint, error, input
  ui_file(f)              the same with a CSV file
  ui_text(f)              the same with a textarea
  ui_select(f)            the same with a select
  ui_pick(f)              a field with suggestions below it: opts.N.{v, l}
  ui_one_of(f)            ui_pick where f.typed, else ui_select
  ui_choice(f)            fieldset of radios (or checkboxes when f.multi)
  ui_check(f)             one checkbox; sel says whether it is ticked
  ui_hidden(form)         {csrf, once, rev}: in every POST form
  ui_default_submit(name, value)  first in every form of several buttons: what Enter presses
  ui_badge(kind, label)   kind ok | warn | bad | info | neutral
  ui_summary(s)           rows.N.{k, v, href, action, object}
  ui_total(t)             {title, rows.N.{k, v, strong}, terms.N.text}
  ui_steps(s)             N.{t, st}: st done | current | ""
  ui_tile(t)              {label, value, delta, href}
  ui_views(v, label)      N.{name, count, href, on}
  ui_pager(p)             {prev, next, text}
  ui_timeline(t)          N.{when, iso, who, text, href}
  ui_attention(a)         {text, amount, href, action}
  ui_empty(e)             {text, href, action}
  ui_docs(d)              N.{href, name, type}
  ui_lang()               Lang.N.{code, name, href, on}
?><?cs def:ui_flash() ?><?cs if:?Flash.text ?>
<div class="ui-flash ui-flash-<?cs var:Flash.kind ?>" role="<?cs if:Flash.alert ?>alert<?cs else ?>status<?cs /if ?>"><p><?cs var:Flash.text ?><?cs if:?Flash.link ?> <a href="<?cs var:Flash.href ?>"><?cs var:Flash.link ?></a><?cs /if ?></p></div>
<?cs /if ?><?cs /def ?><?cs def:ui_errors() ?><?cs if:subcount(Errors) ?>
<div class="ui-errors" id="errors" tabindex="-1">
<div role="alert">
<p class="ui-errors-title"><?cs var:tr("There is a problem") ?></p>
<ul><?cs each:e = Errors ?>
<li><a href="#<?cs var:e.id ?>"><?cs var:e.msg ?></a></li><?cs /each ?>
</ul>
</div>
</div>
<?cs /if ?><?cs /def ?><?cs def:ui_about(f) ?><?cs if:f.hint ?>
<p class="ui-hint" id="<?cs var:f.id ?>-hint"><?cs var:f.hint ?></p><?cs /if ?><?cs if:f.err ?>
<p class="ui-error" id="<?cs var:f.id ?>-err"><span class="visually-hidden"><?cs var:tr("Error:") ?> </span><?cs var:f.err ?></p><?cs /if ?><?cs /def ?><?cs def:ui_described(f) ?><?cs if:f.hint && f.err ?> aria-describedby="<?cs var:f.id ?>-hint <?cs var:f.id ?>-err"<?cs elif:f.hint ?> aria-describedby="<?cs var:f.id ?>-hint"<?cs elif:f.err ?> aria-describedby="<?cs var:f.id ?>-err"<?cs /if ?><?cs if:f.err ?> aria-invalid="true"<?cs /if ?><?cs /def ?><?cs def:ui_label(f) ?>
<label class="form-label" for="<?cs var:f.id ?>"><?cs var:f.label ?><?cs if:!f.required && !f.plain && !subcount(f.opts) ?> <span class="ui-optional"><?cs var:tr("(optional)") ?></span><?cs /if ?></label><?cs /def ?><?cs def:ui_field(f) ?>
<div class="ui-field<?cs if:f.err ?> ui-has-error<?cs /if ?>"><?cs call:ui_label(f) ?><?cs call:ui_about(f) ?>
<input class="form-control<?cs if:f.short ?> ui-short<?cs /if ?>" id="<?cs var:f.id ?>" name="<?cs var:f.name ?>" type="<?cs if:f.type ?><?cs var:f.type ?><?cs else ?>text<?cs /if ?>" value="<?cs var:f.value ?>"<?cs if:f.ac ?> autocomplete="<?cs var:f.ac ?>"<?cs /if ?><?cs if:f.mode ?> inputmode="<?cs var:f.mode ?>"<?cs /if ?><?cs call:ui_described(f) ?>>
</div><?cs /def ?><?cs def:ui_file(f) ?>
<div class="ui-field<?cs if:f.err ?> ui-has-error<?cs /if ?>"><?cs call:ui_label(f) ?><?cs call:ui_about(f) ?>
<input class="form-control" id="<?cs var:f.id ?>" name="<?cs var:f.name ?>" type="file" accept=".csv,text/csv"<?cs call:ui_described(f) ?>>
</div><?cs /def ?><?cs def:ui_text(f) ?>
<div class="ui-field<?cs if:f.err ?> ui-has-error<?cs /if ?>"><?cs call:ui_label(f) ?><?cs call:ui_about(f) ?>
<textarea class="form-control" id="<?cs var:f.id ?>" name="<?cs var:f.name ?>" rows="<?cs if:f.rows ?><?cs var:f.rows ?><?cs else ?>4<?cs /if ?>"<?cs call:ui_described(f) ?>><?cs var:f.value ?></textarea>
</div><?cs /def ?><?cs def:ui_select(f) ?>
<div class="ui-field<?cs if:f.err ?> ui-has-error<?cs /if ?>"><?cs call:ui_label(f) ?><?cs call:ui_about(f) ?>
<select class="form-select" id="<?cs var:f.id ?>" name="<?cs var:f.name ?>"<?cs call:ui_described(f) ?>><?cs each:o = f.opts ?>
<option value="<?cs var:o.v ?>"<?cs if:o.sel ?> selected<?cs /if ?>><?cs var:o.l ?></option><?cs /each ?>
</select>
</div><?cs /def ?><?cs def:ui_pick(f) ?>
<div class="ui-field<?cs if:f.err ?> ui-has-error<?cs /if ?>">
<label class="form-label" for="<?cs var:f.id ?>"><?cs var:f.label ?><?cs if:!f.required ?> <span class="ui-optional"><?cs var:tr("(optional)") ?></span><?cs /if ?></label><?cs call:ui_about(f) ?>
<input class="form-control" id="<?cs var:f.id ?>" name="<?cs var:f.name ?>" type="text" value="<?cs var:f.value ?>" list="<?cs var:f.id ?>-list" autocomplete="off"<?cs call:ui_described(f) ?>>
<datalist id="<?cs var:f.id ?>-list"><?cs each:o = f.opts ?>
<option value="<?cs var:o.v ?>"><?cs var:o.l ?></option><?cs /each ?>
</datalist>
</div><?cs /def ?><?cs def:ui_one_of(f) ?><?cs if:f.typed ?><?cs call:ui_pick(f) ?><?cs else ?><?cs call:ui_select(f) ?><?cs /if ?><?cs /def ?><?cs def:ui_choice(f) ?>
<fieldset class="ui-field<?cs if:f.err ?> ui-has-error<?cs /if ?>" id="<?cs var:f.id ?>"<?cs call:ui_described(f) ?>>
<legend class="form-label"><?cs var:f.label ?></legend><?cs call:ui_about(f) ?><?cs each:o = f.opts ?>
<div class="form-check ui-card-choice"><input class="form-check-input" type="<?cs if:f.multi ?>checkbox<?cs else ?>radio<?cs /if ?>" name="<?cs var:f.name ?>" id="<?cs var:f.id ?>-<?cs name:o ?>" value="<?cs var:o.v ?>"<?cs if:o.sel ?> checked<?cs /if ?>><label class="form-check-label" for="<?cs var:f.id ?>-<?cs name:o ?>"><?cs var:o.l ?><?cs if:o.hint ?> <span class="ui-hint"><?cs var:o.hint ?></span><?cs /if ?></label></div><?cs /each ?>
</fieldset><?cs /def ?><?cs def:ui_check(f) ?>
<div class="ui-field<?cs if:f.err ?> ui-has-error<?cs /if ?>"><?cs if:f.err ?>
<p class="ui-error" id="<?cs var:f.id ?>-err"><span class="visually-hidden"><?cs var:tr("Error:") ?> </span><?cs var:f.err ?></p><?cs /if ?>
<div class="form-check ui-card-choice"><input class="form-check-input" type="checkbox" name="<?cs var:f.name ?>" id="<?cs var:f.id ?>" value="1"<?cs if:f.value ?> checked<?cs /if ?><?cs call:ui_described(f) ?>><label class="form-check-label" for="<?cs var:f.id ?>"><?cs var:f.label ?></label></div><?cs if:f.hint ?>
<p class="ui-hint" id="<?cs var:f.id ?>-hint"><?cs var:f.hint ?></p><?cs /if ?>
</div><?cs /def ?><?cs def:ui_hidden(form) ?>
<input type="hidden" name="csrf" value="<?cs var:form.csrf ?>"><?cs if:form.once ?><input type="hidden" name="once" value="<?cs var:form.once ?>"><?cs /if ?><?cs if:form.rev ?><input type="hidden" name="rev" value="<?cs var:form.rev ?>"><?cs /if ?><?cs /def ?><?cs def:ui_default_submit(n, v) ?>
<button type="submit" name="<?cs var:n ?>" value="<?cs var:v ?>" class="visually-hidden" tabindex="-1" aria-hidden="true"><?cs var:v ?></button><?cs /def ?><?cs def:ui_badge(kind, label) ?><span class="ui-badge ui-<?cs var:kind ?>"><?cs var:label ?></span><?cs /def ?><?cs def:ui_summary(s) ?>
<dl class="ui-summary"><?cs each:r = s.rows ?>
<div class="ui-summary-row"><dt><?cs var:r.k ?></dt><dd><?cs var:r.v ?><?cs if:r.href ?> <a class="ui-action" href="<?cs var:r.href ?>"><?cs var:r.action ?><?cs if:r.object ?><span class="visually-hidden"> <?cs var:r.object ?></span><?cs /if ?></a><?cs /if ?></dd></div><?cs /each ?>
</dl><?cs /def ?><?cs def:ui_total(t) ?>
<section class="ui-total" id="total" aria-labelledby="total-title">
<h2 id="total-title"><?cs var:t.title ?></h2>
<dl><?cs each:r = t.rows ?>
<div class="ui-total-row<?cs if:r.strong ?> ui-strong<?cs /if ?>"><dt><?cs var:r.k ?></dt><dd class="ui-money"><?cs var:r.v ?></dd></div><?cs /each ?>
</dl><?cs each:m = t.terms ?>
<p class="ui-terms"><?cs var:m.text ?></p><?cs /each ?>
</section><?cs /def ?><?cs def:ui_steps(s) ?>
<nav class="ui-steps" aria-label="<?cs var:tr("Progress") ?>"><ol><?cs each:i = s ?>
<li<?cs if:i.st == "current" ?> aria-current="step"<?cs /if ?> class="ui-step<?cs if:i.st ?> ui-step-<?cs var:i.st ?><?cs /if ?>"><?cs var:i.t ?><?cs if:i.st == "done" ?><span class="visually-hidden"> <?cs var:tr("(done)") ?></span><?cs /if ?></li><?cs /each ?>
</ol></nav><?cs /def ?><?cs def:ui_tile(t) ?>
<div class="ui-tile"><p class="ui-tile-label"><?cs var:t.label ?></p><p class="ui-tile-value"><?cs if:t.href ?><a href="<?cs var:t.href ?>"><?cs var:t.value ?></a><?cs else ?><?cs var:t.value ?><?cs /if ?></p><?cs if:t.delta ?><p class="ui-hint"><?cs var:t.delta ?></p><?cs /if ?></div><?cs /def ?><?cs def:ui_views(v, label) ?>
<nav class="ui-views" aria-label="<?cs var:label ?>"><ul><?cs each:i = v ?>
<li><a href="<?cs var:i.href ?>"<?cs if:i.on ?> aria-current="page"<?cs /if ?>><?cs var:i.name ?><?cs if:i.count ?> <span class="ui-count"><?cs var:i.count ?></span><?cs /if ?></a></li><?cs /each ?>
</ul></nav><?cs /def ?><?cs def:ui_pager(p) ?><?cs if:?p.text ?>
<nav class="ui-pager" aria-label="<?cs var:tr("Pages") ?>"><?cs if:p.prev ?><a rel="prev" href="<?cs var:p.prev ?>"><?cs var:tr("Previous page") ?></a><?cs /if ?><span><?cs var:p.text ?></span><?cs if:p.next ?><a rel="next" href="<?cs var:p.next ?>"><?cs var:tr("Next page") ?></a><?cs /if ?></nav><?cs /if ?><?cs /def ?><?cs def:ui_timeline(t) ?>
<ol class="ui-timeline"><?cs each:i = t ?>
<li><time datetime="<?cs var:i.iso ?>"><?cs var:i.when ?></time><span class="ui-timeline-text"><?cs var:i.text ?><?cs if:i.href ?> <a href="<?cs var:i.href ?>"><?cs var:tr("View") ?><span class="visually-hidden"> <?cs var:i.text ?></span></a><?cs /if ?></span><?cs if:i.who ?><span class="ui-hint"><?cs var:i.who ?></span><?cs /if ?></li><?cs /each ?>
</ol><?cs /def ?><?cs def:ui_attention(a) ?>
<div class="ui-attention"><p><?cs var:a.text ?></p><?cs if:a.href ?><a class="btn btn-primary" href="<?cs var:a.href ?>"><?cs var:a.action ?></a><?cs /if ?></div><?cs /def ?><?cs def:ui_empty(e) ?>
<div class="ui-empty"><p><?cs var:e.text ?></p><?cs if:e.href ?><p><a class="btn btn-primary" href="<?cs var:e.href ?>"><?cs var:e.action ?></a></p><?cs /if ?></div><?cs /def ?><?cs def:ui_docs(d) ?>
<ul class="ui-docs"><?cs each:i = d ?>
<li><a href="<?cs var:i.href ?>"><?cs var:i.name ?></a><?cs if:i.type ?> <span class="ui-hint">(<?cs var:i.type ?>)</span><?cs /if ?></li><?cs /each ?>
</ul><?cs /def ?><?cs def:ui_lang() ?><?cs if:subcount(Lang) ?>
<nav class="ui-lang" aria-label="<?cs var:tr("Language") ?>"><ul><?cs each:l = Lang ?>
<li><a href="<?cs var:l.href ?>" lang="<?cs var:l.code ?>" hreflang="<?cs var:l.code ?>"<?cs if:l.on ?> aria-current="true"<?cs /if ?>><?cs var:l.name ?></a></li><?cs /each ?>
</ul></nav><?cs /if ?><?cs /def ?>
