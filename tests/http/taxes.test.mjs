// The tax pages: rates join the table or are told why not, beside the field; settings that must not change do not; the
// calculator says what a sale carries and why; what was signed is charged and invoiced though the rate changed meanwhile.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, seller, today; // in the house's time zone
before(async () => {
  stack = await startStack({ batch: false, language: 'en' });
  today = (await stack.batch('clock')).out.trim();
  seller = await signedIn(stack);
}, { timeout: 60000 });
after(() => stack?.stop());

async function signedIn(at) {
  const visitor = new Visitor(at.site);
  await visitor.get(`${at.site}/admin/login`);
  return visitor.submit(/login/, { email: at.email, password: at.password });
}
async function signed(at) {
  const visitor = new Visitor(at.site);
  await visitor.get(at.link);
  await visitor.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  return visitor.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
}
async function pay(visitor) {
  await visitor.submit(/^\/pay\/[^/]+$/, {});
  await visitor.submit((form) => form.fields.some(([name]) => name === 'number'), { number: '4242424242424242', expiry: '12/34', cvc: '123', name: 'C L' });
}

const day = (days) => new Date(Date.parse(stack.value('SELECT test_clock_on FROM house') ?? today) + days * 864e5).toISOString().slice(0, 10);
const errors = () => Object.fromEntries([...seller.html.matchAll(/<p class="ui-error" id="f-([\w-]+)-err"><span[^>]*>[^<]*<\/span>([^<]*)/g)].map(([, id, text]) => [id, text]));
const rates = (country) => Number(stack.value(`SELECT COUNT(*) FROM tax_rate WHERE country = '${country}'`));
const add = async (values) => {
  await seller.get(`${stack.site}/admin/taxes/rates/new`);
  await seller.submit(/rates\/new/, { source: 'a law', ...values });
  return errors();
};
const sale = async (values) => {
  await seller.get(`${stack.site}/admin/taxes/calculator`);
  await seller.submit(/calculator/, values);
  return Object.fromEntries([...seller.html.matchAll(/<dt>([^<]*)<\/dt><dd>([^<]*)/g)].map(([, k, v]) => [k, v.replace(/\u00a0/g, ' ')]));
};

test('rates that are refused say so beside the field, and nothing is added', async () => {
  const had = rates('FR');
  assert.deepEqual(Object.keys(await add({ country: 'FR', rate: '', from: '2040-01-01' })), ['rate']);
  assert.deepEqual(Object.keys(await add({ country: 'FR', rate: '21', from: '2040-02-30' })), ['from']);
  assert.deepEqual(Object.keys(await add({ country: 'FR', rate: '21', from: '' })), ['from']);
  assert.deepEqual(Object.keys(await add({ country: '', rate: '21', from: '2040-01-01' })), ['country']);
  assert.deepEqual(Object.keys(await add({ country: 'FR', rate: '101', from: '2040-01-01' })), ['rate']);
  assert.deepEqual(Object.keys(await add({ country: 'FR', rate: '-1', from: '2040-01-01' })), ['rate']);
  assert.deepEqual(Object.keys(await add({ country: 'FR', rate: '21', from: '2040-01-01', source: '' })), ['source']);
  assert.deepEqual(Object.keys(await add({ country: 'FR', rate: '5', class: 'zero', from: '2040-01-01' })), ['rate']);
  assert.match((await add({ country: 'FR', rate: '21', from: '2014-01-01' })).from, /already/);
  assert.match((await add({ country: 'FR', rate: '21', from: '2040-01-01', until: '2039-12-31' })).until, /end before it begins/);
  assert.match((await add({ country: 'FR', rate: '21', from: '1990-01-01', until: '1991-01-01' })).until, /no earlier rate/);
  assert.match((await add({ country: 'FR', class: 'super_reduced', rate: '1', from: '2040-01-01', postal_from: '19', postal_until: '21' })).postal_from, /overlap/);
  assert.match((await add({ country: 'FR', rate: '1', from: '2040-01-01', postal_from: '200', postal_until: '21' })).postal_until, /same number/);
  assert.match((await add({ country: 'FR', rate: '1', from: '2040-01-01', postal_until: '21' })).postal_from, /first postal code too/);
  assert.match((await add({ country: 'BR', rate: '1', from: '2040-01-01', postal_from: '20', postal_until: '21' })).class, /whole country/);
  assert.equal(seller.status, 422);
  assert.equal(seller.form(/rates\/new/).fields.find(([name]) => name === 'postal_until')[1], '21', 'what was typed is kept');
  assert.equal(rates('FR'), had);
  assert.equal(rates('BR'), 0);
});

