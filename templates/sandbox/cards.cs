<?cs include!"macro/ui.cs" ?><?cs include!"layout/customer_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<p><?cs var:tr("Any expiry date to come, any security code of 3 digits, any name.") ?></p><?cs def:sandbox_cards(rows, title) ?>
<h2><?cs var:title ?></h2>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:title ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Card number") ?></th><th scope="col"><?cs var:tr("What it does") ?></th></tr></thead>
<tbody><?cs each:r = rows ?>
<tr><th scope="row"><span class="text-nowrap"><?cs var:r.number ?></span></th><td class="ui-wide"><?cs var:r.label ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /def ?><?cs set:Title.published = tr("Numbers that the real gateway publishes") ?><?cs set:Title.ours = tr("Numbers of this sandbox, to try what goes wrong") ?>
<?cs call:sandbox_cards(Published, Title.published) ?>
<?cs call:sandbox_cards(Ours, Title.ours) ?>
<?cs include!"layout/bottom.cs" ?>
