<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><a href="/admin/collections"><?cs var:tr("Direct debits") ?></a></div>
<p><?cs var:tr("Nobody here sees what you hand to your bank. As long as you do not say so, none of these debits counts as paid by itself, and none of them goes into another file.") ?></p>
<h2><?cs var:File.name ?></h2>
<?cs call:ui_summary(Facts) ?>
<p><a href="<?cs var:File.href ?>"><?cs var:tr("Download it again: it is the same file") ?></a></p>
<form method="post" action="<?cs var:File.action ?>">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_choice(Form.answer) ?>
<p class="ui-hint"><?cs var:tr("If it was sent after all, giving it up debits your customers twice: look at your bank's list of files first.") ?></p>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Note the answer") ?></button></div>
</form>
<?cs include!"layout/bottom.cs" ?>
