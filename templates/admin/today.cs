<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Day ?></h1><a class="btn btn-primary" href="/admin/quotes/new"><?cs var:tr("New quote") ?></a></div><?cs if:subcount(Lacks) ?>
<section class="ui-panel" aria-labelledby="setup">
<h2 id="setup"><?cs var:tr("Missing before the first quote can leave") ?></h2>
<ul><?cs each:l = Lacks ?>
<li><?cs var:l.text ?></li><?cs /each ?>
</ul>
<p><a class="btn btn-primary" href="/admin/settings/company"><?cs var:tr("Complete the company's details") ?></a></p>
</section><?cs /if ?>
<div class="ui-columns">
<section aria-labelledby="todo">
<h2 id="todo"><?cs var:tr("What needs you today") ?></h2><?cs if:NoTask ?>
<div class="ui-empty"><p><?cs var:tr("Nothing needs you today.") ?></p></div><?cs else ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("What needs you today") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("What") ?></th><th scope="col"><?cs var:tr("Customer") ?></th><th scope="col" class="ui-num"><?cs var:tr("Amount") ?></th></tr></thead>
<tbody><?cs each:t = Tasks ?>
<tr><td><?cs call:ui_badge(t.kind, t.text) ?><?cs if:t.detail ?><span class="ui-sub"><?cs var:t.detail ?></span><?cs /if ?><?cs if:t.since ?><span class="ui-sub"><?cs var:t.since ?></span><?cs /if ?></td><td class="ui-wide"><?cs if:t.href ?><a href="<?cs var:t.href ?>"><?cs if:t.who ?><?cs var:t.who ?><?cs else ?><?cs var:t.action ?><?cs /if ?></a><?cs else ?><?cs var:t.who ?><?cs /if ?><?cs if:t.number ?><span class="ui-sub"><?cs var:t.number ?></span><?cs /if ?><?cs if:t.done ?>
<form method="post" action="<?cs var:t.done ?>"><?cs call:ui_hidden(Token) ?><button type="submit" class="btn btn-link btn-small"><?cs var:tr("Done") ?><span class="visually-hidden"> <?cs var:t.text ?> <?cs var:t.number ?></span></button></form><?cs /if ?></td><td class="ui-num"><?cs var:t.amount ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?>
</section>
<div class="ui-aside">
<h2><?cs var:tr("Figures") ?></h2>
<div class="ui-tiles"><?cs each:t = Tiles ?><?cs call:ui_tile(t) ?><?cs /each ?></div><?cs if:?Clock.today ?>
<section class="ui-panel" aria-labelledby="clock">
<h2 id="clock"><?cs var:tr("Test clock") ?></h2>
<p><?cs var:tr("Today is") ?> <strong><?cs var:Clock.today ?></strong>. <?cs var:tr("This house is in test mode: move its date forward to watch subscriptions renew.") ?></p>
<form method="post" action="/admin/clock">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_field(Form.to) ?>
<div class="ui-actions"><button type="submit" class="btn btn-secondary"><?cs var:tr("Move the clock") ?></button></div>
</form><?cs if:subcount(Runs) ?>
<h3><?cs var:tr("What happened by itself") ?></h3>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("What happened by itself, newest first") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("What") ?></th><th scope="col"><?cs var:tr("Day") ?></th><th scope="col" class="ui-num"><?cs var:tr("How many") ?></th></tr></thead>
<tbody><?cs each:r = Runs ?>
<tr><td class="ui-wide"><?cs var:r.what ?><?cs if:r.failed ?><span class="ui-sub"><?cs var:tr("not done:") ?> <?cs var:r.failed ?></span><?cs /if ?></td><td><?cs var:r.day ?></td><td class="ui-num"><?cs var:r.done ?></td></tr><?cs /each ?>
</tbody>
</table><?cs /if ?>
</section><?cs /if ?>
</div>
</div>
<?cs include!"layout/bottom.cs" ?>
