// Bad input, one row a kind: refused in the seller's language beside its field, with everything typed kept and nothing
// half done.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, seller, draft, number, today;
const day = (days) => new Date(Date.parse(today) + days * 864e5).toISOString().slice(0, 10);
const typed = (iso) => iso.split('-').reverse().join('/');
const words = (html) => html.replace(/<[^>]*>/g, ' ').replace(/&#39;|&apos;/g, "'").replace(/&amp;/g, '&').replace(/[\s\u00a0\u202f]+/g, ' ').replace(/’/g, "'");
const beside = (field) => words(new RegExp(`id="f-${field}-err">([\\s\\S]*?)</p>`).exec(seller.html)?.[1] ?? 'nothing beside it');

before(async () => {
  stack = await startStack({ batch: false, language: 'en', workers: 2 });
  stack.sql("DROP TRIGGER tax_rate_no_delete; DELETE FROM tax_rate WHERE country = 'RE'"); // before anybody has read the table
  today = (await stack.batch('clock')).out.trim();
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
  draft = stack.value("SELECT number FROM quote WHERE state = 'draft' LIMIT 1");
  const path = `${stack.dir}/subscriptions.csv`;
  writeFileSync(path, `reference;customer;plan;start;next_period;product;description;quantity;price\nB-1;${stack.value('SELECT number FROM customer LIMIT 1')};`
    + `${stack.value("SELECT name FROM plan WHERE unit = 'month' LIMIT 1")};${day(-62)};${day(-62)};;Desk;1;10\n`);
  assert.equal((await stack.batch('import', 'subscriptions', path)).code, 0);
  stack.sql("UPDATE subscription SET max_missed = 1000 WHERE external_ref = 'B-1'");
  assert.equal((await stack.batch('renew')).code, 0);
  number = stack.value("SELECT number FROM subscription WHERE external_ref = 'B-1'");
  assert.ok(stack.value("SELECT MAX(b.from_on) FROM billing_period b JOIN subscription s ON s.id = b.subscription_id WHERE s.external_ref = 'B-1'") > day(-40));
}, { timeout: 120000 });
after(() => stack?.stop());

// Everything that the forms could have half done.
const state = () => stack.sql(`SELECT (SELECT COUNT(*) FROM pricelist_price), (SELECT COUNT(*) FROM plan), (SELECT COUNT(*) FROM quote_template_version),
  (SELECT MAX(rev) FROM quote_version), (SELECT GROUP_CONCAT(state ORDER BY id) FROM quote), (SELECT COUNT(*) FROM amendment), (SELECT COUNT(*) FROM subscription_line),
  (SELECT COUNT(*) FROM invoice), (SELECT COUNT(*) FROM journal_entry), (SELECT COUNT(*) FROM closing), (SELECT COUNT(*) FROM outbox)`).join();

// path, form, what is typed, the button; the field with its words in English and in French.
const editor = (changes, field, en, fr) => [`/admin/quotes/${draft}/edit`, /\/edit$/, changes, 'save', field, en, fr];
const lines = (changes, field, en, fr) => [`/admin/subscriptions/${number}/amend/lines`, (form) => form.method === 'GET' && form.buttons.some((b) => b.value === 'preview'),
  changes, 'preview', field, en, fr];

async function refused(rows) {
  for (const [path, form, changes, button, field, en, fr] of rows)
    for (const [language, wanted] of [['en', en], ['fr', fr]]) {
      const before = state();
      stack.sql(`UPDATE seller_user SET language = '${language}'`);
      await seller.get(stack.site + path);
      assert.equal(seller.status, 200, path);
      await seller.submit(form, changes, { button });
      const what = `${path} ${JSON.stringify(changes)} ${language}`;
      assert.equal(seller.status, 422, what);
      assert.match(beside(field), wanted, what);
      const again = seller.form(form).fields;
      for (const [name, value] of Object.entries(changes)) if (typeof value === 'string') assert.ok(again.some(([n, v, offered]) => n === name && (v === value || offered === value)), `${what}: ${name} is lost`);
      assert.equal(state(), before, what);
    }
}

test('pricelist dates that overlap', async () => {
  const list = stack.value('SELECT id FROM pricelist LIMIT 1');
  const price = { product: stack.value('SELECT id FROM product ORDER BY id LIMIT 1'), plan: stack.value("SELECT id FROM plan WHERE unit = 'month' LIMIT 1"), min: '7', price: '30' };
  await seller.get(`${stack.site}/admin/pricelists/${list}/prices/new`);
  await seller.submit(/prices\/new$/, { ...price, from: '01/12/2030', until: '31/12/2030' }, { button: 'save' });
  assert.equal(seller.status, 200, words(seller.html));
  await refused([[`/admin/pricelists/${list}/prices/new`, /prices\/new$/, { ...price, from: '31/12/2030' }, 'save', 'from', /would have two prices/, /auraient deux prix/]]);
});

test('a missing rate', async () => {
  const [[version, home]] = stack.sql(`SELECT v.id, v.postal_code FROM quote q JOIN customer c ON c.id = q.customer_id JOIN customer_version v ON v.id = c.current_version_id WHERE q.number = '${draft}'`);
  stack.sql(`UPDATE customer_version SET postal_code = '97400' WHERE id = ${version}`);
  for (const [language, wanted] of [['en', /VAT rate is missing/], ['fr', /taux de TVA manque/]]) {
    const before = state();
    stack.sql(`UPDATE seller_user SET language = '${language}'`);
    await seller.get(`${stack.site}/admin/quotes/${draft}/send`);
    assert.match(words(seller.html), wanted);
    assert.ok(!/<form[^>]*action="[^"]*\/send"/.test(seller.html), 'there is nothing to press');
    assert.equal(state(), before);
  }
  stack.sql(`UPDATE seller_user SET language = 'en'; UPDATE customer_version SET postal_code = '${home}' WHERE id = ${version}`);
});

test('a term shorter than a period, of a plan, of a template and of a quote', async () => {
  const short = [/shorter than a period/, /plus courte qu'une période/];
  const year = stack.value("SELECT id FROM plan WHERE unit = 'year' LIMIT 1");
  await refused([
    ['/admin/plans/new', /plans\/new/, { name: 'Short', unit: 'year', term: '6', term_unit: 'month' }, undefined, 'term', ...short],
    ['/admin/templates/new', /templates\/new/, { name: 'Short', plan: year, duration: 'fixed', term: '6', term_unit: 'month' }, 'save', 'term', ...short],
    editor({ plan: year, duration: 'fixed', term: '6', term_unit: 'month' }, 'term', ...short),
  ]);
});

test('a quantity of 0, below it, and of 10^12', async () => {
  const from = [/from 0.0001 to|above 0/, /de 0,0001 à|supérieure à 0/];
  await refused(['0', '-1', '1000000000000'].flatMap((quantity) => [
    editor({ 'line.0.quantity': quantity }, 'line-0-quantity', ...from),
    lines({ 'line.0.quantity': quantity }, 'line-0-quantity', ...from),
  ]));
});

test('more decimals than the currency has', async () => {
  const decimals = [/EUR has 2 decimals/, /EUR a 2 décimales/];
  await refused([
    editor({ 'line.0.off': '1.001', 'line.0.discount': '' }, 'line-0-off', ...decimals), editor({ off_amount: '1.001' }, 'off_amount', ...decimals),
    editor({ deposit_amount: '10.005' }, 'deposit_amount', ...decimals),
    ['/admin/templates/new', /templates\/new/, { name: 'Fine', deposit_amount: '10.005' }, 'save', 'deposit_amount', ...decimals],
  ]);
});

test('a date that does not exist', async () => {
  const date = [/enter a date like/, /saisissez une date comme/];
  await refused([
    editor({ valid: '31/02/2027' }, 'valid', ...date), editor({ start: '30/02/2028' }, 'start', ...date),
    lines({ 'line.0.quantity': '4', when: 'date', on: '31/04/2027' }, 'on', ...date),
    [`/admin/subscriptions/${number}/end`, /\/end$/, { last: '29/02/2027' }, undefined, 'last', ...date],
  ]);
});

test('an amendment before the last issued period', async () => {
  await refused([lines({ 'line.0.quantity': '4', when: 'date', on: typed(day(-45)) }, 'on', /before the last issued period/, /précède la dernière période facturée/)]);
});

test('a closing while a period is not billed', async () => {
  assert.equal((await stack.batch('clock', '--to', day(40))).code, 0);
  stack.sql(`UPDATE subscription SET due_on = '${today}' WHERE external_ref = 'B-1'`); // as if no run had looked at it
  for (const [language, wanted] of [['en', /is due and not billed yet/], ['fr', /est échue et pas encore facturée/]]) {
    const before = state();
    stack.sql(`UPDATE seller_user SET language = '${language}'`);
    await seller.get(`${stack.site}/admin/closings`);
    await seller.submit((form) => form.action === '/admin/closings' && form.fields.some(([name, value]) => name === 'kind' && value === 'month'), {});
    assert.equal(seller.status, 422);
    assert.match(words(seller.html), wanted);
    assert.match(seller.html, /href="\/admin\/subscriptions\//, 'and leads to it');
    assert.equal(state(), before);
  }
  stack.sql("UPDATE seller_user SET language = 'en'");
});