test('a rate for a time goes back to the one before it', async () => {
  assert.deepEqual(await add({ country: 'DE', rate: '16', from: '2040-07-01', until: '2041-01-01' }), {});
  assert.match(seller.url, /\/admin\/taxes\/rates\/DE/);
  assert.deepEqual(stack.sql("SELECT from_on, rate_ppm FROM tax_rate WHERE country = 'DE' AND tax_class = 'standard' AND from_on > '2040-01-01' ORDER BY from_on"),
    [['2040-07-01', '160000'], ['2041-01-01', '190000']]);
  assert.equal((await sale({ seller_country: 'DE', seller_postal: '', buyer_country: 'DE', on: '2040-12-31' })).Rate, '16%');
  assert.equal((await sale({ seller_country: 'DE', seller_postal: '', buyer_country: 'DE', on: '2041-01-01' })).Rate, '19%');
});

test('sales tax by state and postal code: rows of the same table', async () => {
  assert.deepEqual(await add({ country: 'US', rate: '0', class: 'standard', from: '2020-01-01' }), {});
  assert.deepEqual(await add({ country: 'US', region: 'US-CA', postal_from: '900', postal_until: '961', rate: '7.25', from: '2020-01-01' }), {});
  assert.deepEqual(await add({ country: 'US', region: 'US-CA', postal_from: '90210', rate: '9.5', from: '2020-01-01' }), {});
  const us = { seller_country: 'US', seller_postal: '75001', buyer_country: 'US' };
  assert.equal((await sale({ ...us, buyer_postal: '94105' })).Rate, '7.25%');
  assert.equal((await sale({ ...us, buyer_postal: '90210' })).Rate, '9.5%');
  const none = await sale({ ...us, buyer_postal: '97201' });
  assert.match(none.Why, /No sales tax/);
  assert.equal(none['Category (EN 16931)'], 'O');
});

test('the calculator says what, and why', async () => {
  const fr = { seller_country: 'FR', seller_postal: '75001', on: '2026-11-28', amount: '100' };
  for (const [values, wanted] of [
    [{ buyer_country: 'FR', buyer_postal: '75001' }, { 'Rate': '20%', 'To be paid': '€120.00', 'Category (EN 16931)': 'S', 'Accounts': '706, 44587 → 44571' }],
    [{ buyer_country: 'FR', buyer_postal: '97410' }, { 'Rate': '8.5%', 'To be paid': '€108.50' }],
    [{ buyer_country: 'FR', buyer_postal: '97300' }, { 'Category (EN 16931)': 'O', 'Exemption code (VATEX)': 'VATEX-EU-O', 'To be paid': '€100.00' }],
    [{ buyer_country: 'FR', buyer_postal: '20000', class: 'reduced' }, { 'Rate': '2.1%' }],
    [{ buyer_country: 'DE', vat_id: 'checked' }, { 'Category (EN 16931)': 'AE', 'Exemption code (VATEX)': 'VATEX-EU-AE', 'Accounts': '706' }],
    [{ buyer_country: 'DE', vat_id: 'checked', kind: 'goods' }, { 'Category (EN 16931)': 'K', 'Exemption code (VATEX)': 'VATEX-EU-IC', 'Accounts': '707' }],
    [{ buyer_country: 'DE', vat_id: 'unchecked' }, { 'Rate': '20%' }],
    [{ buyer_country: 'DE', buyer: 'person', vat_id: 'none' }, { 'Rate': '20%', 'Threshold': 'Counts for the threshold of consumers in other member states' }],
    [{ buyer_country: 'PT', buyer_postal: '9500-001', buyer: 'person', vat_id: 'none', destination: true }, { 'Rate': '16%' }],
    [{ buyer_country: 'AT', buyer_postal: '6992', buyer: 'person', vat_id: 'none', destination: true }, { 'Rate': '19%' }],
    [{ buyer_country: 'ES', buyer_postal: '35001', kind: 'goods' }, { 'Category (EN 16931)': 'G' }],
    [{ buyer_country: 'GB', buyer_postal: 'BT1 5GS', kind: 'goods' }, { 'Category (EN 16931)': 'K' }],
    [{ buyer_country: 'CH' }, { 'Category (EN 16931)': 'O' }],
    [{ seller_country: 'CH', seller_postal: '8001', buyer_country: 'LI' }, { 'Rate': '8.1%' }],
    [{ buyer_country: 'MC' }, { 'Rate': '20%', "Customer's territory": undefined }],
    [{ buyer_country: 'FR', franchise: true }, { 'Category (EN 16931)': 'E', 'Exemption code (VATEX)': 'VATEX-FR-FRANCHISE', 'To be paid': '€100.00' }],
    [{ buyer_country: 'FR', on: '2013-06-01' }, { 'Rate': '19.6%' }],
    [{ buyer_country: 'DE', buyer: 'person', vat_id: 'none', destination: true, class: 'intermediate' }, { 'Rate': '19%', 'Standard rate': 'This country has no rate of the kind: its standard rate counts' }],
    [{ buyer_country: 'FR', class: 'zero' }, { 'Rate': '20%', 'Category (EN 16931)': 'S' }],
    [{ buyer_country: 'FR', class: 'intermediate' }, { 'Rate': '10%' }],
    [{ seller_country: 'GB', seller_postal: 'SW1A 1AA', buyer_country: 'GB', buyer_postal: 'SW1A 1AA', class: 'zero' }, { 'Rate': '0%', 'Category (EN 16931)': 'Z', 'To be paid': '€100.00' }],
    [{ buyer_country: 'FR', class: 'exempt_training' }, { 'Rate': '0%', 'Category (EN 16931)': 'E', 'Exemption code (VATEX)': 'VATEX-EU-132-1I', 'Accounts': '706',
      'Mention on the invoice': 'Exempt from VAT: education and training (article 132(1)(i) of directive 2006/112/EC)' }],
    [{ buyer_country: 'DE', vat_id: 'checked', class: 'exempt_care' }, { 'Category (EN 16931)': 'AE' }]]) {
    const result = await sale({ ...fr, ...values });
    for (const [k, v] of Object.entries(wanted)) if (v !== undefined) assert.equal(result[k], v, `${JSON.stringify(values)}: ${k}`);
  }
  await sale({ ...fr, buyer_country: 'BR', seller_country: 'BR' });
  assert.match(seller.html, /The table holds no rate/);
  await sale({ ...fr, buyer_country: '' });
  assert.equal(seller.status, 422);
});

