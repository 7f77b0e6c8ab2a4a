<?cs var:Mail.greeting ?>

<?cs each:p = Mail.paragraphs ?><?cs var:p.text ?>

<?cs /each ?><?cs if:?Mail.quoted ?><?cs each:q = Mail.quoted_lines ?>> <?cs var:q.text ?>
<?cs /each ?>
<?cs /if ?><?cs if:subcount(Mail.facts) ?><?cs each:f = Mail.facts ?><?cs var:f.line ?>
<?cs /each ?>
<?cs /if ?><?cs if:?Mail.button ?><?cs var:Mail.button_line ?>
<?cs var:Mail.href ?>

<?cs /if ?><?cs if:?Mail.after ?><?cs var:Mail.after ?>

<?cs /if ?><?cs var:Mail.closing ?>
<?cs var:Mail.sender ?>

-- 
<?cs each:l = Mail.footer ?><?cs var:l.text ?>
<?cs /each ?>
