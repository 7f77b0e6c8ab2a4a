<?cs include!"macro/ui.cs" ?><?cs include!"macro/revision.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?><?cs if:State ?> <?cs call:ui_badge("neutral", State) ?><?cs /if ?></h1><a href="/admin/revisions"><?cs var:tr("All revisions") ?></a></div>
<?cs if:Progress ?>
<p class="ui-hint"><?cs var:Progress ?></p><?cs /if ?>
<?cs call:ui_summary(Facts) ?><?cs if:MayUndo ?>
<form method="post" action="/admin/revisions/<?cs var:Revision.id ?>/undo"><?cs call:ui_hidden(Token) ?><div class="ui-actions"><button type="submit" class="btn btn-danger"><?cs var:tr("Undo, and tell the customers") ?></button></div></form><?cs /if ?>
<section aria-labelledby="rows"><h2 id="rows"><?cs var:Count ?></h2>
<?cs call:revision_rows(Rows, tr("What changes")) ?><?cs if:?Next ?>
<p><a href="<?cs var:Next ?>"><?cs var:tr("Further lines") ?></a></p><?cs /if ?></section>
<?cs include!"layout/bottom.cs" ?>
