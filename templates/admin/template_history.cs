<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<div class="ui-head"><h1><?cs var:Page.title ?></h1><a href="<?cs var:Edit ?>"><?cs var:tr("Back to the template") ?></a></div>
<p><?cs var:tr("Each quote keeps what it took from the version with which it began.") ?></p><?cs each:v = Versions ?>
<section class="ui-panel" aria-labelledby="v-<?cs name:v ?>"><h2 id="v-<?cs name:v ?>"><?cs var:v.title ?><?cs if:v.newest ?> <?cs call:ui_badge("ok", tr("for new quotes")) ?><?cs /if ?></h2>
<p class="ui-hint"><?cs var:v.when ?>, <?cs var:v.who ?></p><?cs if:subcount(v.changes) ?>
<dl class="ui-summary"><?cs each:c = v.changes ?>
<div class="ui-summary-row"><dt><?cs var:c.what ?></dt><dd><?cs if:c.before ?><del class="ui-prose"><?cs var:c.before ?></del> <?cs /if ?><?cs if:c.after ?><ins class="ui-prose"><?cs var:c.after ?></ins><?cs /if ?></dd></div><?cs /each ?>
</dl><?cs elif:v.first ?>
<p><?cs var:tr("The first version.") ?></p><?cs if:subcount(v.lines) ?>
<ul><?cs each:l = v.lines ?>
<li><?cs var:l.text ?></li><?cs /each ?>
</ul><?cs /if ?><?cs /if ?>
</section><?cs /each ?>
<?cs include!"layout/bottom.cs" ?>
