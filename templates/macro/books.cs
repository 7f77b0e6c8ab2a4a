<?cs # books: what the pages of the books share (page/admin/books.c).

  books_csv()            Csv.href
  books_years()          Choices.N.{name, href, on}: the financial years as spans of the page
  books_lines(lines)     lines.N.{account, account_href, account_name, label, customer, customer_href, debit, credit}
?><?cs def:books_csv() ?>
<p><a href="<?cs var:Csv.href ?>"><?cs var:tr("Download as CSV") ?></a></p><?cs /def ?><?cs def:books_years() ?><?cs if:subcount(Choices) ?>
<?cs call:ui_views(Choices, tr("Financial years")) ?><?cs /if ?><?cs /def ?><?cs def:books_span(action) ?>
<?cs call:books_years() ?>
<form method="get" action="<?cs var:action ?>" class="ui-filter" role="search"><?cs call:ui_field(Filter.from) ?><?cs call:ui_field(Filter.to) ?>
<button type="submit" class="btn btn-secondary"><?cs var:tr("Show") ?></button>
</form><?cs /def ?>
