<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1><?cs if:?Restored.since ?>
<section class="ui-card" aria-labelledby="restored">
<h2 id="restored"><?cs var:tr("After a restored backup") ?></h2>
<p><?cs var:Restored.since ?></p>
<ul><?cs if:Restored.reconciled ?>
<li><?cs var:tr("Done: the gateway was asked about everything since then.") ?></li><?cs else ?>
<li><?cs var:tr("To do: the gateway is asked about everything since then, by the next run of the batch.") ?></li><?cs /if ?><?cs each:n = Restored.numbers ?>
<li><?cs var:n.text ?> <a href="/admin/settings/company"><?cs var:tr("Settings of the company") ?></a></li><?cs /each ?>
<li><a href="/admin/bank"><?cs var:tr("Take in the bank's files") ?></a></li>
</ul>
<form method="post" action="/admin/reconciliation" class="ui-form">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_check(Form.bank) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Back to normal") ?></button></div>
</form>
</section><?cs /if ?>
<p class="ui-hint"><?cs var:tr("Every day the last ten days are compared: what the gateway took, what the bank booked, what our books say.") ?> <?cs var:Compared ?></p>
<?cs call:ui_views(Views, tr("Differences")) ?><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Differences") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("About") ?></th><th scope="col"><?cs var:tr("Difference") ?></th><th scope="col" class="ui-opt"><?cs var:tr("When") ?></th><th scope="col" class="ui-num"><?cs var:tr("Here") ?></th><th scope="col" class="ui-num"><?cs var:tr("There") ?></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row" class="ui-wide"><a href="<?cs var:r.href ?>"><?cs var:r.who ?></a><span class="ui-sub"><?cs var:r.source ?><?cs if:r.note ?> · <?cs var:r.note ?><?cs /if ?></span></th><td class="ui-wide"><?cs call:ui_badge(r.cause.kind, r.cause.label) ?><span class="ui-sub"><?cs var:r.how ?></span></td><td class="ui-opt"><?cs var:r.on ?></td><td class="ui-num"><?cs var:r.ours ?></td><td class="ui-num"><?cs var:r.theirs ?></td></tr><?cs /each ?>
</tbody>
</table>
<?cs if:?Next ?><p><a href="<?cs var:Next ?>"><?cs var:tr("More") ?></a></p><?cs else ?><?cs call:ui_pager(Pager) ?><?cs /if ?><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
