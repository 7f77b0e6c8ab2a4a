<?cs include!"macro/ui.cs" ?><?cs include!"layout/plain_top.cs" ?>
<h1><?cs var:Page.title ?></h1><?cs if:Cancelled ?>
<p><?cs var:tr("You came back without storing a card. The one that we have stays.") ?></p>
<form method="post" action="/my/subscriptions/<?cs var:Sub.number ?>/card">
<?cs call:ui_hidden(Token) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Try again") ?></button><a href="/my/subscriptions/<?cs var:Sub.number ?>"><?cs var:tr("Back to the subscription") ?></a></div>
</form><?cs else ?>
<p><?cs var:tr("Your bank is confirming the card. The one that we have stays until then.") ?></p>
<form method="post" action="/my/subscriptions/<?cs var:Sub.number ?>/card/refresh">
<?cs call:ui_hidden(Token) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Refresh") ?></button><a href="/my/subscriptions/<?cs var:Sub.number ?>"><?cs var:tr("Back to the subscription") ?></a></div>
</form><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
