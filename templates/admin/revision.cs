<?cs include!"macro/ui.cs" ?><?cs include!"macro/revision.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?><?cs if:Undone ?> <?cs call:ui_badge("neutral", tr("undone")) ?><?cs /if ?></h1><a href="/admin/revisions"><?cs var:tr("All revisions") ?></a></div>
<?cs call:ui_summary(Facts) ?><?cs if:MayUndo ?>
<form method="post" action="/admin/revisions/<?cs var:Revision.id ?>/undo"><?cs call:ui_hidden(Token) ?><div class="ui-actions"><button type="submit" class="btn btn-danger"><?cs var:tr("Undo, and tell the customers") ?></button></div></form><?cs /if ?>
<section aria-labelledby="rows"><h2 id="rows"><?cs var:Count ?></h2>
<?cs call:revision_rows(Rows, tr("What changes")) ?></section>
<?cs include!"layout/bottom.cs" ?>
