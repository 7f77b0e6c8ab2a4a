<?cs # import: what is wrong in a file, and what is worth a look.

  import_problems()       Problems.N.{line, column, value, text}, More
  import_notes()          Notes.N.{line, column, value, text}
  import_tiles()          Tiles.N.{label, value}
  import_balance()        Balance.N.{currency, count, mrr}
?><?cs def:import_rows(list, caption) ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:caption ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Line") ?></th><th scope="col"><?cs var:tr("Column") ?></th><th scope="col"><?cs var:tr("Value") ?></th><th scope="col"><?cs var:caption ?></th></tr></thead>
<tbody><?cs each:p = list ?>
<tr><th scope="row"><?cs var:p.line ?></th><td><code><?cs var:p.column ?></code></td><td class="ui-wide"><?cs var:p.value ?></td><td class="ui-wide"><?cs var:p.text ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /def ?><?cs def:import_problems() ?><?cs if:subcount(Problems) ?>
<h2><?cs var:tr("What is wrong") ?></h2>
<?cs call:import_rows(Problems, tr("What is wrong")) ?><?cs if:?More ?>
<p class="ui-hint"><?cs var:More ?></p><?cs /if ?><?cs /if ?><?cs /def ?><?cs def:import_notes() ?><?cs if:subcount(Notes) ?>
<h2><?cs var:tr("Worth a look") ?></h2>
<?cs call:import_rows(Notes, tr("Worth a look")) ?><?cs /if ?><?cs /def ?><?cs def:import_tiles() ?>
<div class="ui-tiles"><?cs each:t = Tiles ?><?cs call:ui_tile(t) ?><?cs /each ?></div><?cs /def ?><?cs def:import_balance() ?><?cs if:subcount(Balance) ?>
<h2><?cs var:tr("To compare") ?></h2>
<p><?cs var:tr("Monthly recurring revenue of all subscriptions in the file, as their next period finds them: compare it with the other system.") ?></p>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("To compare") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Currency") ?></th><th scope="col" class="ui-num"><?cs var:tr("Subscriptions") ?></th><th scope="col" class="ui-num"><abbr title="<?cs var:tr("Monthly recurring revenue") ?>">MRR</abbr></th></tr></thead>
<tbody><?cs each:b = Balance ?>
<tr><th scope="row"><?cs var:b.currency ?></th><td class="ui-num"><?cs var:b.count ?></td><td class="ui-num"><?cs var:b.mrr ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?><?cs /def ?>
