</main>
<footer class="ui-footer"><div class="ui-footer-in"><?cs if:subcount(Footer) ?>
<ul><?cs each:f = Footer ?>
<li><a href="<?cs var:f.href ?>"><?cs var:f.name ?></a></li><?cs /each ?>
</ul><?cs /if ?>
<p><?cs var:Page.company ?></p>
</div></footer>
</body>
</html>
