<?cs # lines: the lines of a quote or template as cards in a form (page/admin/line_editor.h).

  line_select(f, list)    a select whose options are shared by all lines: list.N.{v, l}
  line_product(f)         line_select of Products; where ProductsTyped, a field that line_products() suggests for
  line_products()         once a page: the suggestions
  line_card(l, n)         one line: its fields, and the buttons up, down, remove
  line_buttons()          the buttons that add lines
?><?cs def:line_select(f, list) ?>
<div class="ui-field<?cs if:f.err ?> ui-has-error<?cs /if ?>"><?cs call:ui_label(f) ?><?cs call:ui_about(f) ?>
<select class="form-select" id="<?cs var:f.id ?>" name="<?cs var:f.name ?>"<?cs call:ui_described(f) ?>>
<option value=""></option><?cs each:o = list ?>
<option value="<?cs var:o.v ?>"<?cs if:o.v == f.value ?> selected<?cs /if ?>><?cs var:o.l ?></option><?cs /each ?>
</select>
</div><?cs /def ?><?cs def:line_product(f) ?><?cs if:ProductsTyped ?>
<div class="ui-field<?cs if:f.err ?> ui-has-error<?cs /if ?>"><?cs call:ui_label(f) ?><?cs call:ui_about(f) ?>
<input class="form-control" id="<?cs var:f.id ?>" name="<?cs var:f.name ?>" type="text" value="<?cs var:f.value ?>" list="products" autocomplete="off"<?cs call:ui_described(f) ?>>
</div><?cs else ?><?cs call:line_select(f, Products) ?><?cs /if ?><?cs /def ?><?cs def:line_products() ?><?cs if:ProductsTyped ?>
<datalist id="products"><?cs each:o = Products ?>
<option value="<?cs var:o.v ?>"><?cs var:o.l ?></option><?cs /each ?>
</datalist><?cs /if ?><?cs /def ?><?cs def:line_card(l, n) ?>
<fieldset class="ui-panel ui-line" id="line-<?cs var:n ?>">
<legend><?cs var:tr("Line") ?> <?cs var:n ?></legend>
<input type="hidden" name="<?cs var:l.was.name ?>" value="<?cs var:l.was.value ?>"><input type="hidden" name="<?cs var:l.listed.name ?>" value="<?cs var:l.listed.value ?>"><?cs if:Quote.upsell ?><input type="hidden" name="<?cs var:l.contract.name ?>" value="<?cs var:l.contract.value ?>"><?cs /if ?>
<div class="ui-grid ui-grid-line">
<?cs call:ui_select(l.kind) ?><?cs if:l.kind.value != "section" && l.kind.value != "note" ?><?cs call:line_product(l.product) ?><?cs /if ?>
</div>
<?cs call:ui_field(l.description) ?><?cs if:Other ?><?cs call:ui_field(l.other) ?><?cs /if ?><?cs if:l.kind.value != "section" && l.kind.value != "note" ?>
<div class="ui-grid ui-grid-line">
<?cs call:ui_field(l.quantity) ?><?cs call:line_select(l.unit, Units) ?><?cs call:ui_field(l.price) ?><?cs call:ui_field(l.discount) ?><?cs call:ui_field(l.off) ?><?cs if:l.kind.value == "recurring" || l.kind.err ?><?cs call:ui_field(l.periods) ?><?cs call:ui_select(l.timing) ?><?cs /if ?><?cs call:line_select(l.tax, Classes) ?>
</div><?cs if:l.source ?>
<p class="ui-hint"><?cs var:l.source ?></p><?cs /if ?><?cs if:l.margin ?>
<p class="ui-hint"><?cs var:l.margin ?></p><?cs /if ?>
<div class="ui-grid ui-grid-line">
<?cs call:ui_check(l.option) ?><?cs call:ui_check(l.editable) ?><?cs if:l.editable.value || subcount(Errors) ?><?cs call:ui_field(l.min) ?><?cs call:ui_field(l.max) ?><?cs /if ?>
</div><?cs /if ?>
<div class="ui-actions"><button type="submit" name="do" value="up-<?cs var:n ?>"<?cs if:IsTemplate ?> formaction="#line-<?cs var:n ?>"<?cs /if ?> class="btn btn-secondary btn-small"><?cs var:tr("Up") ?><span class="visually-hidden"> <?cs var:tr("Line") ?> <?cs var:n ?></span></button><button type="submit" name="do" value="down-<?cs var:n ?>"<?cs if:IsTemplate ?> formaction="#line-<?cs var:n ?>"<?cs /if ?> class="btn btn-secondary btn-small"><?cs var:tr("Down") ?><span class="visually-hidden"> <?cs var:tr("Line") ?> <?cs var:n ?></span></button><button type="submit" name="do" value="del-<?cs var:n ?>"<?cs if:IsTemplate ?> formaction="#line-<?cs var:n ?>"<?cs /if ?> class="btn btn-danger btn-small"><?cs var:tr("Remove") ?><span class="visually-hidden"> <?cs var:tr("Line") ?> <?cs var:n ?></span></button></div>
</fieldset><?cs /def ?><?cs def:line_buttons() ?>
<div class="ui-actions" id="add"><button type="submit" name="do" value="add-recurring"<?cs if:IsTemplate ?> formaction="#add"<?cs /if ?> class="btn btn-secondary btn-small"><?cs var:tr("Add a recurring line") ?></button><button type="submit" name="do" value="add-once"<?cs if:IsTemplate ?> formaction="#add"<?cs /if ?> class="btn btn-secondary btn-small"><?cs var:tr("Add a one-time line") ?></button><button type="submit" name="do" value="add-option"<?cs if:IsTemplate ?> formaction="#add"<?cs /if ?> class="btn btn-secondary btn-small"><?cs var:tr("Add an option") ?></button><button type="submit" name="do" value="add-section"<?cs if:IsTemplate ?> formaction="#add"<?cs /if ?> class="btn btn-secondary btn-small"><?cs var:tr("Add a heading") ?></button><button type="submit" name="do" value="add-note"<?cs if:IsTemplate ?> formaction="#add"<?cs /if ?> class="btn btn-secondary btn-small"><?cs var:tr("Add a note") ?></button></div><?cs /def ?>
