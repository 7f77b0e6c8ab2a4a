// Deposits through the pages and the batch: wrong input at its field; story S01 of the product; a later start with the
// deposit waiting, deducted on the start day or given back when the subscription ends before; more than the first invoice.
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
  await seller.get(`${stack.site}/admin/settings/company`);
  await seller.submit(/\/company$/, { terms_days: '30' });
}, { timeout: 120000 });
after(() => stack?.stop());

const plain = (html) => html.replace(/<[^>]*>/g, ' ').replace(/&#39;/g, "'").replace(/&amp;/g, '&').replace(/&nbsp;|\u00a0|\u202f/g, ' ').replace(/\s+/g, ' ');
const errors = () => Object.fromEntries([...seller.html.matchAll(/<p class="ui-error" id="f-([^"]*)-err">([\s\S]*?)<\/p>/g)]
  .map(([, id, words]) => [id, plain(words).replace('Error:', '').trim()]));
const numbers = (text) => stack.sql(text).map((row) => row.map(Number));
const later = (day, days) => new Date(Date.parse(day) + days * 86400000).toISOString().slice(0, 10);
const clock = async (day) => { assert.equal((await stack.batch('clock', '--to', day)).code, 0); await stack.settle(); };
const today = async () => (await stack.batch('clock')).out.trim();
const balance = (account) => Number(stack.value(`SELECT IFNULL(SUM(debit_minor - credit_minor), 0) FROM journal_item WHERE account = '${account}'`));
const last = (kind = 'invoice') => stack.value(`SELECT id FROM invoice WHERE kind = '${kind}' ORDER BY id DESC LIMIT 1`);

async function clean() {
  const done = await stack.batch('verify');
  assert.equal(done.code, 0, done.out + done.err);
  assert.equal(stack.value('SELECT COUNT(*) FROM operator_item WHERE closed_at IS NULL'), '0');
}

// A quote from the template, opened in the editor.
async function drafted() {
  await seller.get(`${stack.site}/admin/quotes/new`);
  await seller.submit(/\/quotes\/new$/, { customer: stack.value('SELECT number FROM customer ORDER BY id LIMIT 1'),
    template: stack.value("SELECT template_id FROM quote_template_version WHERE acceptance = 'signature_and_payment' AND plan_id IS NOT NULL ORDER BY id LIMIT 1") });
  const number = stack.value('SELECT number FROM quote ORDER BY id DESC LIMIT 1');
  await seller.get(`${stack.site}/admin/quotes/${number}/edit`);
  return number;
}
const saved = async (changes) => { await seller.submit(/\/edit$/, changes, { button: 'save' }); assert.equal(seller.status, 200, plain(seller.html)); };

async function sent(number) {
  await seller.get(`${stack.site}/admin/quotes/${number}/send`);
  await seller.submit(/\/send$/, {});
  assert.equal(seller.status, 200);
  await seller.get(`${stack.site}/admin/outbox/${stack.value("SELECT id FROM outbox WHERE template = 'quote_sent' ORDER BY id DESC LIMIT 1")}`);
  const customer = new Visitor(stack.site);
  await customer.get(seller.html.match(/https?:\/\/[^"<\s]+\/l\/[\w-]+/)[0]);
  assert.equal(customer.status, 200);
  return customer;
}

async function signAndPay(customer, options = {}) {
  await customer.submit(/\/q\/[^/]+$/, options, { button: 'sign' });
  await customer.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  await customer.submit(/^\/pay\/[^/]+$/, {});
  assert.ok(customer.url.startsWith(stack.sandbox), plain(customer.html));
  await customer.submit((form) => form.fields.some(([name]) => name === 'number'), { number: '4242424242424242', expiry: '12/34', cvc: '123', name: 'C L' });
  await stack.settle();
}

test('what is no deposit is said at its field, with everything typed', { timeout: 60000 }, async () => {
  await drafted();
  for (const [changes, field, words] of [
    [{ deposit_percent: '0' }, 'deposit_percent', /from 0.01 to 100/],
    [{ deposit_percent: '-30' }, 'deposit_percent', /from 0.01 to 100/],
    [{ deposit_percent: '100.01' }, 'deposit_percent', /from 0.01 to 100/],
    [{ deposit_percent: '30.12345' }, 'deposit_percent', /at most 4 decimals/],
    [{ deposit_percent: 'a third' }, 'deposit_percent', /enter a number/],
    [{ deposit_amount: '0' }, 'deposit_amount', /from 0.01/],
    [{ deposit_amount: '-5' }, 'deposit_amount', /from 0.01/],
    [{ deposit_amount: '10.005' }, 'deposit_amount', /EUR has 2 decimals/],
    [{ deposit_amount: '10.0005' }, 'deposit_amount', /at most 3 decimals/],
    [{ deposit_amount: '99999999' }, 'deposit_amount', /above what the order costs/],
    [{ deposit_amount: '10', deposit_percent: '30' }, 'deposit_amount', /leave one of them empty/],
    [{ deposit_percent: '30', acceptance: 'signature' }, 'deposit_percent', /choose an acceptance with payment/],
  ]) {
    await seller.submit(/\/edit$/, { deposit_percent: '', deposit_amount: '', acceptance: 'signature_and_payment', ...changes }, { button: 'save' });
    assert.equal(seller.status, 422, JSON.stringify(changes));
    assert.match(errors()[field] ?? '', words, JSON.stringify({ changes, found: errors() }));
    for (const [name, value] of Object.entries(changes))
      assert.equal(seller.form(/\/edit$/).fields.find(([n]) => n === name)[1], value);
  }
  assert.equal(stack.value('SELECT COUNT(*) FROM quote_version WHERE deposit_ppm + deposit_minor > 0'), '0');
});

test('S01: quote from a template, an option added, 30 % paid at the signature, deducted on the first invoice', { timeout: 120000 }, async () => {
  const number = await drafted();
  await saved({ deposit_percent: '30' });
  const customer = await sent(number);
  const option = customer.form(/\/q\/[^/]+$/).fields.find(([name, value]) => /chosen|option/.test(name) && value === null)?.[0];
  assert.ok(option, JSON.stringify(customer.form(/\/q\/[^/]+$/).fields));
  assert.match(plain(customer.html), /Deposit of 30 ?% at the signature/);
  await signAndPay(customer, { [option]: true });
  assert.match(customer.url, /\/(done|pay)\//);
  const [[whole]] = numbers('SELECT total_minor FROM invoice WHERE kind = "invoice" ORDER BY id DESC LIMIT 1');
  const paid = Number(stack.value('SELECT amount_minor FROM payment ORDER BY id DESC LIMIT 1'));
  assert.equal(paid, Math.round(whole * 0.3));
  assert.equal(stack.value('SELECT COUNT(*) FROM subscription WHERE order_id = (SELECT MAX(id) FROM sales_order)'), '1');
  const [deposit, first] = [last('deposit'), last()];
  const [[a, b]] = numbers(`SELECT d.sequence, i.sequence FROM invoice d JOIN invoice i ON i.series = d.series WHERE d.id = ${deposit} AND i.id = ${first}`);
  assert.equal(b, a + 1);
  assert.deepEqual(stack.sql(`SELECT vat_due FROM invoice WHERE id = ${deposit}`), [['payment']]);
  // rate by rate: deposit and rest are the whole
  const [[taken, net, vat]] = numbers(`SELECT SUM(amount_minor), SUM(net_minor), SUM(vat_minor) FROM deposit_use WHERE invoice_id = ${first} AND deposit_id = ${deposit}`);
  assert.deepEqual(numbers(`SELECT total_minor, net_minor, vat_minor FROM invoice WHERE id = ${deposit}`), [[taken, net, vat]]);
  assert.equal(taken, paid);
  assert.deepEqual(numbers(`SELECT open_minor FROM receivable WHERE invoice_id = ${deposit}`), [[0]]);
  assert.deepEqual(numbers(`SELECT open_minor FROM receivable WHERE invoice_id = ${first}`), [[whole - paid]]);
  assert.equal(balance('4191'), 0);
  assert.equal(balance('44571'), -vat);
  await clean();
  // both are mailed, and both are documents
  assert.deepEqual(numbers(`SELECT invoice_id FROM outbox WHERE template = 'invoice_new' ORDER BY invoice_id DESC LIMIT 2`), [[Number(first)], [Number(deposit)]]);
  assert.equal(stack.value(`SELECT COUNT(*) FROM document WHERE kind = 'invoice' AND ref_id IN (${deposit}, ${first})`), '2');
  await customer.get(`${stack.site}/my`);
  const depositNumber = stack.value(`SELECT number FROM invoice WHERE id = ${deposit}`);
  assert.match(plain(customer.html), new RegExp(depositNumber));
  const firstNumber = stack.value(`SELECT number FROM invoice WHERE id = ${first}`);
  await seller.get(`${stack.site}/admin/invoices/${firstNumber}`);
  assert.match(plain(seller.html), new RegExp(`Deposit ${depositNumber} of .* To pay`));
  await seller.get(`${stack.site}/admin/invoices/${depositNumber}`);
  assert.match(plain(seller.html), new RegExp(`Deducted from ${firstNumber}`));
  // the stored card pays the rest on the day when it is due, once
  const due = stack.value(`SELECT collect_on FROM receivable WHERE invoice_id = ${first}`);
  assert.equal(due, stack.value(`SELECT due_on FROM invoice WHERE id = ${first}`));
  await clock(due);
  assert.deepEqual(numbers(`SELECT open_minor FROM receivable WHERE invoice_id = ${first}`), [[0]]);
  assert.equal(balance('4191'), 0);
  assert.equal(Number(stack.value(`SELECT SUM(amount_minor) FROM allocation WHERE invoice_id IN (${deposit}, ${first})`)), whole);
  await clean();
});

test('a later start: the deposit waits, the invoice of the start day deducts it', { timeout: 120000 }, async () => {
  const start = later(await today(), 20);
  const number = await drafted();
  await saved({ deposit_amount: '620', start, valid: later(start, -1) });
  await signAndPay(await sent(number));
  const deposit = last('deposit');
  const subscription = stack.value('SELECT MAX(id) FROM subscription');
  const before = numbers(`SELECT left_minor FROM deposit WHERE invoice_id = ${deposit}`)[0][0];
  assert.deepEqual(numbers(`SELECT total_minor FROM invoice WHERE id = ${deposit}`), [[62000]]);
  assert.equal(stack.value(`SELECT COUNT(*) FROM billing_period WHERE subscription_id = ${subscription}`), '0');
  assert.ok(before > 0);
  await clean();
  await clock(start);
  const first = stack.value(`SELECT invoice_id FROM billing_period WHERE subscription_id = ${subscription}`);
  assert.deepEqual(numbers(`SELECT SUM(amount_minor) FROM deposit_use WHERE invoice_id = ${first}`), [[before]]);
  assert.deepEqual(numbers(`SELECT left_minor FROM deposit WHERE invoice_id = ${deposit}`), [[0]]);
  assert.equal(balance('4191'), 0);
  await clean();
});

test('a subscription that ends before its start: what is left of the deposit is the customer\'s credit', { timeout: 120000 }, async () => {
  const start = later(await today(), 20);
  const number = await drafted();
  await saved({ deposit_percent: '90', start, valid: later(start, -1) });
  await signAndPay(await sent(number));
  const deposit = last('deposit');
  const left = Number(stack.value(`SELECT left_minor FROM deposit WHERE invoice_id = ${deposit}`));
  assert.ok(left > 0);
  const subscription = stack.value('SELECT number FROM subscription ORDER BY id DESC LIMIT 1');
  await seller.get(`${stack.site}/admin/subscriptions/${subscription}/end`);
  await seller.submit(/\/end$/, { last: later(start, -1), agreed: true });
  assert.equal(seller.status, 200, plain(seller.html));
  await clock(start);
  assert.equal(stack.value('SELECT state FROM subscription ORDER BY id DESC LIMIT 1'), 'ended', plain(seller.html));
  assert.deepEqual(numbers(`SELECT left_minor FROM deposit WHERE invoice_id = ${deposit}`), [[0]]);
  assert.deepEqual(numbers(`SELECT n.total_minor, c.left_minor FROM credit_note k JOIN invoice n ON n.id = k.invoice_id JOIN customer_credit c ON c.credit_note_id = n.id
    WHERE k.corrected_id = ${deposit}`), [[left, left]]);
  assert.equal(balance('4191'), 0);
  await clean();
});

test('closings: VAT by rate of each period is that of its documents less what they deduct, on the page and as CSV', { timeout: 120000 }, async () => {
  const [[base, tax]] = numbers(`SELECT SUM(IF(i.kind = 'credit_note', -1, 1) * t.base_minor) - (SELECT SUM(net_minor) FROM deposit_use),
    SUM(IF(i.kind = 'credit_note', -1, 1) * t.tax_minor) - (SELECT SUM(vat_minor) FROM deposit_use) FROM invoice i JOIN invoice_tax t ON t.invoice_id = i.id`);
  await clock(later(await today(), 1));
  assert.equal((await stack.batch('closing')).code, 0);
  const [[last]] = numbers("SELECT MAX(sequence) FROM closing WHERE kind = 'day'");
  assert.deepEqual(numbers(`SELECT SUM(all_base_minor), SUM(all_tax_minor) FROM closing_tax WHERE sequence = ${last}`), [[base, tax]]);
  assert.equal(-tax, balance('44571') + balance('44587'));
  assert.equal(stack.value('SELECT all_sales_minor FROM closing ORDER BY sequence DESC LIMIT 1'), String(base + tax));
  await clean();
  await seller.get(`${stack.site}/admin/closings`);
  assert.match(plain(seller.html), /VAT 20 ?% \(S\) on/);
  await seller.get(`${stack.site}/admin/closings.csv`);
  assert.match(seller.html, /VAT since the beginning/);
  assert.equal(seller.html.trim().split('\n').length, 1 + numbers('SELECT COUNT(*) FROM closing_tax')[0][0] +
    numbers('SELECT COUNT(*) FROM closing c WHERE NOT EXISTS (SELECT 1 FROM closing_tax t WHERE t.sequence = c.sequence)')[0][0]);
  // whoever changes a deduction is found
  stack.sql('DROP TRIGGER deposit_use_no_update; UPDATE deposit_use SET vat_minor = vat_minor + 1 LIMIT 1');
  const found = await stack.batch('verify');
  stack.sql('UPDATE deposit_use SET vat_minor = vat_minor - 1 LIMIT 1');
  assert.equal(found.code, 1);
  assert.match(found.out, /is not what was issued/);
  await clean();
});

test('the books of all of it: the tax office\'s file balances and names every document', async () => {
  const done = await stack.batch('fec', '--year', (await today()).slice(0, 4));
  assert.ok(done.code === 0 || done.code === 1, done.err);
  assert.equal(Number(stack.value('SELECT SUM(debit_minor - credit_minor) FROM journal_item')), 0);
  assert.equal(balance('4191'), 0);
  for (const [number] of stack.sql("SELECT number FROM invoice WHERE kind = 'deposit'"))
    assert.ok(Number(stack.value(`SELECT COUNT(*) FROM journal_entry WHERE reference = '${number}'`)) >= 2);
});
