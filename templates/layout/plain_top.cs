<?cs include!"layout/head.cs" ?><body class="ui-plain">
<a class="ui-skip" href="#main"><?cs var:tr("Skip to content") ?></a>
<header class="ui-header">
<div class="ui-header-in"><span class="ui-brand"><?cs var:Page.company ?></span>
<?cs call:ui_lang() ?></div>
</header>
<main id="main" tabindex="-1" class="ui-main ui-narrow">
<?cs call:ui_errors() ?><?cs call:ui_flash() ?>
