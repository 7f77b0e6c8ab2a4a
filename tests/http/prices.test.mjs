// Prices through the seller's forms: lists, the editor that follows them, and the customer's quantity.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, seller;
before(async () => {
  stack = await startStack({ batch: false, language: 'en' });
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
});
after(() => stack?.stop());

const product = (code) => stack.value(`SELECT id FROM product WHERE code = '${code}'`);
const plan = (unit) => stack.value(`SELECT id FROM plan WHERE unit = '${unit}' AND count = 1`);
const words = (html) => html.replace(/<[^>]*>/g, ' ').replace(/&#39;|&apos;/g, "'").replace(/&amp;/g, '&').replace(/[\s\u00a0\u202f]+/g, ' ');
const at = (field) => words(new RegExp(`id="f-${field}-err">([\\s\\S]*?)</p>`).exec(seller.html)?.[1] ?? 'no error');

async function makeList(fields) {
  await seller.get(`${stack.site}/admin/pricelists/new`);
  await seller.submit(/pricelists\/new$/, fields);
  return /pricelists\/(\d+)/.exec(seller.url)?.[1];
}
async function makePrice(list, fields, button = 'save') {
  await seller.get(`${stack.site}/admin/pricelists/${list}/prices/new`);
  await seller.submit(/prices\/new$/, fields, { button });
  return seller.status;
}

test('a list, its prices, and what is refused beside which field', async () => {
  const code = product('ATELIER') ?? stack.value('SELECT id FROM product ORDER BY id LIMIT 1');
  const month = plan('month');
  const list = await makeList({ name: 'Wholesale <b>&"\'', scope: 'default', currency: 'EUR' });
  assert.ok(list);
  assert.ok(seller.html.includes('Wholesale &lt;b&gt;'));
  const price = { product: code, plan: month, from: '01/12/2026', price: '30' };
  assert.equal(await makePrice(list, { ...price, until: '31/12/2026' }), 200);
  assert.equal(await makePrice(list, { ...price, from: '31/12/2026' }), 422);
  assert.match(at('from'), /€30\.00 of the same product, plan and quantity holds 1 Dec 2026 to 31 Dec 2026/);
  assert.match(seller.html, /name="price"[^>]*value="30"/); // nothing is lost
  assert.equal(await makePrice(list, { ...price, from: '01/01/2027' }), 200);
  for (const [fields, field, message] of [
    [{ from: '31/02/2027' }, 'from', /enter a date/], [{ price: '-1' }, 'price', /0 to/], [{ price: '1.00001' }, 'price', /at most 4 decimals/],
    [{ price: '1000000000000' }, 'price', /0 to/], [{ min: '-5' }, 'min', /0 to|-/], [{ min: '1000000000000' }, 'min', /0 to/],
    [{ until: '01/01/2020' }, 'until', /before the first/], [{ price: '' }, 'price', /Enter a price/], [{ model: 'flat', price: '10.001' }, 'price', /EUR has 2 decimals/],
    [{ model: 'volume' }, 'price', /leave this empty/], [{ model: 'volume', price: '' }, 'tier-0-up_to', /at least one tier/],
    [{ model: 'graduated', price: '', 'tier.0.up_to': '10', 'tier.0.price': '5' }, 'tier-0-up_to', /Leave the quantity of the last tier empty/],
    [{ model: 'graduated', price: '', 'tier.0.up_to': '10', 'tier.0.price': '5', 'tier.1.up_to': '10', 'tier.1.price': '4', 'tier.2.price': '3' }, 'tier-1-up_to', /above that of the tier before/],
    [{ 'tier.0.price': '5' }, 'tier-0-up_to', /has no tiers/]]) {
    assert.equal(await makePrice(list, { ...price, from: '01/06/2031', ...fields }), 422, JSON.stringify(fields));
    assert.match(at(field), message, JSON.stringify(fields));
  }
  assert.equal(await makeList({ name: 'Wholesale <b>&"\'', scope: 'default', currency: 'EUR' }), undefined);
  assert.match(at('name'), /Another price list has this name/);
  await makeList({ name: 'x', scope: 'customer', currency: 'XXX' });
  assert.match(at('customer'), /Enter a customer/);
  assert.match(at('currency'), /not a currency/);
});

test('a line is billed as its product and its plan say, until the seller says otherwise', async () => {
  const month = plan('month');
  const number = stack.value('SELECT number FROM customer ORDER BY id LIMIT 1');
  await seller.get(`${stack.site}/admin/plans/new`);
  await seller.submit(/plans\/new$/, { name: 'Afterwards', timing: 'arrears' });
  const afterwards = stack.value("SELECT id FROM plan WHERE name = 'Afterwards'");
  for (const [name, timing] of [['Calls', 'usage'], ['Desk', '']]) {
    await seller.get(`${stack.site}/admin/products/new`);
    await seller.submit(/products\/new$/, { name, code: name.toUpperCase(), timing });
  }
  await seller.get(`${stack.site}/admin/quotes/new`);
  await seller.submit(/quotes\/new$/, { customer: number, template: '' });
  const quote = /quotes\/([^/]+)/.exec(seller.url)[1];
  const edit = async (fields, button = 'recalc') => {
    await seller.get(`${stack.site}/admin/quotes/${quote}/edit`);
    await seller.submit(/\/edit$/, fields, { button });
    assert.equal(seller.status, 200, words(seller.html));
    return stack.value(`SELECT l.timing FROM quote_line l JOIN quote_version v ON v.id = l.version_id JOIN quote q ON q.id = v.quote_id WHERE q.number = '${quote}'`);
  };
  await edit({ plan: month }, 'add-recurring');
  assert.equal(await edit({ 'line.0.product': product('CALLS'), 'line.0.price': '0.0125' }), 'usage', 'the product says it');
  assert.equal(await edit({ 'line.0.product': product('DESK'), 'line.0.price': '12' }), 'advance', 'another product, which leaves it to the plan');
  assert.equal(await edit({ plan: afterwards }), 'arrears', 'another plan');
  assert.equal(await edit({ 'line.0.timing': 'advance' }), 'advance', 'the seller says it');
  assert.equal(await edit({ 'line.0.quantity': '2' }), 'advance', 'and it stays');
  assert.equal(await edit({ 'line.0.timing': '' }), 'arrears', 'or takes it back');
});

test('what is typed beside a product that is chosen holds; what stood there for another gives way', async () => {
  const month = plan('month');
  const number = stack.value('SELECT number FROM customer ORDER BY id LIMIT 1');
  await seller.get(`${stack.site}/admin/quotes/new`);
  await seller.submit(/quotes\/new$/, { customer: number, template: '' });
  const quote = /quotes\/([^/]+)/.exec(seller.url)[1];
  const edit = async (fields, button = 'recalc', wanted = 200) => {
    await seller.get(`${stack.site}/admin/quotes/${quote}/edit`);
    await seller.submit(/\/edit$/, fields, { button });
    assert.equal(seller.status, wanted, words(seller.html));
    return stack.sql(`SELECT l.description, l.unit, l.unit_price_e4, l.tax_class FROM quote_line l JOIN quote_version v ON v.id = l.version_id JOIN quote q ON q.id = v.quote_id WHERE q.number = '${quote}'`)[0];
  };
  await edit({ plan: month }, 'add-recurring');
  assert.deepEqual(await edit({ 'line.0.product': product('ATELIER'), 'line.0.description': 'Two desks', 'line.0.price': '17', 'line.0.tax': 'reduced' }),
    ['Two desks', 'utilisateur', '170000', 'reduced']);
  const [name, unit] = stack.sql("SELECT name, unit FROM product WHERE code = 'SUPPORT'")[0];
  const other = await edit({ 'line.0.product': product('SUPPORT') });
  assert.deepEqual([other[0], other[1], other[3]], [name, unit, 'standard']);
  assert.notEqual(other[2], '170000');
  assert.deepEqual((await edit({ 'line.0.product': product('ATELIER'), 'line.0.price': '18' }))[2], '180000', 'typed beside the other product');
  await edit({ 'line.0.product': product('SUPPORT'), 'line.0.price': '19', 'line.0.quantity': '0' }, 'recalc', 422);
  await seller.submit(/\/edit$/, { 'line.0.quantity': '2' }, { button: 'recalc' });
  assert.equal(stack.value(`SELECT l.unit_price_e4 FROM quote_line l JOIN quote_version v ON v.id = l.version_id JOIN quote q ON q.id = v.quote_id WHERE q.number = '${quote}'`), '190000', 'kept beside an error');
});

test('the editor follows the list until the seller types a price; the customer pays the tier of the quantity', async () => {
  const customer = stack.value('SELECT id FROM customer ORDER BY id LIMIT 1');
  const number = stack.value(`SELECT number FROM customer WHERE id = ${customer}`);
  const code = product('SUPPORT') ?? stack.value('SELECT id FROM product ORDER BY id DESC LIMIT 1');
  const month = plan('month');
  await seller.get(`${stack.site}/admin/customers/${number}/edit`);
  await seller.submit(/\/edit$/, { segment: 'Partners' });
  assert.ok(words(seller.html).includes('Partners'));
  const list = await makeList({ name: 'Partners', scope: 'segment', segment: 'Partners', currency: 'EUR' });
  const price = { product: code, plan: month, from: '01/01/2020' };
  assert.equal(await makePrice(list, { ...price, price: '20' }), 200);
  assert.equal(await makePrice(list, { ...price, price: '15', min: '10' }), 200);

  await seller.get(`${stack.site}/admin/quotes/new`);
  await seller.submit(/quotes\/new$/, { customer: number, template: '' });
  const quote = /quotes\/([^/]+)/.exec(seller.url)[1];
  const edit = async (fields, button = 'recalc') => {
    await seller.get(`${stack.site}/admin/quotes/${quote}/edit`);
    await seller.submit(/\/edit$/, fields, { button });
  };
  const stored = () => stack.sql(`SELECT l.unit_price_e4, l.price_model, l.tiers, l.listed, l.pricelist_id FROM quote_line l JOIN quote_version v ON v.id = l.version_id JOIN quote q ON q.id = v.quote_id WHERE q.number = '${quote}'`)[0];
  await edit({ plan: month, acceptance: 'signature' }, 'add-recurring');
  await edit({ 'line.0.product': code });
  assert.deepEqual(stored(), ['0', 'volume', '99999:200000:0;*:150000:0', '1', list]);
  assert.match(words(seller.html), /From the price list Partners \(by the whole quantity: below 10: €20\.00; from 10: €15\.00\)/);
  await edit({ 'line.0.price': '17' });
  assert.deepEqual(stored(), ['170000', 'per_unit', '', '0', null]);
  await edit({ 'line.0.quantity': '12' });
  assert.equal(stored()[0], '170000'); // typed: it stays
  await edit({ 'line.0.price': '' });
  assert.equal(stored()[2], '99999:200000:0;*:150000:0');
  await edit({ 'line.0.quantity': '2', 'line.0.editable': true });
  await edit({ 'line.0.min': '1', 'line.0.max': '50' }, 'save');
  await seller.get(`${stack.site}/admin/quotes/${quote}/send`);
  await seller.submit(/\/send$/, {});
  const visitor = new Visitor(stack.site);
  await visitor.get(await link(quote));
  assert.match(words(visitor.html), /€40\.00/);
  await visitor.submit(/\/q\/[^/]+$/, { 'line.0.quantity': '10' }, { button: 'again' });
  assert.match(words(visitor.html), /€150\.00/);
  await visitor.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await visitor.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  const owed = stack.sql('SELECT i.number, r.open_minor FROM invoice i JOIN receivable r ON r.invoice_id = i.id ORDER BY i.id DESC LIMIT 1')[0];
  assert.match(words(visitor.html), new RegExp(`Invoice ${owed[0]} of €${(owed[1] / 100).toFixed(2)} is to be paid by`));
  assert.ok(visitor.html.includes(`href="/pay/${owed[0]}"`), 'signed: what is due is a click away');
  assert.deepEqual(stack.sql('SELECT quantity_e4, price_model, tiers FROM subscription_line ORDER BY id DESC LIMIT 1')[0], ['100000', 'volume', '99999:200000:0;*:150000:0']);
  assert.deepEqual(stack.sql('SELECT quantity_e4, unit_price_e4, net_minor FROM invoice_line ORDER BY id DESC LIMIT 1')[0], ['100000', '150000', '15000']);

  await seller.get(`${stack.site}/admin/pricelists/preview`);
  await seller.submit(/preview$/, { customer: number, product: code, plan: month, quantity: '10' });
  assert.match(words(seller.html), /€150\.00/);
  assert.match(words(seller.html), /Partners.*decides/);
  await seller.submit(/preview$/, { customer: 'nobody', quantity: '0' });
  assert.equal(seller.status, 422);
  assert.match(at('customer'), /No customer/);
});

test('a code that the customer enters: refused, entered, removed, signed, billed', async () => {
  const today = await (async () => { await seller.get(`${stack.site}/admin/coupons/new`); return /name="from"[^>]*value="([^"]*)"/.exec(seller.html)[1]; })();
  for (const [fields, field, message] of [
    [{ code: 'x' }, 'code', /3 to 40/], [{ code: 'TEN', percent: '10', amount: '5' }, 'amount', /percentage or an amount/], [{ code: 'TEN' }, 'percent', /Enter a percentage or an amount/],
    [{ code: 'TEN', amount: '5.001' }, 'amount', /EUR has 2 decimals/], [{ code: 'TEN', percent: '101' }, 'percent', /0 to 100/], [{ code: 'TEN', percent: '-1' }, 'percent', /0 to 100/],
    [{ code: 'TEN', amount: '1000000000000' }, 'amount', /0 to/], [{ code: 'TEN', percent: '5', from: '31/04/2027' }, 'from', /enter a date/],
    [{ code: 'TEN', percent: '5', until: '01/01/2020' }, 'until', /before the first/], [{ code: 'TEN', percent: '5', max: '1000000000000' }, 'max', /0 to/]]) {
    await seller.get(`${stack.site}/admin/coupons/new`);
    await seller.submit(/coupons\/new$/, fields);
    assert.equal(seller.status, 422, JSON.stringify(fields));
    assert.match(at(field), message, JSON.stringify(fields));
  }
  await seller.get(`${stack.site}/admin/coupons/new`);
  await seller.submit(/coupons\/new$/, { code: 'hello-5', amount: '5', periods: '2', from: today, max: '1' });
  assert.match(words(seller.html), /HELLO-5 €5\.00 off, 2 periods/);
  const visitor = new Visitor(stack.site);
  await visitor.get(stack.link);
  const quote = new URL(visitor.url).pathname;
  const due = () => /Due today excl\. VAT €([\d.,]+)/.exec(words(visitor.html))[1].replace(',', '');
  const before = due();
  for (const code of ['nothing', '<b>&"\'', 'é\u202e', ' ', "'; DROP TABLE coupon; --"]) {
    await visitor.submit(/\/coupon$/, { coupon: code }, { button: 'enter' });
    assert.equal(visitor.status, 422);
    assert.match(visitor.html, /We do not know this code|Enter the code/);
    await visitor.get(stack.site + quote);
  }
  await visitor.submit(/\/coupon$/, { coupon: ' Hello-5' }, { button: 'enter' });
  assert.equal(visitor.status, 200);
  assert.match(words(visitor.html), /Coupon HELLO-5 €5\.00 off for the first 2 months/);
  assert.equal((Number(before) - 5).toFixed(2), due());
  await visitor.submit(/\/coupon$/, {}, { button: 'remove' });
  assert.equal(due(), before);
  const entries = await Promise.all([0, 1, 2, 3].map(async () => { // pressed four times at once
    const one = new Visitor(stack.site);
    one.cookies = visitor.cookies;
    await one.get(stack.site + quote);
    await one.submit(/\/coupon$/, { coupon: 'HELLO-5' }, { button: 'enter' });
    return one.status;
  }));
  assert.ok(entries.every((status) => [200, 422].includes(status)), `${entries}`);
  assert.deepEqual(stack.sql("SELECT redeemed FROM coupon WHERE code = 'HELLO-5'"), [['1']]);
  await visitor.get(stack.site + quote);
  await visitor.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await visitor.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  await visitor.get(stack.site + quote);
  assert.doesNotMatch(visitor.html, /\/coupon"/);
  assert.match(words(visitor.html), /HELLO-5/);
  await seller.get(`${stack.site}/admin/coupons`);
  assert.match(words(seller.html), /1 of 1/);
});

test('a revision: refused beside the field, previewed, announced, undone', async () => {
  const line = () => stack.sql('SELECT COUNT(*), SUM(until_on IS NULL) FROM subscription_line')[0];
  const before = line();
  const send = async (fields, button = 'preview') => {
    await seller.get(`${stack.site}/admin/revisions/new`);
    await seller.submit(/revisions\/new$/, fields, { button });
    return seller.status;
  };
  for (const [fields, field, message] of [
    [{ reason: '', change: '3' }, 'reason', /Enter why/], [{ reason: 'x' }, 'change', /by how much/], [{ reason: 'x', change: '-101' }, 'change', /-100/], [{ reason: 'x', change: '0' }, 'change', /Nothing would change/],
    [{ reason: 'x', change: '1000000000000' }, 'change', /1,?000/], [{ reason: 'x', kind: 'price', price: '5' }, 'product', /whose price/], [{ reason: 'x', kind: 'index' }, 'index', /Choose an index/],
    [{ reason: 'x', change: '3', notice: '-1' }, 'notice', /0 to 366/], [{ reason: 'x', change: '3', currency: 'XXX' }, 'currency', /currency/],
    [{ reason: 'x', change: '3', customer: "C<b>&'" }, 'customer', /No customer fits/], [{ reason: 'x', change: '3', subscription: 'S-1' }, 'subscription', /No subscription has this number/]]) {
    assert.equal(await send(fields), 422, JSON.stringify(fields));
    assert.match(at(field), message, JSON.stringify(fields));
  }
  assert.equal(await send({ reason: 'Costs <b>&"\'', change: '10', notice: '5' }), 200);
  assert.match(words(seller.html), /lines change/);
  assert.match(words(seller.html), /A month at the new prices/);
  assert.deepEqual(line(), before); // looking changes nothing
  await seller.submit(/revisions\/new$/, {}, { button: 'announce' });
  const revision = /revisions\/(\d+)/.exec(seller.url)[1];
  const count = Number(stack.value(`SELECT COUNT(*) FROM subscription_line WHERE revision_id = ${revision}`));
  assert.ok(count > 0);
  assert.equal(line()[0], String(Number(before[0]) + count));
  assert.equal(line()[1], before[1]);
  assert.ok(Number(stack.value("SELECT COUNT(*) FROM outbox WHERE template = 'price_revised'")) > 0);
  const mail = stack.value("SELECT id FROM outbox WHERE template = 'price_revised' ORDER BY id DESC LIMIT 1");
  await seller.get(`${stack.site}/admin/outbox/${mail}`);
  assert.equal(seller.status, 200);
  assert.match(seller.html, /Costs &lt;b&gt;/);
  await seller.get(`${stack.site}/admin/revisions/${revision}`);
  await seller.submit(/\/undo$/, {});
  assert.deepEqual(line(), before);
  assert.match(words(seller.html), /undone/);
  // of one contract: its own lines alone
  const contract = stack.value("SELECT number FROM subscription WHERE state <> 'ended' ORDER BY id LIMIT 1");
  assert.equal(await send({ reason: 'Agreed', change: '-5', subscription: contract }), 200);
  await seller.submit(/revisions\/new$/, {}, { button: 'announce' });
  const own = /revisions\/(\d+)/.exec(seller.url)[1];
  assert.deepEqual(stack.sql(`SELECT DISTINCT s.number FROM subscription_line l JOIN subscription s ON s.id = l.subscription_id WHERE l.revision_id = ${own}`), [[contract]]);
  assert.match(words(seller.html), new RegExp(contract));
  await seller.submit(/\/undo$/, {});
  assert.deepEqual(line(), before);
  await seller.get(`${stack.site}/admin/indexes`);
  await seller.submit(/indexes$/, { name: 'Syntec', month: '15/01/2026', value: '313.4' });
  await seller.submit(/indexes$/, { name: 'syntec', month: '01/01/2026', value: '1' });
  assert.match(at('month'), /has a value already/);
  // by that index: the month of the revision is asked for, that of the price is each contract's own
  const index = { reason: 'Clause', kind: 'index', index: stack.value("SELECT id FROM price_index WHERE name = 'Syntec'"), from: 'anniversary' };
  assert.equal(await send(index), 422);
  assert.match(at('now'), /Enter a day of the month/);
  assert.equal(at('then'), 'no error');
  assert.equal(await send({ ...index, now: '15/02/2026' }), 422);
  assert.match(at('now'), /no value of the index yet/);
  assert.equal(await send({ ...index, now: '15/01/2026' }), 200);
  assert.match(words(seller.html), /0 lines change/); // none of the contracts has the clause
  await seller.submit(/revisions\/new$/, {}, { button: 'announce' });
  assert.match(at('product'), /No line of a running subscription would change/);
});

async function link(quote) {
  await seller.get(`${stack.site}/admin/outbox`);
  const mail = stack.value(`SELECT o.id FROM outbox o JOIN quote q ON q.id = o.quote_id WHERE q.number = '${quote}' AND o.template = 'quote_sent' ORDER BY o.id DESC LIMIT 1`);
  await seller.get(`${stack.site}/admin/outbox/${mail}`);
  return /href="([^"]*\/l\/[^"]+)"/.exec(seller.html)[1];
}
