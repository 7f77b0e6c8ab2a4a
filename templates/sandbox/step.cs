<?cs include!"macro/ui.cs" ?><?cs include!"layout/plain_top.cs" ?>
<h1><?cs var:Page.title ?></h1>
<p class="ui-hint"><?cs var:tr("This is a test: no money moves. Your real bank would now ask you to confirm in its app.") ?></p>
<div class="mb-4"><?cs call:ui_summary(Subject) ?></div>
<p><?cs var:Step.card ?></p>
<form method="post" action="<?cs var:Step.href ?>">
<?cs call:ui_hidden(Token) ?>
<div class="ui-actions"><button type="submit" name="do" value="approve" class="btn btn-primary"><?cs var:tr("Confirm the payment") ?></button>
<button type="submit" name="do" value="refuse" class="btn btn-secondary"><?cs var:tr("Refuse") ?></button></div>
</form>
<?cs include!"layout/bottom.cs" ?>
