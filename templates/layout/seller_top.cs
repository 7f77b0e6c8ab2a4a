<?cs include!"layout/head.cs" ?><body class="ui-seller">
<a class="ui-skip" href="#main"><?cs var:tr("Skip to content") ?></a>
<header class="ui-header">
<div class="ui-header-in">
<a class="ui-brand" href="/admin/"><?cs var:Page.company ?></a>
<form class="ui-signout" method="post" action="/admin/logout"><?cs call:ui_hidden(Signout) ?><span class="ui-who"><?cs var:Page.user ?></span> <button type="submit" class="btn btn-link"><?cs var:tr("Sign out") ?></button></form>
<button type="button" class="btn btn-secondary ui-menu-button" popovertarget="menu"><?cs var:tr("Menu") ?></button>
</div>
<nav class="ui-nav ui-menu" id="menu" popover aria-label="<?cs var:tr("Main") ?>"><ul><?cs each:n = Nav ?>
<li><a href="<?cs var:n.href ?>"<?cs if:n.on ?> aria-current="<?cs if:subcount(Parts) ?>true<?cs else ?>page<?cs /if ?>"<?cs /if ?>><?cs var:n.name ?></a></li><?cs /each ?>
</ul></nav><?cs if:subcount(Parts) ?>
<nav class="ui-parts" aria-label="<?cs var:Page.area ?>"><ul><?cs each:n = Parts ?>
<li><a href="<?cs var:n.href ?>"<?cs if:n.on ?> aria-current="page"<?cs /if ?>><?cs var:n.name ?></a></li><?cs /each ?>
</ul></nav><?cs /if ?>
</header>
<main id="main" tabindex="-1" class="ui-main">
<?cs call:ui_errors() ?><?cs call:ui_flash() ?>
