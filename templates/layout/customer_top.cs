<?cs include!"layout/head.cs" ?><body class="ui-customer">
<a class="ui-skip" href="#main"><?cs var:tr("Skip to content") ?></a>
<header class="ui-header">
<div class="ui-header-in">
<span class="ui-brand"><?cs var:Page.company ?></span>
<?cs call:ui_lang() ?>
</div><?cs if:subcount(Nav) ?>
<nav class="ui-nav" aria-label="<?cs var:tr("Main") ?>"><ul><?cs each:n = Nav ?>
<li><a href="<?cs var:n.href ?>"<?cs if:n.on ?> aria-current="page"<?cs /if ?>><?cs var:n.name ?></a></li><?cs /each ?>
</ul></nav><?cs /if ?>
</header>
<main id="main" tabindex="-1" class="ui-main">
<?cs call:ui_errors() ?><?cs call:ui_flash() ?>
