// A quote in another currency, the whole way: rates by hand and by the central bank's file, the editor, the customer's
// page, signature, card, invoice with its VAT in the house's currency; currencies of no and of three decimals.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, seller, today;
before(async () => {
  stack = await startStack({ batch: false, language: 'en', workers: 2 });
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
  today = stack.value('SELECT IFNULL(test_clock_on, CURDATE()) FROM house');
});
after(() => stack?.stop());

const text = (page = seller) => page.html.replace(/<[^>]*>/g, ' ').replace(/&amp;/g, '&').replace(/&#?[a-z0-9]+;/g, ' ').replace(/[\s\u00a0\u202f]+/g, ' ');
const errors = () => [...seller.html.matchAll(/id="f-([a-z0-9_-]+)-err"/g)].map(([, id]) => id);
const day = (back) => new Date(Date.parse(today) - back * 86400000).toISOString().slice(0, 10);
const product = (code) => stack.value(`SELECT id FROM product WHERE code = '${code}'`);
const month = () => stack.value("SELECT id FROM plan WHERE name = 'Mensuel'");
const customer = () => stack.value('SELECT number FROM customer ORDER BY id LIMIT 1');

async function upload(content) {
  await seller.get(`${stack.site}/admin/exchange`);
  const form = seller.form(/import\/exchange$/);
  const data = new FormData();
  for (const [name, value] of form.fields) if (name !== 'file') data.append(name, value);
  data.append('file', new Blob([content]), 'eurofxref.csv');
  const answer = await fetch(`${stack.site}/admin/import/exchange`, { method: 'POST', body: data, redirect: 'manual',
    headers: { Cookie: seller.cookieHeader(), Origin: stack.site } });
  return { status: answer.status, text: (await answer.text()).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ') };
}
async function priceList(name, currency, prices, fields = {}) {
  await seller.get(`${stack.site}/admin/pricelists/new`);
  await seller.submit(/pricelists\/new$/, { name, scope: 'default', currency, ...fields });
  const list = /pricelists\/(\d+)/.exec(seller.url)?.[1];
  assert.ok(list, text());
  for (const [code, plan, price] of prices) {
    await seller.get(`${stack.site}/admin/pricelists/${list}/prices/new`);
    await seller.submit(/prices\/new$/, { product: product(code), plan, from: '01/01/2020', price }, { button: 'save' });
    assert.equal(seller.status, 200, text());
  }
}
async function pdf(page, url) {
  page.url = url;
  const answer = await fetch(url, { headers: { cookie: page.cookieHeader() } });
  assert.equal(answer.headers.get('content-type'), 'application/pdf', url);
  return execFileSync('pdftotext', ['-layout', '-', '-'], { input: Buffer.from(await answer.arrayBuffer()), encoding: 'utf8' }).replace(/[\s\u00a0\u202f]+/g, ' ');
}
async function newQuote(fields) {
  await seller.get(`${stack.site}/admin/quotes/new`);
  await seller.submit(/quotes\/new$/, { customer: customer(), ...fields });
  return stack.value('SELECT number FROM quote ORDER BY id DESC LIMIT 1');
}
async function send(number) {
  await seller.get(`${stack.site}/admin/quotes/${number}/send`);
  await seller.submit(/\/send$/, {});
  assert.equal(seller.status, 200, text());
  await seller.get(`${stack.site}/admin/outbox/${stack.value("SELECT id FROM outbox WHERE template IN ('quote_sent', 'quote_replaced') ORDER BY id DESC LIMIT 1")}`);
  const visitor = new Visitor(stack.site);
  await visitor.get(seller.html.match(/https?:\/\/[^"<\s]+\/l\/[\w-]+/)[0]);
  return visitor;
}
const template = () => stack.value("SELECT id FROM quote_template WHERE name = 'Atelier connecté'");

test('rates: what is refused beside which field, the central bank\'s file, and rows that stay', async () => {
  await seller.get(`${stack.site}/admin/exchange`);
  await seller.submit(/admin\/exchange$/, { currency: 'XXX', rate: '1', source: 'me' });
  assert.equal(seller.status, 422);
  assert.deepEqual(errors(), ['currency']);
  await seller.submit(/admin\/exchange$/, { currency: 'EUR', rate: '0', on: '31/12/2099', source: '' });
  assert.deepEqual(errors().sort(), ['currency', 'on', 'rate', 'source']);
  assert.equal(stack.value('SELECT COUNT(*) FROM exchange_rate'), '0');
  for (const [content, words] of [['', /Choose a file|no table/], ['a,b\n1,2\n', /Line 1: This is no table/], [`Date,USD\n${day(1)},abc\n`, /Line 2: A rate of this file/]]) {
    const answer = await upload(content);
    assert.equal(answer.status, 422, content);
    assert.match(answer.text, words);
  }
  assert.equal((await upload(`Date,USD,JPY,KWD,XYZ,\n${day(1)},1.0850,163.06,N/A,7,\n${day(2)},1.0800,162.00,N/A,7,\n`)).status, 303);
  assert.equal((await upload(`Date,USD,JPY,\n${day(1)},1.0850,163.06,\n`)).status, 303); // says nothing new
  assert.equal(stack.value('SELECT COUNT(*) FROM exchange_rate'), '4');
  await seller.get(`${stack.site}/admin/exchange`);
  assert.match(text(), /1 EUR = 1\.0850 USD/);
  for (const statement of ['UPDATE exchange_rate SET rate_e6 = 1', 'DELETE FROM exchange_rate']) assert.throws(() => stack.sql(statement), /never/);
});

test('a currency is taken only where every line has a price in it', async () => {
  await priceList('Dollars', 'USD', [['ATELIER', month(), '33'], ['BORNE', month(), '27.5']]);
  const before = stack.value('SELECT COUNT(*) FROM quote');
  await newQuote({ template: template(), currency: 'USD' });
  assert.equal(seller.status, 422);
  assert.deepEqual(errors(), ['currency']);
  assert.match(text(), /Support prioritaire has no price in USD/);
  assert.equal(stack.value('SELECT COUNT(*) FROM quote'), before);
  await priceList('Dollars, the rest', 'USD', [['SUPPORT', month(), '21'], ['MES', '', '400'], ['LECTEUR', '', '140']]);
  const own = await newQuote({ template: template() });
  assert.equal(stack.value(`SELECT v.currency FROM quote q JOIN quote_version v ON v.quote_id = q.id WHERE q.number = '${own}'`), 'EUR');
  await seller.submit(/\/edit$/, { currency: 'JPY' }, { button: 'recalc' });
  assert.equal(seller.status, 422);
  assert.match(text(), /Line 1 has no price from a list in JPY/);
  await seller.get(`${stack.site}/admin/quotes/${own}/edit`);
  await seller.submit(/\/edit$/, { currency: 'USD', off_amount: '5' }, { button: 'recalc' });
  assert.deepEqual(errors(), ['off_amount']);
  await seller.get(`${stack.site}/admin/quotes/${own}/edit`);
  await seller.submit(/\/edit$/, { currency: 'USD' }, { button: 'recalc' });
  assert.equal(seller.status, 200, text());
  assert.match(text(), /US\$116\.60/); // 3 at 33 less 10 %, and 27.50
  assert.equal(stack.value(`SELECT currency FROM quote_version v JOIN quote q ON q.id = v.quote_id WHERE q.number = '${own}'`), 'USD');
});

test('a quote in dollars is read, signed, paid and invoiced in dollars, with its VAT in euros', { timeout: 60000 }, async () => {
  const number = await newQuote({ template: template(), currency: 'USD' });
  const visitor = await send(number);
  assert.match(text(visitor), /US\$/);
  assert.doesNotMatch(text(visitor), /€/);
  assert.match(await pdf(visitor, `${stack.site}/q/${number}.pdf`), /787,92 \$US/);
  await visitor.get(`${stack.site}/q/${number}`);
  await visitor.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await visitor.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  await visitor.submit(/^\/pay\/[^/]+$/, {});
  assert.ok(visitor.url.startsWith(stack.sandbox), visitor.url);
  assert.match(text(visitor), /\$|USD/);
  await visitor.submit((form) => form.fields.some(([name]) => name === 'number'), { number: '4242424242424242', expiry: '12/34', cvc: '123', name: 'C L' });
  await stack.settle();
  assert.equal(stack.value(`SELECT state FROM quote WHERE number = '${number}'`), 'confirmed');
  // 116.60 + 400 + 140 = 656.60, VAT 131.32; in euros 131.32 / 1.0850 = 121.03
  const [invoice] = stack.sql('SELECT i.number, i.currency, i.net_minor, i.vat_minor, x.base, x.rate_e6, x.rate_on, x.vat_base_minor FROM invoice i JOIN invoice_exchange x ON x.invoice_id = i.id ORDER BY i.id DESC LIMIT 1');
  assert.deepEqual(invoice.slice(1), ['USD', '65660', '13132', 'EUR', '1085000', day(1), '12103']);
  assert.deepEqual(stack.sql('SELECT a.currency, a.amount_minor, a.state, s.currency FROM attempt a JOIN subscription s ORDER BY a.id DESC, s.id DESC LIMIT 1'), [['USD', '78792', 'succeeded', 'USD']]);
  await stack.batch('run');
  const paper = await pdf(seller, `${stack.site}/admin/invoices/${invoice[0]}.pdf`);
  assert.match(paper, /TVA en EUR/);
  assert.match(paper, /Payée le \d+(?:er)? \S+ \d+ par carte \(Visa …4242\)\. Rien à payer\./); // with the order
  assert.match(paper, /121,03 €/);
  assert.match(paper, /1 EUR = 1,0850 USD, ECB/);
  await seller.get(`${stack.site}/admin/invoices/${invoice[0]}`);
  assert.match(text(), /VAT in EUR €121\.03 \(1 EUR = 1\.0850 USD, ECB/);
  for (const statement of ['UPDATE invoice_exchange SET vat_base_minor = 0', 'DELETE FROM invoice_exchange']) assert.throws(() => stack.sql(statement), /never/);
  assert.throws(() => stack.sql(`INSERT INTO invoice_exchange SELECT i.id, i.currency, 1000000, '${today}', 'x', 0 FROM invoice i LIMIT 1`));
  assert.equal((await stack.batch('verify')).code, 0);
  await seller.get(`${stack.site}/admin/quotes?view=pipeline`);
  assert.match(text(), /€[\d,.]+ \+ US\$|US\$[\d,.]+ \+ €/); // never added
});

test('yen have no decimals, dinars three: totals, signature, invoice; cards take no dinars', { timeout: 60000 }, async () => {
  await priceList('Yen', 'JPY', [['MES', '', '50000'], ['LECTEUR', '', '20001']]);
  await priceList('Dinars', 'KWD', [['MES', '', '120.125'], ['LECTEUR', '', '42.255']]);
  await seller.get(`${stack.site}/admin/templates/new`);
  await seller.submit(/templates\/new$/, { name: 'Once', validity: '30', acceptance: 'signature' }, { button: 'add-once' });
  await seller.submit(/templates\/new$/, { 'line.0.product': product('MES') }, { button: 'add-once' });
  await seller.submit(/templates\/new$/, { 'line.1.product': product('LECTEUR') }, { button: 'save' });
  const once = stack.value("SELECT id FROM quote_template WHERE name = 'Once'");
  for (const [currency, sums, rate] of [['JPY', ['70001', '14000', '84001'], null], ['KWD', ['162380', '32476', '194856'], '0.3344']]) {
    const number = await newQuote({ template: once, currency });
    if (rate !== null) {
      await seller.submit(/\/edit$/, { acceptance: 'payment' }, { button: 'recalc' });
      await seller.get(`${stack.site}/admin/quotes/${number}/send`);
      assert.match(text(), /no exchange rate of these days/);
      await seller.get(`${stack.site}/admin/exchange`);
      await seller.submit(/admin\/exchange$/, { currency, rate, source: 'CBK' });
      assert.equal(seller.status, 200, text());
      await seller.get(`${stack.site}/admin/quotes/${number}/send`);
      assert.match(text(), /Cards are not charged in this currency/);
      await seller.get(`${stack.site}/admin/quotes/${number}/edit`);
      await seller.submit(/\/edit$/, { acceptance: 'signature' }, { button: 'save' });
    }
    const visitor = await send(number);
    await visitor.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
    await visitor.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
    assert.deepEqual(stack.sql('SELECT currency, net_minor, vat_minor, total_minor FROM invoice ORDER BY id DESC LIMIT 1'), [[currency, ...sums]]);
  }
  // 14,000 yen at 163.06 and 32.476 dinars at 0.3344
  assert.deepEqual(stack.sql('SELECT vat_base_minor, source FROM invoice_exchange ORDER BY invoice_id DESC LIMIT 2'), [['9712', 'CBK'], ['8586', 'ECB']]);
  assert.equal((await stack.batch('verify')).code, 0);
});

test('a quote takes the currency of the customer\'s own list by itself', async () => {
  await priceList('For one', 'USD', [['ATELIER', month(), '30']], { scope: 'customer', customer: customer() });
  const number = await newQuote({ template: template() });
  assert.equal(stack.value(`SELECT v.currency FROM quote q JOIN quote_version v ON v.quote_id = q.id WHERE q.number = '${number}'`), 'USD');
  stack.sql("UPDATE pricelist SET state = 'archived' WHERE name = 'Dollars, the rest'");
  const other = await newQuote({ template: template() }); // not every line has a price any more
  assert.equal(stack.value(`SELECT v.currency FROM quote q JOIN quote_version v ON v.quote_id = q.id WHERE q.number = '${other}'`), 'EUR');
});