test('what was signed is charged and invoiced, though the rate changed meanwhile', { timeout: 60000 }, async () => {
  assert.deepEqual(await add({ country: 'FR', rate: '22', from: day(1) }), {}); // of tomorrow: the customer signs today
  const visitor = await signed(stack);
  const place = visitor.url;
  const total = stack.value('SELECT today_minor FROM signature');
  assert.equal((await stack.batch('clock', '--to', day(1))).code, 0);
  await visitor.get(place);
  assert.equal(visitor.status, 200);
  await pay(visitor);
  await stack.settle();
  assert.deepEqual(stack.sql('SELECT i.total_minor, p.amount_minor FROM invoice i, payment p'), [[total, total]]);
  assert.deepEqual(stack.sql('SELECT DISTINCT tax_rate_ppm FROM invoice_line'), [['200000']]);
  const [[amount, kind]] = stack.sql("SELECT amount_minor, kind FROM operator_item WHERE closed_at IS NULL AND subject_kind = 'invoice'");
  assert.equal(kind, 'tax_differs');
  assert.ok(Number(amount) > 0);
  await seller.get(`${stack.site}/admin/`);
  assert.match(seller.html, /The VAT that was signed is no longer the law/);
  assert.equal((await stack.batch('verify')).code, 0);
});

