<?cs include!"macro/ui.cs" ?><?cs include!"layout/seller_top.cs" ?>
<h1><?cs var:Page.title ?></h1><?cs if:subcount(Lacks) ?>
<section class="ui-panel" aria-labelledby="lacks">
<h2 id="lacks"><?cs var:tr("Missing before this quote can leave") ?></h2>
<ul><?cs each:l = Lacks ?>
<li><a href="<?cs var:l.href ?>"><?cs var:l.text ?></a></li><?cs /each ?>
</ul>
</section><?cs else ?>
<p><strong><?cs var:Quote.customer ?></strong> &lt;<?cs var:Quote.to ?>&gt;</p>
<p><?cs var:tr("Due today incl. VAT:") ?> <span class="ui-money"><?cs var:Quote.today ?></span> · <?cs var:tr("Valid until") ?> <?cs var:Quote.until ?></p><?cs if:Quote.replaces ?>
<div class="ui-flash ui-flash-warn" role="status"><p><?cs var:tr("This version replaces the one that the customer holds. Its link stops working.") ?></p></div><?cs /if ?>
<form method="post" action="/admin/quotes/<?cs var:Quote.ref ?>/send">
<?cs call:ui_hidden(Token) ?>
<?cs call:ui_text(Form.message) ?>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:tr("Send the quote") ?></button><a class="btn btn-secondary" href="/admin/quotes/<?cs var:Quote.ref ?>/preview"><?cs var:tr("Preview") ?></a></div>
</form><?cs /if ?>
<p><a href="/admin/quotes/<?cs var:Quote.ref ?>"><?cs var:tr("Back to the quote") ?></a></p>
<?cs include!"layout/bottom.cs" ?>
