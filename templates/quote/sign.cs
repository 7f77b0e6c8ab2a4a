<?cs include!"macro/ui.cs" ?><?cs include!"macro/offer.cs" ?><?cs include!"layout/customer_top.cs" ?>
<?cs call:ui_steps(Steps) ?>
<h1><?cs var:Page.title ?></h1>
<div class="ui-columns">
<div class="ui-aside"><?cs call:ui_total(Total) ?></div>
<div>
<p><?cs var:tr("You sign this document:") ?> <a href="/q/<?cs var:Quote.ref ?>.pdf"><?cs var:Quote.number ?> (PDF)</a>. <?cs var:tr("Its fingerprint begins with") ?> <code><?cs var:Quote.mark ?></code>. <?cs var:tr("Both of us keep it, with the time and the address of your signature.") ?></p>
<form method="post" action="/q/<?cs var:Quote.ref ?>/sign">
<?cs call:ui_hidden(Token) ?><input type="hidden" name="version" value="<?cs var:Quote.version ?>"><input type="hidden" name="sha256" value="<?cs var:Quote.sha256 ?>"><input type="hidden" name="today" value="<?cs var:Quote.today ?>">
<?cs call:ui_field(Form.name) ?>
<?cs call:ui_field(Form.role) ?>
<?cs call:ui_check(Form.consent) ?>
<p><a href="/legal/terms"><?cs var:tr("Terms of sale") ?></a></p>
<div class="ui-actions"><button type="submit" class="btn btn-primary"><?cs var:Quote.press ?></button><a href="/q/<?cs var:Quote.ref ?>"><?cs var:tr("Back to the quote") ?></a></div>
</form>
</div>
</div>
<?cs include!"layout/bottom.cs" ?>