test('two exempt activities: chosen on product and line, said to the customer, invoiced with both mentions', { timeout: 60000 }, async () => {
  const words = (html) => html.replace(/<[^>]*>/g, ' ').replace(/[\s\u00a0\u202f]+/g, ' ');
  await seller.get(`${stack.site}/admin/products/new`);
  assert.match(words(seller.html), /A country that has no rate of this kind takes its standard rate/);
  await seller.submit(/products\/new$/, { code: 'TRAIN', name: 'Training', tax: 'exempt_training', 'price.0.price': '100' });
  assert.deepEqual(stack.sql("SELECT tax_class FROM product WHERE code = 'TRAIN'"), [['exempt_training']]);
  await seller.get(`${stack.site}/admin/quotes/new`);
  await seller.submit(/quotes\/new$/, { customer: stack.value('SELECT number FROM customer ORDER BY id LIMIT 1'), template: '' });
  const quote = /quotes\/([^/]+)\/edit/.exec(seller.url)[1];
  const edit = async (fields, button = 'recalc') => {
    await seller.get(`${stack.site}/admin/quotes/${quote}/edit`);
    await seller.submit(/\/edit$/, fields, { button });
    assert.equal(seller.status, 200);
  };
  await edit({ acceptance: 'signature' }, 'add-once');
  await edit({ 'line.0.product': stack.value("SELECT id FROM product WHERE code = 'TRAIN'") }, 'add-once');
  assert.match(seller.html, /<option value="exempt_training" selected>/);
  await edit({ 'line.1.description': 'Policy', 'line.1.price': '50', 'line.1.tax': 'exempt_insurance' }, 'add-once');
  await edit({ 'line.2.description': 'Desk', 'line.2.price': '10', 'line.2.tax': 'zero' }, 'save'); // France has no such rate
  await seller.get(`${stack.site}/admin/quotes/${quote}/edit`);
  assert.match(words(seller.html), /Zero rate \(here: the standard rate\)/);
  await seller.get(`${stack.site}/admin/quotes/${quote}/send`);
  await seller.submit(/\/send$/, {});
  const visitor = new Visitor(stack.site);
  const mail = stack.value(`SELECT o.id FROM outbox o JOIN quote q ON q.id = o.quote_id WHERE q.number = '${quote}' AND o.template = 'quote_sent'`);
  await seller.get(`${stack.site}/admin/outbox/${mail}`);
  await visitor.get(/href="([^"]*\/l\/[^"]+)"/.exec(seller.html)[1]);
  for (const said of [/Exempt: education and vocational training/, /Exempt: insurance and its brokerage/]) assert.match(words(visitor.html), said);
  await visitor.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await visitor.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  const [[id, number]] = stack.sql('SELECT id, number FROM invoice ORDER BY id DESC LIMIT 1');
  assert.deepEqual(stack.sql(`SELECT tax_category, tax_rate_ppm, tax_reason, vatex, account FROM invoice_line WHERE invoice_id = ${id} ORDER BY position`), [
    ['E', '0', 'exempt_training', 'VATEX-EU-132-1I', '706'], ['E', '0', 'exempt_insurance', 'VATEX-EU-135-1', '706'], ['S', '220000', 'domestic', '', '706']]);
  assert.deepEqual(stack.sql(`SELECT tax_category, base_minor, tax_minor FROM invoice_tax WHERE invoice_id = ${id} ORDER BY tax_category`), [['E', '15000', '0'], ['S', '1000', '220']]);
  await seller.get(`${stack.site}/admin/invoices/${number}`);
  assert.match(words(seller.html), /education and training \(article 132\(1\)\(i\) of directive 2006\/112\/EC\); Exempt from VAT: insurance \(article 135\(1\)\(a\)/);
  await stack.settle();
  assert.equal((await stack.batch('verify', '--documents')).code, 0);
});

test('a rate of the past that documents were issued with is added only when the seller says so', { timeout: 60000 }, async () => {
  const other = await startStack({ batch: false, language: 'en' });
  try {
    await pay(await signed(other));
    await other.settle();
    const visitor = await signedIn(other);
    const had = other.value("SELECT COUNT(*) FROM tax_rate WHERE country = 'FR'");
    await visitor.get(`${other.site}/admin/taxes/rates/new`);
    assert.doesNotMatch(visitor.html, /name="confirmed"/);
    await visitor.submit(/rates\/new/, { country: 'FR', rate: '21', from: '2026-01-01', source: 'a law' });
    assert.equal(visitor.status, 422);
    assert.match(visitor.html, /One invoice was issued on these days/);
    assert.equal(other.value("SELECT COUNT(*) FROM tax_rate WHERE country = 'FR'"), had);
    await visitor.submit(/rates\/new/, { confirmed: true });
    assert.match(visitor.url, /\/rates\/FR/);
    assert.equal(Number(other.value("SELECT COUNT(*) FROM tax_rate WHERE country = 'FR'")), Number(had) + 1);
    assert.deepEqual(other.sql('SELECT DISTINCT tax_rate_ppm FROM invoice_line'), [['200000']]);
  } finally { await other.stop(); }
});

test('settings: fixed once an invoice was issued, kept by the company page', async () => {
  await seller.get(`${stack.site}/admin/taxes/settings`);
  assert.match(seller.html, /Fixed since the first invoice/);
  const form = seller.form(/taxes\/settings/);
  assert.ok(!form.fields.some(([name]) => name === 'prices'));
  const { url, body } = seller.fill(form, {});
  await seller.send('POST', url, `${body}&prices=with`); // who sends it all the same
  assert.equal(seller.status, 422);
  assert.match(errors().prices, /fixed/);
  await seller.get(`${stack.site}/admin/taxes/settings`);
  await seller.submit(/taxes\/settings/, { franchise: true, oss: true });
  assert.match(errors().oss, /one stop shop/);
  await seller.submit(/taxes\/settings/, { franchise: false, oss: true, vat_due: 'issue', recheck_days: '7' });
  const now = () => stack.sql('SELECT franchise, oss, prices_with_vat, vat_rounding, vat_due, vat_recheck_days FROM company_version ORDER BY id DESC LIMIT 1')[0];
  assert.deepEqual(now(), ['0', '1', '0', 'rate', 'issue', '7']);
  await seller.get(`${stack.site}/admin/settings/company`);
  await seller.submit(/settings\/company/, { phone: '01 02 03 04 05' });
  assert.equal(seller.status, 200);
  assert.deepEqual(now(), ['0', '1', '0', 'rate', 'issue', '7']);
  await seller.get(`${stack.site}/admin/taxes/distance`);
  assert.match(seller.html, /from the first sale on/);
});
