// A house with more customers, products and prices than a list shows: nothing is left out silently, nothing changes by
// itself, and every page still answers.
import assert from 'node:assert/strict';
import { after as finish, before, test } from 'node:test';
import { payUntilDone, run, startLife } from '../fault/life.mjs';
import { Visitor } from '../lib/visitor.mjs';

const CUSTOMERS = 700, PRODUCTS = 1500, PRICES_EACH = 4;
let stack, seller, own, subscription;
const value = (sql) => stack.value(sql);
const words = (html) => html.replace(/<[^>]*>/g, ' ').replace(/&#39;|&apos;/g, "'").replace(/&amp;/g, '&').replace(/[\s\u00a0\u202f]+/g, ' ');
const at = (field) => words(new RegExp(`id="f-${field}-err">([\\s\\S]*?)</p>`).exec(seller.html)?.[1] ?? 'no error');
const shown = (name) => seller.form((f) => f.method === 'POST' && f.fields.some(([n]) => n === name)).fields.find(([n]) => n === name)[1];
const plan = () => value("SELECT plan_id FROM subscription LIMIT 1");

before(async () => {
  stack = await startLife();
  await payUntilDone(stack);
  await run(stack);
  stack.sql("UPDATE seller_user SET language = 'en'");
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
  own = value('SELECT number FROM customer ORDER BY id LIMIT 1');
  subscription = value('SELECT number FROM subscription');
  stack.sql(`INSERT INTO customer (number, created_at, created_on, state) SELECT CONCAT('K-', LPAD(seq, 5, '0')), NOW(6), CURDATE(), IF(seq = 7, 'archived', 'active') FROM seq_1_to_${CUSTOMERS};
    INSERT INTO customer_version (customer_id, is_company, name, email, country, language, personal_salt, personal_digest, changed_at, changed_by)
      SELECT id, 1, CONCAT('Aardvark ', number), CONCAT(LOWER(number), '@many.example'), 'FR', 'en', RANDOM_BYTES(16), RANDOM_BYTES(32), NOW(6), 'batch' FROM customer WHERE number LIKE 'K-%';
    UPDATE customer c JOIN customer_version v ON v.customer_id = c.id SET c.current_version_id = v.id WHERE c.number LIKE 'K-%';
    INSERT INTO product (code, name) SELECT CONCAT('P', LPAD(seq, 5, '0')), CONCAT('Widget ', LPAD(seq, 5, '0')) FROM seq_1_to_${PRODUCTS};
    INSERT INTO price (product_id, plan_id, currency, unit_price_e4) SELECT id, NULL, 'EUR', 10000 * id FROM product WHERE code LIKE 'P0%';
    INSERT INTO pricelist (name, scope, currency) VALUES ('Many', 'default', 'EUR');
    INSERT INTO pricelist_price (pricelist_id, product_id, plan_id, min_quantity_e4, from_on, unit_price_e4)
      SELECT (SELECT id FROM pricelist WHERE name = 'Many'), id, ${plan()}, seq * 100000, '2020-01-01', 10000 * id + seq FROM product, seq_0_to_${PRICES_EACH - 1} WHERE code LIKE 'P0%' ORDER BY id, seq`);
}, { timeout: 120000 });
finish(() => stack?.stop());

async function newQuote(fields) {
  await seller.get(`${stack.site}/admin/quotes/new`);
  await seller.submit(/quotes\/new$/, { template: '', ...fields });
  return /quotes\/([^/]+)\/edit/.exec(seller.url)?.[1];
}
const edit = async (quote, fields, button = 'recalc') => {
  await seller.get(`${stack.site}/admin/quotes/${quote}/edit`);
  await seller.submit(/\/edit$/, fields, { button });
};
const owner = (quote) => value(`SELECT c.number FROM quote q JOIN customer c ON c.id = q.customer_id WHERE q.number = '${quote}'`);

test('a draft keeps its customer, whatever stands before them in the list', async () => {
  const quote = await newQuote({ customer: own });
  assert.equal(owner(quote), own);
  await seller.get(`${stack.site}/admin/quotes/${quote}/edit`);
  assert.ok(shown('customer').endsWith(`(${own})`));
  assert.doesNotMatch(seller.html, /<option value="Aardvark K-00007/); // archived: not offered
  assert.match(seller.html, /<option value="Aardvark K-00008 \(K-00008\)">/);
  await edit(quote, {}, 'save');
  assert.equal(owner(quote), own);
  for (const [typed, expected] of [['k-00650@many.example', 'K-00650'], ['Aardvark K-00649', 'K-00649'], ['K-00648', 'K-00648'], ['00647', 'K-00647'],
    ['Another name (K-00646)', 'K-00646']]) {
    await edit(quote, { customer: typed });
    assert.equal(seller.status, 200, typed);
    assert.equal(owner(quote), expected, typed);
  }
  for (const [typed, message] of [['nobody@nowhere.example', /No customer fits: enter a number, a name or a mail address/], ['Aardvark', /Several customers fit.*K-00001.*, …/],
    ['K-00007', /archived/], ['', /Enter a customer/], ['<b>é\u202e"\'', /No customer fits/], ['()', /No customer fits/]]) {
    await edit(quote, { customer: typed });
    assert.equal(seller.status, 422, typed);
    assert.match(at('customer'), message, typed);
    assert.equal(shown('customer'), typed);
    assert.equal(owner(quote), 'K-00646', typed);
  }
  await edit(quote, { customer: '0064' });
  assert.match(seller.html, /<option value="Aardvark K-00649 \(K-00649\)">/); // those that fit are suggested now
  await edit(quote, { customer: 'K-00645' }, 'save');
  stack.sql("UPDATE customer SET state = 'archived' WHERE number = 'K-00645'");
  await edit(quote, { note: 'Still theirs' }, 'save');
  assert.equal(owner(quote), 'K-00645'); // who stands there already stays
  stack.sql("UPDATE customer_version v JOIN customer c ON c.id = v.customer_id SET v.name = CONCAT(REPEAT('\u{1F600}', 198), '()') WHERE c.number = 'K-00644'"); // as long as a name may be
  await edit(quote, { customer: 'K-00644' });
  await edit(quote, { note: 'A long name' }, 'save');
  assert.equal(seller.status, 200);
  assert.equal(owner(quote), 'K-00644');
});

test('a new quote and a transfer find any customer', async () => {
  await seller.get(`${stack.site}/admin/quotes/new?customer=K-00699`);
  assert.equal(shown('customer'), 'Aardvark K-00699 (K-00699)');
  await seller.submit(/quotes\/new$/, {});
  assert.equal(owner(/quotes\/([^/]+)\/edit/.exec(seller.url)[1]), 'K-00699');
  await newQuote({ customer: 'Aardvark' });
  assert.match(at('customer'), /Several customers fit/);
  const transfer = async (customer) => {
    await seller.get(`${stack.site}/admin/subscriptions/${subscription}/amend/transfer`);
    await seller.submit((f) => f.method === 'GET' && f.buttons.some((b) => b.value === 'preview'), { customer }, { button: 'preview' });
  };
  for (const [typed, message] of [['', /Enter another customer/], ['K-00007', /archived/], ['nobody', /No customer fits/], [own, /./]]) {
    await transfer(typed);
    assert.equal(seller.status, 422, typed);
    assert.match(at('customer'), message, typed);
  }
  await transfer('k-00698@many.example');
  assert.equal(seller.status, 200);
  await seller.submit((f) => f.method === 'POST' && /transfer$/.test(f.action));
  assert.equal(value('SELECT c.number FROM subscription s JOIN customer c ON c.id = s.customer_id'), 'K-00698');
});

test('every page over many products and prices answers, in pages of its own', async () => {
  const list = value("SELECT id FROM pricelist WHERE name = 'Many'");
  const seen = new Set();
  let next = `/admin/pricelists/${list}`;
  while (next) {
    await seller.get(stack.site + next);
    assert.equal(seller.status, 200);
    for (const [, id] of seller.html.matchAll(/prices\/(\d+)"/g)) seen.add(id);
    next = /rel="next" href="([^"]*)"/.exec(seller.html)?.[1].replaceAll('&amp;', '&');
  }
  assert.equal(seen.size, PRODUCTS * PRICES_EACH);
  await seller.get(`${stack.site}/admin/pricelists/${list}?q=P01500`);
  assert.equal([...seller.html.matchAll(/prices\/(\d+)"/g)].length, PRICES_EACH);
  for (const path of [`/admin/pricelists/${list}/prices/new`, `/admin/pricelists/${list}/prices/${[...seen].pop()}`, '/admin/pricelists/preview', '/admin/revisions/new',
    '/admin/templates/new', '/admin/products', '/admin/products?from=1400', '/admin/customers?from=600', '/admin/products?q=Widget', '/admin/taxes', `/admin/subscriptions/${subscription}/amend/lines`]) {
    await seller.get(stack.site + path);
    assert.equal(seller.status, 200, path);
    assert.ok(seller.html.length < 150000, `${path}: ${seller.html.length}`);
  }
  await seller.get(`${stack.site}/admin/products?q=P01499`);
  assert.match(words(seller.html), /Widget 01499/);
});

test('a line takes the price of its own product, wherever that stands among the prices', async () => {
  const last = value("SELECT id FROM product WHERE code = 'P01500'");
  const quote = await newQuote({ customer: own });
  await edit(quote, { plan: plan(), acceptance: 'signature' }, 'add-recurring');
  await edit(quote, { 'line.0.product': 'P01500' });
  assert.equal(seller.status, 200);
  const line = () => stack.sql(`SELECT l.product_id, l.description, l.listed, l.tiers FROM quote_line l JOIN quote_version v ON v.id = l.version_id JOIN quote q ON q.id = v.quote_id WHERE q.number = '${quote}'`)[0];
  assert.deepEqual(line().slice(0, 3), [last, 'Widget 01500', '1']);
  assert.ok(line()[3].startsWith(`99999:${10000 * last}:0;`), line()[3]); // the list's, by its minimum quantities
  await seller.get(`${stack.site}/admin/quotes/${quote}/edit`);
  assert.equal(shown('line.0.product'), 'Widget 01500 (P01500)');
  await edit(quote, { 'line.0.quantity': '3' }, 'save');
  assert.equal(line()[0], last);
  for (const [typed, message] of [['Widget', /Several products fit.*P00001/], ['no such thing', /No product fits/]]) {
    await edit(quote, { 'line.0.product': typed });
    assert.equal(seller.status, 422);
    assert.match(at('line-0-product'), message);
    assert.equal(line()[0], last);
  }
  stack.sql("UPDATE product SET state = 'archived' WHERE code IN ('P01500', 'P01499')");
  await edit(quote, { 'line.0.product': 'P01499' });
  assert.match(at('line-0-product'), /not sold any more/);
  await edit(quote, { 'line.0.quantity': '4' }, 'save');
  assert.equal(line()[0], last); // what stands there already stays
});

test('a price, a revision, a template and an addition name one of many products', async () => {
  const list = value("SELECT id FROM pricelist WHERE name = 'Many'");
  await seller.get(`${stack.site}/admin/pricelists/${list}/prices/new`);
  await seller.submit(/prices\/new$/, { product: 'Widget 01401', plan: plan(), from: '01/01/2020', price: '3' }, { button: 'save' });
  assert.equal(seller.status, 422);
  assert.match(at('from'), /two prices/); // the clash is found among thousands
  await seller.submit(/prices\/new$/, { min: '77' }, { button: 'save' });
  assert.equal(value(`SELECT o.code FROM pricelist_price p JOIN product o ON o.id = p.product_id WHERE p.min_quantity_e4 = 770000`), 'P01401');
  await seller.get(`${stack.site}/admin/revisions/new`);
  await seller.submit(/revisions\/new$/, { product: 'P01402', change: '5', reason: 'Costs' }, { button: 'preview' });
  assert.equal(seller.status, 200);
  assert.match(words(seller.html), /0 lines change/);
  await seller.get(`${stack.site}/admin/pricelists/preview`);
  await seller.submit(/preview$/, { customer: 'K-00600', product: 'P01403', plan: plan(), quantity: '1' });
  assert.match(words(seller.html), /Many.*decides/);
  await seller.get(`${stack.site}/admin/templates/new`);
  await seller.submit(/templates\/new$/, { name: 'Typed', plan: plan() }, { button: 'add-recurring' });
  await seller.submit(/templates\/new$/, { 'line.0.product': 'P01404' }, { button: 'save' });
  assert.equal(value("SELECT o.code FROM quote_template t JOIN quote_template_version v ON v.template_id = t.id JOIN quote_template_line l ON l.version_id = v.id JOIN product o ON o.id = l.product_id WHERE t.name = 'Typed'"), 'P01404');
  for (const [how, act] of [['recurring', 'add'], ['once', 'once']]) {
    await seller.get(`${stack.site}/admin/subscriptions/${subscription}/amend/lines`);
    await seller.submit((f) => f.method === 'GET' && f.buttons.some((b) => b.value === 'preview'), { 'add.0.product': 'P01405', 'add.0.how': how }, { button: 'preview' });
    assert.equal(seller.status, 200, how);
    await seller.submit((f) => f.method === 'POST' && /amend\/lines$/.test(f.action));
    assert.equal(value("SELECT act FROM amendment_item ORDER BY amendment_id DESC LIMIT 1"), act);
  }
});
