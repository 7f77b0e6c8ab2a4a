<?cs include!"macro/ui.cs" ?><?cs include!"layout/plain_top.cs" ?>
<h1><?cs var:Page.title ?></h1><?cs if:subcount(Facts.rows) ?>
<?cs call:ui_summary(Facts) ?><?cs elif:Text ?>
<div class="ui-prose"><?cs var:Text ?></div><?cs else ?>
<p><?cs var:tr("The company has not written this page yet.") ?></p><?cs /if ?>
<?cs include!"layout/bottom.cs" ?>
