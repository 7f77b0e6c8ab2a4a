<?cs include!"macro/ui.cs" ?><?cs include!"layout/customer_top.cs" ?>
<div class="ui-panel ui-confirm">
<h1><?cs var:Page.title ?></h1><?cs if:Done.number ?>
<p class="lead"><?cs var:tr("Your reference:") ?> <strong><?cs var:Done.number ?></strong></p><?cs /if ?>
</div>
<p><?cs var:Done.mail ?></p><?cs if:Done.owed ?>
<p><?cs var:Done.owed ?></p><?cs /if ?><?cs if:Done.next ?>
<p><?cs var:Done.next ?></p><?cs /if ?><?cs if:Done.ask ?>
<p><?cs var:Done.ask ?></p><?cs /if ?><?cs if:Done.owed || Done.href ?>
<div class="ui-actions"><?cs if:Done.owed ?><a class="btn btn-primary" href="<?cs var:Done.pay ?>"><?cs var:Done.press ?></a><?cs /if ?><?cs if:Done.href ?><a class="btn <?cs if:Done.owed ?>btn-secondary<?cs else ?>btn-primary<?cs /if ?>" href="<?cs var:Done.href ?>"><?cs if:Done.ask ?><?cs var:tr("Store a card") ?><?cs else ?><?cs var:tr("See my subscription") ?><?cs /if ?></a><?cs /if ?></div><?cs /if ?>
<h2><?cs var:tr("Documents") ?></h2>
<?cs call:ui_docs(Documents) ?>
<?cs include!"layout/bottom.cs" ?>
