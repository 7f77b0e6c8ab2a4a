<?cs # revision: the lines that a price revision changes.

  revision_rows(rows, caption)   rows.N.{href, number, line, old, new, on}
?><?cs def:revision_rows(rows, caption) ?><?cs if:subcount(rows) ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:caption ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Subscription") ?></th><th scope="col"><?cs var:tr("Description") ?></th><th scope="col"><?cs var:tr("Price today") ?></th><th scope="col"><?cs var:tr("New price") ?></th><th scope="col"><?cs var:tr("From") ?></th></tr></thead>
<tbody><?cs each:r = rows ?>
<tr><th scope="row"><a href="<?cs var:r.href ?>"><?cs var:r.number ?></a></th><td class="ui-wide"><?cs var:r.line ?></td><td class="ui-wide"><?cs var:r.old ?></td><td class="ui-wide"><?cs var:r.new ?></td><td><?cs var:r.on ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?><?cs /def ?>
