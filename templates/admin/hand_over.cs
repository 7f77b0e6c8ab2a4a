<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?><?cs # hand_over: several subscriptions to another seller (page/admin/hand_over.c).
?><div class="ui-head"><h1><?cs var:Page.title ?></h1><a href="/admin/subscriptions"><?cs var:tr("All subscriptions") ?></a></div>
<p><?cs var:tr("Nothing changes for the customers. The totals of the house stay as they are.") ?></p>
<form method="get" action="/admin/hand-over" class="ui-filter" role="search">
<div class="ui-field"><label class="form-label" for="f-q"><?cs var:tr("Number or customer") ?></label><input class="form-control" id="f-q" name="q" value="<?cs var:Filter.q ?>"></div>
<button type="submit" class="btn btn-secondary"><?cs var:tr("Search") ?></button>
</form><?cs if:?Empty.text ?>
<?cs call:ui_empty(Empty) ?><?cs else ?>
<form method="post" action="<?cs var:Form.action ?>"><?cs call:ui_hidden(Token) ?>
<table class="ui-table ui-stack">
<caption class="visually-hidden"><?cs var:tr("Subscriptions, newest first") ?></caption>
<thead><tr><th scope="col"><?cs var:tr("Subscription") ?></th><th scope="col"><?cs var:tr("Customer") ?></th><th scope="col"><?cs var:tr("Seller") ?></th><th scope="col" class="ui-num"><abbr title="<?cs var:tr("Monthly recurring revenue") ?>">MRR</abbr></th></tr></thead>
<tbody><?cs each:r = Rows ?>
<tr><th scope="row"><div class="form-check ui-card-choice"><input type="hidden" name="pick.<?cs name:r ?>.ref" value="<?cs var:r.number ?>"><input class="form-check-input" type="checkbox" name="pick.<?cs name:r ?>.on" id="f-pick-<?cs name:r ?>" value="1"<?cs if:r.on ?> checked<?cs /if ?>><label class="form-check-label" for="f-pick-<?cs name:r ?>"><?cs var:r.number ?></label></div></th><td><?cs var:r.customer ?><span class="ui-sub"><?cs var:r.plan ?></span></td><td><?cs if:r.owner ?><?cs var:r.owner ?><?cs else ?>–<?cs /if ?></td><td class="ui-num"><?cs var:r.mrr ?></td></tr><?cs /each ?>
</tbody>
</table>
<?cs call:ui_select(Form.owner) ?>
<?cs call:ui_field(Form.reason) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Hand over") ?></button></div>
</form>
<?cs call:ui_pager(Pager) ?><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
