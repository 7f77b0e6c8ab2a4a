<!DOCTYPE html>
<html lang="<?cs var:Page.lang ?>" dir="<?cs var:Page.dir ?>">
<head>
<meta charset="utf-8">
<title><?cs if:subcount(Errors) ?><?cs var:tr("Error:") ?> <?cs /if ?><?cs var:Page.title ?> – <?cs var:Page.company ?></title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="<?cs var:Page.icon ?>" type="image/svg+xml">
<link rel="stylesheet" href="<?cs var:Page.bootstrap ?>">
<link rel="stylesheet" href="<?cs var:Page.theme ?>">
</head>
