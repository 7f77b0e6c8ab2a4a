// A change of a running subscription that is proposed as a quote: the seller's form, the draft, the mail, a customer without
// any login who sees before, after and the arithmetic, signs, and is invoiced what was shown; twice, in two tabs, after another
// change, at the period's end, declined, expired, and paid online.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, seller, number;
before(async () => {
  stack = await startStack({ batch: false, language: 'en' });
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
  const customer = new Visitor(stack.site);
  await customer.get(stack.link);
  await signAndPay(customer);
  number = stack.value('SELECT number FROM subscription');
  await clock(later(await today(), 9));
}, { timeout: 120000 });
after(() => stack?.stop());

const plain = (html) => html.replace(/<[^>]*>/g, ' ').replace(/&#39;/g, "'").replace(/&amp;/g, '&').replace(/&nbsp;|\u00a0|\u202f/g, ' ').replace(/\s+/g, ' ');
const later = (day, days) => new Date(Date.parse(day) + days * 86400000).toISOString().slice(0, 10);
const clock = async (day) => { assert.equal((await stack.batch('clock', '--to', day)).code, 0); await stack.settle(); };
const today = async () => (await stack.batch('clock')).out.trim();
const value = (sql) => stack.value(sql);
const count = (table) => Number(value(`SELECT COUNT(*) FROM ${table}`));
const confirming = (form) => form.method === 'POST' && /\/amend\/lines$/.test(form.action);
const minor = (text) => Number(plain(text).replace(/[^\d]/g, ''));
const dueToday = (html) => minor(/(?:Due today incl\. VAT|À payer aujourd’hui TTC)<\/dt>\s*<dd[^>]*>([^<]*)</.exec(html)[1]);

async function signAndPay(customer) {
  await customer.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await customer.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  await pay(customer);
}
async function pay(customer) {
  await customer.submit(/^\/pay\/[^/]+$/, {});
  assert.ok(customer.url.startsWith(stack.sandbox), plain(customer.html));
  await customer.submit((form) => form.fields.some(([name]) => name === 'number'), { number: '4242424242424242', expiry: '12/34', cvc: '123', name: 'C L' });
  await stack.settle();
}
const form = () => seller.get(`${stack.site}/admin/subscriptions/${number}/amend/lines`);
const quantity = () => Number(value('SELECT quantity_e4 / 10000 FROM subscription_line WHERE position = 1 AND until_on IS NULL'));

// The form of a change, shown with its card and proposed: the draft's number.
async function proposed(changes) {
  await form();
  await seller.submit((f) => f.method === 'GET' && f.buttons.some((b) => b.value === 'preview'), changes, { button: 'preview' });
  assert.equal(seller.status, 200, plain(seller.html));
  await seller.submit(confirming, {}, { button: 'propose' });
  assert.equal(seller.status, 200, plain(seller.html));
  assert.match(seller.url, /\/admin\/quotes\/[^/]+\/edit$/);
  return value("SELECT number FROM quote WHERE kind = 'upsell' ORDER BY id DESC LIMIT 1");
}

// Sent; whoever has the link of its mail.
async function sent(quote) {
  await seller.get(`${stack.site}/admin/quotes/${quote}/send`);
  await seller.submit(/\/send$/, {});
  assert.equal(seller.status, 200, plain(seller.html));
  await seller.get(`${stack.site}/admin/outbox/${value("SELECT id FROM outbox WHERE template = 'quote_sent' ORDER BY id DESC LIMIT 1")}`);
  const customer = new Visitor(stack.site);
  customer.mail = plain(seller.html);
  await customer.get(seller.html.match(/https?:\/\/[^"<\s]+\/l\/[\w-]+/)[0]);
  assert.equal(customer.status, 200);
  return customer;
}

async function clean() {
  const done = await stack.batch('verify');
  assert.equal(done.code, 0, done.out + done.err);
}

test('P09: what the customer sees without login is what is invoiced, to the cent, once', { timeout: 90000 }, async () => {
  const had = quantity();
  const invoices = count('invoice');
  await form();
  await seller.submit((f) => f.method === 'GET' && f.buttons.some((b) => b.value === 'preview'), { 'line.0.quantity': String(had + 3) }, { button: 'preview' });
  const { url, body } = seller.fill(seller.form(confirming), {}, { name: 'do', value: 'propose' });
  await seller.send('POST', url, body);
  assert.equal(seller.status, 303);
  await seller.send('POST', url, body);
  assert.equal(seller.status, 303, 'a double press makes one draft');
  assert.equal(value("SELECT COUNT(*) FROM quote WHERE kind = 'upsell'"), '1');
  assert.equal(quantity(), had);
  const quote = value("SELECT number FROM quote WHERE kind = 'upsell'");
  await seller.get(`${stack.site}/admin/subscriptions/${number}`);
  assert.ok(seller.html.includes(`/admin/quotes/${quote}`), 'the contract names the quote');
  await seller.get(`${stack.site}/admin/quotes/${quote}`);
  assert.ok(seller.html.includes(`/admin/subscriptions/${number}`), 'the quote names the contract');
  assert.match(plain(seller.html), /Change of a subscription/);
  assert.match(plain(seller.html), /days of/);
  await seller.get(`${stack.site}/admin/quotes`);
  assert.match(plain(seller.html), new RegExp(`Change of a subscription ${number}`));
  const customer = await sent(quote);
  assert.match(customer.mail, /change of your subscription|modification de votre abonnement/i);
  assert.ok(customer.mail.includes(number));
  assert.match(plain(customer.html), /days of|jours sur/);
  assert.match(plain(customer.html), /Before and after|Avant et après/);
  assert.doesNotMatch(plain(customer.html), /Monthly recurring revenue|Revenu mensuel/);
  const shown = dueToday(customer.html);
  assert.ok(shown > 0);
  const paper = await fetch(`${stack.site}/q/${quote}.pdf`, { headers: { cookie: customer.cookieHeader() } });
  const words = execFileSync('pdftotext', ['-layout', '-', '-'], { input: Buffer.from(await paper.arrayBuffer()), encoding: 'utf8' });
  assert.ok(words.includes(number), words);
  // a second tab, opened before the first one signs
  const other = new Visitor(stack.site);
  other.cookies = new Map([...customer.cookies].map(([origin, jar]) => [origin, new Map(jar)]));
  await other.get(`${stack.site}/q/${quote}/sign`);
  const late = other.fill(other.form(/\/sign$/), { name: 'Camille Lefèvre', consent: true });
  await customer.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  const signing = customer.fill(customer.form(/\/sign$/), { name: 'Camille Lefèvre', consent: true });
  await customer.send('POST', signing.url, signing.body);
  assert.equal(customer.status, 303);
  await customer.send('POST', signing.url, signing.body);
  assert.equal(customer.status, 303, 'pressed twice');
  await other.send('POST', late.url, late.body);
  assert.equal(other.status, 303, 'the other tab comes to the same end');
  await other.get(`${stack.site}/done/${quote}`);
  assert.equal(other.status, 200);
  assert.ok(other.html.includes(number));
  await stack.settle();
  assert.equal(count('invoice'), invoices + 1);
  assert.equal(Number(value("SELECT total_minor FROM invoice WHERE kind = 'invoice' ORDER BY id DESC LIMIT 1")), shown);
  assert.equal(quantity(), had + 3);
  await customer.get(`${stack.site}/q/${quote}`);
  assert.equal(dueToday(customer.html), shown, 'it goes on saying what was invoiced');
  assert.equal((await fetch(`${stack.site}/q/${quote}/signed.pdf`, { headers: { cookie: customer.cookieHeader() } })).status, 200);
  await seller.get(`${stack.site}/admin/subscriptions/${number}`);
  assert.match(plain(seller.html), new RegExp(`Change by quote ${quote}`));
  await clean();
});

test('the draft is edited: what the contract keeps is not asked for, a line that goes is told, wrong input stays', { timeout: 90000 }, async () => {
  const quote = await proposed({ 'line.0.quantity': '20' });
  const edit = seller.form(/\/edit$/);
  for (const name of ['plan', 'start', 'currency', 'template', 'deposit_percent', 'off_percent', 'notice', 'customer'])
    assert.ok(!edit.fields.some(([n]) => n === name), `${name} is not asked for`);
  await seller.submit(/\/edit$/, { 'line.0.quantity': '-2' }, { button: 'save' });
  assert.equal(seller.status, 422);
  assert.match(seller.html, /line-0-quantity-err/);
  await seller.submit(/\/edit$/, { 'line.0.quantity': '11', 'line.0.price': '9', valid: later(await today(), 5) }, { button: 'save' });
  assert.equal(seller.status, 200, plain(seller.html));
  const line = stack.sql(`SELECT l.quantity_e4, l.unit_price_e4, l.contract_line_id IS NOT NULL FROM quote_line l JOIN quote_version v ON v.id = l.version_id JOIN quote q ON q.id = v.quote_id WHERE q.number = '${quote}' ORDER BY l.position LIMIT 1`)[0];
  assert.deepEqual(line.map(Number), [110000, 90000, 1]);
  const forged = seller.fill((await seller.get(`${stack.site}/admin/quotes/${quote}/edit`)).form(/\/edit$/), { 'line.0.contract': '999999' }, { name: 'do', value: 'save' });
  await seller.send('POST', forged.url, forged.body);
  assert.equal(seller.status, 303);
  assert.equal(value('SELECT COUNT(*) FROM quote_line WHERE contract_line_id = 999999'), '0', 'a line of no contract of this quote begins anew');
  await seller.get(`${stack.site}/admin/quotes/${quote}/withdraw`);
  await seller.submit(/\/withdraw$/, {});
});

test('changed otherwise meanwhile: it cannot be signed, the customer can ask, the seller is told', { timeout: 90000 }, async () => {
  const quote = await proposed({ 'line.0.quantity': '30' });
  const customer = await sent(quote);
  await customer.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  const signing = customer.fill(customer.form(/\/sign$/), { name: 'Camille Lefèvre', consent: true });
  await form();
  await seller.submit((f) => f.method === 'GET' && f.buttons.some((b) => b.value === 'preview'), { 'line.0.quantity': '12' }, { button: 'preview' });
  await seller.submit(confirming, {});
  assert.equal(quantity(), 12);
  const invoices = count('invoice');
  await customer.send('POST', signing.url, signing.body);
  assert.equal(customer.status, 409);
  assert.match(plain(customer.html), /has changed since this quote was made|a changé depuis/);
  assert.equal(count('invoice'), invoices);
  assert.equal(quantity(), 12);
  assert.equal(value("SELECT COUNT(*) FROM operator_item WHERE kind = 'amendment_failed' AND closed_at IS NULL"), '1');
  await customer.get(`${stack.site}/q/${quote}`);
  assert.equal(customer.status, 200);
  assert.match(plain(customer.html), /cannot be accepted any more|ne peut plus être accepté/);
  assert.ok(!/value="sign"/.test(customer.html));
  await customer.submit(/\/ask$/, { text: 'A new one, please.' });
  assert.equal(customer.status, 200);
  await seller.get(`${stack.site}/admin/quotes/${quote}`);
  assert.match(plain(seller.html), /was changed otherwise/);
  stack.sql("UPDATE operator_item SET closed_at = UTC_TIMESTAMP(6) WHERE kind = 'amendment_failed'");
  await clean();
});

test("at the period's end nothing is charged now; declined and expired ones change nothing", { timeout: 90000 }, async () => {
  const invoices = count('invoice');
  const planned = await sent(await proposed({ 'line.0.quantity': '14', when: 'period_end' }));
  assert.match(plain(planned.html), /next period|prochaine période/);
  assert.equal(dueToday(planned.html), 0);
  await planned.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await planned.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  assert.equal(planned.status, 200);
  assert.equal(count('invoice'), invoices);
  assert.equal(value("SELECT state FROM amendment ORDER BY id DESC LIMIT 1"), 'planned');
  await seller.get(`${stack.site}/admin/subscriptions/${number}`);
  await seller.submit(/\/undo$/, {});
  const declined = await sent(await proposed({ 'line.0.quantity': '15' }));
  const quote = declined.url.match(/\/q\/([^/?]+)/)[1];
  await declined.get(`${stack.site}/q/${quote}/decline`);
  await declined.submit(/\/decline$/, { reason: 'Too many' });
  assert.equal(value(`SELECT state FROM quote WHERE number = '${quote}'`), 'declined');
  const late = await sent(await proposed({ 'line.0.quantity': '16' }));
  const expired = late.url.match(/\/q\/([^/?]+)/)[1];
  stack.sql(`UPDATE quote_version v JOIN quote q ON q.id = v.quote_id SET v.valid_until_on = DATE_SUB('${await today()}', INTERVAL 1 DAY) WHERE q.number = '${expired}'`);
  await new Promise((resolve) => { setTimeout(resolve, 0); });
  await late.get(`${stack.site}/q/${expired}/sign`);
  assert.equal(late.status, 409);
  assert.equal(quantity(), 12);
  await clean();
});

test('signed and paid online: the payment stands on the invoice of the change, for the day of the signature', { timeout: 90000 }, async () => {
  const quote = await proposed({ 'line.0.quantity': '18', 'add.0.product': '' });
  await seller.submit(/\/edit$/, { acceptance: 'signature_and_payment' }, { button: 'save' });
  assert.equal(seller.status, 200, plain(seller.html));
  const customer = await sent(quote);
  const shown = dueToday(customer.html);
  await customer.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await customer.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  assert.match(customer.url, /\/pay\//);
  assert.equal(quantity(), 12, 'nothing before it is paid');
  await clock(later(await today(), 1));
  await customer.get(`${stack.site}/pay/${quote}`);
  await pay(customer);
  assert.equal(quantity(), 18);
  const [total, paid] = stack.sql("SELECT i.total_minor, i.total_minor - r.open_minor FROM invoice i JOIN receivable r ON r.invoice_id = i.id WHERE i.kind = 'invoice' ORDER BY i.id DESC LIMIT 1")[0].map(Number);
  assert.equal(total, shown);
  assert.equal(paid, shown);
  assert.equal(value("SELECT COUNT(*) FROM operator_item WHERE kind IN ('amount_differs', 'signed_unpaid') AND closed_at IS NULL"), '0');
  await clean();
});

test('money that comes after the contract changed otherwise changes nothing and waits for a person', { timeout: 90000 }, async () => {
  const quote = await proposed({ 'line.0.quantity': '25' });
  await seller.submit(/\/edit$/, { acceptance: 'payment' }, { button: 'save' });
  const customer = await sent(quote);
  await customer.get(`${stack.site}/pay/${quote}`);
  await customer.submit(/^\/pay\/[^/]+$/, {});
  assert.ok(customer.url.startsWith(stack.sandbox), plain(customer.html));
  await form();
  await seller.submit((f) => f.method === 'GET' && f.buttons.some((b) => b.value === 'preview'), { 'line.0.quantity': '19' }, { button: 'preview' });
  await seller.submit(confirming, {});
  const invoices = count('invoice');
  await customer.submit((f) => f.fields.some(([name]) => name === 'number'), { number: '4242424242424242', expiry: '12/34', cvc: '123', name: 'C L' });
  await stack.settle();
  assert.equal(quantity(), 19);
  assert.equal(count('invoice'), invoices, 'nothing is invoiced');
  const items = stack.sql("SELECT kind FROM operator_item WHERE closed_at IS NULL AND kind IN ('amendment_failed', 'money_unexpected') ORDER BY kind").flat();
  assert.deepEqual(items, ['amendment_failed', 'money_unexpected'], 'the change and the money, each for a person');
  assert.equal(value(`SELECT state FROM quote WHERE number = '${quote}'`), 'sent', 'nothing is confirmed');
  await customer.get(`${stack.site}/q/${quote}`);
  assert.equal(customer.status, 200);
});
