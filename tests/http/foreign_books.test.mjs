// Documents in another currency in the books of a house of euros: a dollar invoice from its signature over two payments at
// other rates, a credit note and its refund to the renewal that an advance pays; yen and dinars; a deposit, a refund that
// leaves the debt and a lost dispute; the tax office's file against the ledger, closings, and that verify names a changed rate.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { saveFile, statement } from '../lib/bank.mjs';
import { readFec } from '../lib/fec.mjs';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, seller, start;
const plain = (html) => html.replace(/<[^>]*>/g, ' ').replace(/&#39;/g, "'").replace(/&amp;/g, '&').replace(/&nbsp;|\u00a0|\u202f/g, ' ').replace(/\s+/g, ' ');
const said = () => plain(seller.html);
const day = (on) => new Date(Date.parse(start) + on * 86400000).toISOString().slice(0, 10);
const product = (code) => stack.value(`SELECT id FROM product WHERE code = '${code}'`);
const last = (kind = 'invoice') => stack.sql(`SELECT id, number FROM invoice WHERE kind = '${kind}' ORDER BY id DESC LIMIT 1`)[0];
const rate = (currency, on, e6) => stack.sql(`INSERT INTO exchange_rate (base, currency, rate_on, rate_e6, source, entered_at, entered_by)
  VALUES ('EUR', '${currency}', '${day(on)}', ${e6}, 'ECB', NOW(6), 'test')`);
// Items of the newest entry of a kind: { account: [euros, foreign] }, debit positive.
const entry = (kind) => Object.fromEntries(stack.sql(`SELECT i.account, SUM(i.debit_minor - i.credit_minor), SUM(i.foreign_minor) FROM journal_item i
  WHERE i.entry_id = (SELECT id FROM journal_entry WHERE source_kind = '${kind}' ORDER BY id DESC LIMIT 1) GROUP BY 1 ORDER BY 1`)
  .map(([account, base, foreign]) => [account, [Number(base), Number(foreign)]]));
const entryOf = (kind, id) => Object.fromEntries(stack.sql(`SELECT i.account, SUM(i.debit_minor - i.credit_minor), SUM(i.foreign_minor) FROM journal_item i
  JOIN journal_entry e ON e.id = i.entry_id WHERE e.source_kind = '${kind}' AND e.source_id = ${id} GROUP BY 1`).map(([account, base, foreign]) => [account, [Number(base), Number(foreign)]]));
// What stands on an account of entries in a currency: [euros, foreign].
const standing = (account, currency) => stack.sql(`SELECT IFNULL(SUM(i.debit_minor - i.credit_minor), 0), IFNULL(SUM(i.foreign_minor), 0) FROM journal_item i
  JOIN journal_entry e ON e.id = i.entry_id WHERE i.account = '${account}' AND e.foreign_currency = '${currency}'`)[0].map(Number);
// What 411 must be of a currency: what is open of each document, converted by its own rate, less what stands of notes.
function claims(currency, digits) {
  const convert = (minor, e6) => {
    const [above, below] = [BigInt(minor < 0 ? -minor : minor) * 100n * 1000000n * 2n, BigInt(e6) * 10n ** BigInt(digits)];
    const whole = Number((above + below) / (2n * below));
    return minor < 0 ? -whole : whole;
  };
  let base = 0;
  let foreign = 0;
  for (const [minor, e6] of stack.sql(`SELECT r.open_minor, x.rate_e6 FROM receivable r JOIN invoice_exchange x ON x.invoice_id = r.invoice_id WHERE r.currency = '${currency}' UNION ALL
    SELECT -c.left_minor, x.rate_e6 FROM customer_credit c JOIN invoice_exchange x ON x.invoice_id = c.credit_note_id WHERE c.currency = '${currency}'`).map((row) => row.map(Number))) {
    base += convert(minor, e6);
    foreign += minor;
  }
  return [base, foreign];
}
const clock = async (on) => { assert.equal((await stack.batch('clock', '--to', day(on))).code, 0); await stack.settle(); };

async function verified() {
  const done = await stack.batch('verify');
  return { code: done.code, bad: done.out.split('\n').filter((line) => line.startsWith('bad')).join('\n') };
}
async function paid(number, amount, currency, ref, on) {
  const text = statement([{ amount, text: number, day: day(on), ref }], { id: ref }).replaceAll('"EUR"', `"${currency}"`).replaceAll('<Ccy>EUR', `<Ccy>${currency}`);
  const done = await stack.batch('bank-import', saveFile(stack, `${ref}.xml`, text));
  assert.equal(done.code, 0, done.out + done.err);
}
async function priceList(name, currency, prices) {
  await seller.get(`${stack.site}/admin/pricelists/new`);
  await seller.submit(/pricelists\/new$/, { name, scope: 'default', currency });
  const list = /pricelists\/(\d+)/.exec(seller.url)[1];
  for (const [code, plan, price] of prices) {
    await seller.get(`${stack.site}/admin/pricelists/${list}/prices/new`);
    await seller.submit(/prices\/new$/, { product: product(code), plan, from: '01/01/2020', price }, { button: 'save' });
    assert.equal(seller.status, 200, said());
  }
}
// A quote that is signed and paid later: its invoice.
async function sold(template, currency) {
  await seller.get(`${stack.site}/admin/quotes/new`);
  await seller.submit(/quotes\/new$/, { customer: stack.value('SELECT number FROM customer ORDER BY id LIMIT 1'), template, currency });
  const number = stack.value('SELECT number FROM quote ORDER BY id DESC LIMIT 1');
  await seller.submit(/\/edit$/, { acceptance: 'signature' }, { button: 'save' });
  await seller.get(`${stack.site}/admin/quotes/${number}/send`);
  await seller.submit(/\/send$/, {});
  await seller.get(`${stack.site}/admin/outbox/${stack.value("SELECT id FROM outbox WHERE template = 'quote_sent' ORDER BY id DESC LIMIT 1")}`);
  const customer = new Visitor(stack.site);
  await customer.get(seller.html.match(/https?:\/\/[^"<\s]+\/l\/[\w-]+/)[0]);
  await customer.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await customer.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  await stack.settle();
  return last();
}

before(async () => {
  stack = await startStack({ batch: false, language: 'en', workers: 2 });
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
  start = stack.value('SELECT IFNULL(test_clock_on, CURDATE()) FROM house');
  const month = stack.value("SELECT id FROM plan WHERE name = 'Mensuel'");
  rate('USD', 0, 1085000);
  rate('JPY', 0, 163060000);
  rate('KWD', 0, 334400);
  await priceList('Dollars', 'USD', [['ATELIER', month, '33'], ['BORNE', month, '27.5'], ['SUPPORT', month, '21'], ['MES', '', '400'], ['LECTEUR', '', '140']]);
  await priceList('Yen', 'JPY', [['MES', '', '50000'], ['LECTEUR', '', '20001']]);
  await priceList('Dinars', 'KWD', [['MES', '', '120.125'], ['LECTEUR', '', '42.255']]);
}, { timeout: 120000 });
after(() => stack?.stop());

test('a dollar invoice: paid in two parts at other rates, credited and paid back, renewed and paid by the advance', { timeout: 240000 }, async () => {
  const [id, number] = await sold(stack.value("SELECT id FROM quote_template WHERE name = 'Atelier connecté'"), 'USD');
  assert.deepEqual(stack.sql(`SELECT base, rate_e6, vat_base_minor, total_base_minor, sealed FROM invoice_exchange WHERE invoice_id = ${id}`), [['EUR', '1085000', '12103', '72619', '1']]);
  const issued = entry('invoice');
  assert.deepEqual(issued['411'], [72619, 78792]); // 787.92 at 1.0850
  assert.deepEqual(issued['44587'], [-12103, -13132]);
  assert.ok(standing('487', 'USD')[0] < 0, 'a part of the month is deferred');

  await clock(1);
  rate('USD', 1, 1100000);
  await paid(number, '300.00', 'USD', 'P1', 1);
  assert.deepEqual(entry('payment'), { 411: [-27649, -30000], 44571: [-4608, -5000], 44587: [4608, 5000], 512: [27273, 30000], 666: [376, 0] });
  await clock(2);
  rate('USD', 2, 1050000);
  await paid(number, '500.00', 'USD', 'P2', 2); // 12.08 above what is open
  assert.deepEqual(entry('payment'), { 411: [-44970, -48792], 4191: [-1150, -1208], 44571: [-7495, -8132], 44587: [7495, 8132], 512: [47619, 50000], 766: [-1499, 0] });
  for (const account of ['411', '44587']) assert.deepEqual(standing(account, 'USD'), [0, 0], account);
  assert.deepEqual(standing('44571', 'USD'), [-12103, -13132]);

  await seller.get(`${stack.site}/admin/invoices/${number}/credit`);
  await seller.submit(/\/credit$/, { scope: 'rest', reason: 'Withdrawn' }, { button: 'preview' });
  await seller.submit(/\/credit$/, {}, { button: 'issue' });
  const [note, noteNumber] = last('credit_note');
  assert.deepEqual(stack.sql(`SELECT rate_e6, vat_base_minor, total_base_minor FROM invoice_exchange WHERE invoice_id = ${note}`), [['1085000', '12103', '72619']]);
  assert.deepEqual(standing('44571', 'USD'), [0, 0]);
  assert.deepEqual(standing('487', 'USD'), [0, 0]);
  assert.deepEqual(standing('706', 'USD').map((n, i) => n + standing('707', 'USD')[i]), [0, 0]);
  assert.deepEqual(standing('411', 'USD'), [-72619, -78792]);
  await clock(3);
  rate('USD', 3, 1200000);
  await seller.get(`${stack.site}/admin/invoices/${noteNumber}/refund`);
  await seller.submit(/\/refund$/, { how: 'transfer', iban: 'fr76 3000 6000 0112 3456 7890 189', name: 'Camille Lefèvre' });
  await seller.submit(/\/refunds\/\d+$/, {}, { button: 'made' });
  assert.deepEqual(entry('refund'), { 411: [72619, 78792], 512: [-65660, -78792], 766: [-6959, 0] });
  assert.deepEqual(standing('411', 'USD'), [0, 0]);
  assert.deepEqual(await verified(), { code: 0, bad: '' });

  await clock(32); // the next month: 116.60 and VAT at 1.20, less the advance of 12.08 that stands at 11.50
  assert.deepEqual(entry('advance'), { 411: [-1007, -1208], 4191: [1150, 1208], 44571: [-168, -201], 44587: [168, 201], 766: [-143, 0] });
  assert.deepEqual(standing('4191', 'USD'), [0, 0]);
  const [renewal, renewed] = last();
  await paid(renewed, '127.84', 'USD', 'P3', 32);
  assert.equal(stack.value(`SELECT state FROM receivable WHERE invoice_id = ${renewal}`), 'paid');
  for (const account of ['411', '44587']) assert.deepEqual(standing(account, 'USD'), [0, 0], account);
  await clock(70);
  assert.equal(standing('487', 'USD')[1] === 0, standing('487', 'USD')[0] === 0);
  assert.equal(stack.value(`SELECT COUNT(*) FROM deferral d WHERE d.next_on IS NULL AND d.currency = 'USD' AND d.recognised_minor <> d.amount_minor`), '0');
  // what was released of the renewal is what was deferred of it, in euros too
  assert.equal(stack.value(`SELECT SUM(i.debit_minor) FROM journal_entry e JOIN deferral d ON d.id = e.source_id JOIN journal_item i ON i.entry_id = e.id
    WHERE e.source_kind = 'deferral' AND d.invoice_id = ${renewal} AND i.account = '487'`),
    stack.value(`SELECT SUM(i.credit_minor) FROM journal_entry e JOIN journal_item i ON i.entry_id = e.id WHERE e.source_kind = 'invoice' AND e.source_id = ${renewal} AND i.account = '487'`));
  assert.deepEqual(await verified(), { code: 0, bad: '' });
});

test('yen without decimals and dinars with three', { timeout: 120000 }, async () => {
  await seller.get(`${stack.site}/admin/templates/new`);
  await seller.submit(/templates\/new$/, { name: 'Once', validity: '30', acceptance: 'signature' }, { button: 'add-once' });
  await seller.submit(/templates\/new$/, { 'line.0.product': product('MES') }, { button: 'add-once' });
  await seller.submit(/templates\/new$/, { 'line.1.product': product('LECTEUR') }, { button: 'save' });
  const once = stack.value("SELECT id FROM quote_template WHERE name = 'Once'");
  rate('JPY', 70, 163060000);
  rate('KWD', 70, 334400);
  const [, yen] = await sold(once, 'JPY');
  assert.deepEqual(entry('invoice')['411'], [51515, 84001]); // 84,001 at 163.06
  const [, dinar] = await sold(once, 'KWD');
  assert.deepEqual(entry('invoice')['411'], [58270, 194856]); // 194.856 at 0.3344
  const paper = async (of) => {
    const answer = await fetch(`${stack.site}/admin/invoices/${of}.pdf`, { headers: { cookie: seller.cookieHeader() } });
    return execFileSync('pdftotext', ['-', '-'], { input: Buffer.from(await answer.arrayBuffer()), encoding: 'utf8' }).replace(/[\s\u00a0\u202f]+/g, ' ');
  };
  assert.match(await paper(yen), /Par carte avec le lien de notre e-mail, ou par virement sur FR76/); // accepted by signature alone
  assert.match(await paper(dinar), /Par virement sur FR76/);
  assert.doesNotMatch(await paper(dinar), /carte/); // cards are not charged in dinars
  rate('JPY', 70, 160000000);
  rate('KWD', 70, 330000);
  await paid(yen, '84001', 'JPY', 'J1', 70);
  assert.deepEqual(entry('payment')['766'], [-986, 0]); // 525.01 less 515.15
  await paid(dinar, '100.001', 'KWD', 'K1', 70);
  await paid(dinar, '94.855', 'KWD', 'K2', 70);
  for (const currency of ['JPY', 'KWD']) for (const account of ['411', '44587']) assert.deepEqual(standing(account, currency), [0, 0], `${currency} ${account}`);
  assert.deepEqual(await verified(), { code: 0, bad: '' });
});

test('a deposit at one rate, its invoice at another; a refund that leaves the debt; a lost dispute', { timeout: 240000 }, async () => {
  rate('USD', 70, 1000000);
  await seller.get(`${stack.site}/admin/quotes/new`);
  await seller.submit(/quotes\/new$/, { customer: stack.value('SELECT number FROM customer ORDER BY id LIMIT 1'), currency: 'USD',
    template: stack.value("SELECT id FROM quote_template WHERE name = 'Atelier connecté'") });
  const quote = stack.value('SELECT number FROM quote ORDER BY id DESC LIMIT 1');
  await seller.submit(/\/edit$/, { deposit_amount: '700', start: day(90), valid: day(89) }, { button: 'save' });
  await seller.get(`${stack.site}/admin/quotes/${quote}/send`);
  await seller.submit(/\/send$/, {});
  await seller.get(`${stack.site}/admin/outbox/${stack.value("SELECT id FROM outbox WHERE template = 'quote_sent' ORDER BY id DESC LIMIT 1")}`);
  const customer = new Visitor(stack.site);
  await customer.get(seller.html.match(/https?:\/\/[^"<\s]+\/l\/[\w-]+/)[0]);
  await customer.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await customer.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  await customer.submit(/^\/pay\/[^/]+$/, {});
  await customer.submit((form) => form.fields.some(([name]) => name === 'number'), { number: '4242424242424242', expiry: '12/34', cvc: '123', name: 'C L' });
  await stack.settle();
  const [deposit] = last('deposit');
  assert.deepEqual(entryOf('invoice', deposit), { 411: [70000, 70000], 4191: [-58333, -58333], 44587: [-11667, -11667] });
  assert.deepEqual(standing('4191', 'USD'), [-4333, -4333]); // what is due at once deducted 648.00 of it at the same rate
  await clock(89);
  rate('USD', 90, 1250000);
  await clock(90);
  const first = stack.value(`SELECT MAX(invoice_id) FROM deposit_use WHERE deposit_id = ${deposit}`);
  const sold = entryOf('invoice', first);
  assert.deepEqual(sold['4191'], [4333, 4333]); // as it stands
  assert.deepEqual(sold['766'], [-867, 0]);     // it is worth 34.66 that day
  assert.deepEqual(sold['411'], [7034, 8792]);  // 139.92 less 52.00
  assert.deepEqual(standing('4191', 'USD'), [0, 0]);
  assert.deepEqual(standing('411', 'USD'), claims('USD', 2));

  const [[attempt, intent, amount]] = stack.sql(`SELECT a.id, a.intent_ref, p.amount_minor FROM attempt a JOIN payment p ON p.attempt_id = a.id JOIN allocation x ON x.payment_id = p.id WHERE x.invoice_id = ${first}`);
  await clock(91);
  rate('USD', 91, 1100000);
  await seller.get(`${stack.site}/admin/payments/${attempt}/refund`);
  await seller.submit(/\/refund$/, { amount: '10', reason: 'Goodwill', then: 'open' });
  assert.equal(seller.status, 200, said());
  await stack.settle();
  assert.deepEqual(entry('refund')['511'], [-909, -1000]);
  assert.deepEqual(standing('411', 'USD'), claims('USD', 2));
  const act = (fields) => fetch(`${stack.sandbox}/sandbox/disputes`, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) });
  const other = stack.sql(`SELECT a.intent_ref, p.amount_minor FROM attempt a JOIN payment p ON p.attempt_id = a.id JOIN allocation x ON x.payment_id = p.id WHERE x.invoice_id = ${deposit}`)[0];
  assert.equal((await act({ intent: other[0] })).status, 303);
  await stack.settle();
  assert.deepEqual(standing('416', 'USD'), [63636, 70000]); // 700.00 at 1.10
  await clock(92);
  rate('USD', 92, 1500000);
  await act({ dispute: stack.value('SELECT ref FROM tacite_sandbox.dispute'), status: 'lost' });
  await stack.settle();
  const id = stack.value('SELECT id FROM dispute');
  await seller.get(`${stack.site}/admin/disputes/${id}`);
  await seller.submit(/\/disputes\//, { then: 'open' });
  assert.equal(seller.status, 422);
  assert.match(said(), /A deposit is not open again/);
  await seller.submit(/\/disputes\//, { then: 'bad' });
  assert.deepEqual(entryOf('dispute_lost', id), { 416: [-63636, -70000], 654: [63636, 70000] });
  assert.deepEqual(standing('416', 'USD'), [0, 0]);
  assert.deepEqual(standing('411', 'USD'), claims('USD', 2));
  // the renewal's payment by card is disputed too, and asked for again: the VAT waits as before
  await clock(122);
  const [[renewal, renewed]] = stack.sql(`SELECT a.intent_ref, x.invoice_id FROM attempt a JOIN payment p ON p.attempt_id = a.id JOIN allocation x ON x.payment_id = p.id
    WHERE p.currency = 'USD' ORDER BY p.id DESC LIMIT 1`);
  assert.notEqual(renewal, intent);
  assert.deepEqual(entryOf('invoice', renewed)['411'], [9328, 13992]); // at 1.50
  await act({ intent: renewal });
  await stack.settle();
  assert.deepEqual(standing('416', 'USD'), [9328, 13992]);
  rate('USD', 122, 2000000);
  await act({ dispute: stack.value('SELECT ref FROM tacite_sandbox.dispute ORDER BY id DESC LIMIT 1'), status: 'lost' });
  await stack.settle();
  await seller.get(`${stack.site}/admin/disputes/${stack.value('SELECT MAX(id) FROM dispute')}`);
  await seller.submit(/\/disputes\//, { then: 'open' });
  assert.equal(seller.status, 200, said());
  assert.deepEqual(entry('dispute_lost'), { 411: [9328, 13992], 416: [-9328, -13992], 44571: [1555, 2332], 44587: [-1555, -2332] });
  assert.deepEqual(standing('416', 'USD'), [0, 0]);
  assert.deepEqual(standing('411', 'USD'), claims('USD', 2));
  assert.ok(Number(amount) > 0);
  assert.deepEqual(await verified(), { code: 0, bad: '' });
});

test('a refund that fails and a dispute that is won, each day at its rate: nothing is left of either', { timeout: 240000 }, async () => {
  const act = (fields) => fetch(`${stack.sandbox}/sandbox/disputes`, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) });
  const before = { 511: standing('511', 'USD'), 416: standing('416', 'USD'), 44587: standing('44587', 'USD') };
  const moved = (account) => standing(account, 'USD').map((n, i) => n - (before[account]?.[i] ?? 0));
  await seller.get(`${stack.site}/admin/quotes/new`);
  await seller.submit(/quotes\/new$/, { customer: stack.value('SELECT number FROM customer ORDER BY id LIMIT 1'), currency: 'USD',
    template: stack.value("SELECT id FROM quote_template WHERE name = 'Once'") });
  const quote = stack.value('SELECT number FROM quote ORDER BY id DESC LIMIT 1');
  await seller.submit(/\/edit$/, { acceptance: 'signature_and_payment' }, { button: 'save' });
  await seller.get(`${stack.site}/admin/quotes/${quote}/send`);
  await seller.submit(/\/send$/, {});
  await seller.get(`${stack.site}/admin/outbox/${stack.value("SELECT id FROM outbox WHERE template = 'quote_sent' ORDER BY id DESC LIMIT 1")}`);
  const customer = new Visitor(stack.site);
  await customer.get(seller.html.match(/https?:\/\/[^"<\s]+\/l\/[\w-]+/)[0]);
  await customer.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await customer.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  await customer.submit(/^\/pay\/[^/]+$/, {});
  await customer.submit((form) => form.fields.some(([name]) => name === 'number'), { number: '4000000000005126', expiry: '12/34', cvc: '123', name: 'C L' });
  await stack.settle();
  const [id] = last();
  assert.deepEqual(entry('invoice')['411'], [32400, 64800]); // 648.00 at 2.00
  assert.deepEqual(moved('511'), [32400, 64800]);
  const [[attempt, intent]] = stack.sql(`SELECT a.id, a.intent_ref FROM attempt a JOIN payment p ON p.attempt_id = a.id JOIN allocation x ON x.payment_id = p.id WHERE x.invoice_id = ${id}`);
  const waiting = standing('44587', 'USD');

  await clock(123);
  rate('USD', 123, 1250000);
  await seller.get(`${stack.site}/admin/payments/${attempt}/refund`);
  await seller.submit(/\/refund$/, { amount: '100', reason: 'Goodwill', then: 'open' });
  assert.equal(seller.status, 200, said());
  assert.deepEqual(entry('refund'), { 411: [5000, 10000], 44571: [833, 1667], 44587: [-833, -1667], 511: [-8000, -10000], 666: [3000, 0] }); // 100.00 stood at 2.00, leaves at 1.25
  assert.deepEqual(standing('411', 'USD'), claims('USD', 2));
  await clock(124); // its bank takes it back: what it paid again is as before, the money comes at this day's rate
  rate('USD', 124, 1600000);
  await fetch(`${stack.sandbox}/sandbox/deliver?all=1`, { method: 'POST' });
  await stack.settle();
  assert.equal(stack.value('SELECT state FROM refund ORDER BY id DESC LIMIT 1'), 'failed');
  assert.deepEqual(entry('refund_failed'), { 411: [-5000, -10000], 44571: [-833, -1667], 44587: [833, 1667], 511: [6250, 10000], 766: [-1250, 0] });
  assert.deepEqual(moved('511'), [32400 - 8000 + 6250, 64800]);
  assert.deepEqual(standing('44587', 'USD'), waiting);
  assert.deepEqual(standing('411', 'USD'), claims('USD', 2));
  assert.equal(stack.value(`SELECT open_minor FROM receivable WHERE invoice_id = ${id}`), '0');
  assert.deepEqual(await verified(), { code: 0, bad: '' });

  assert.equal((await act({ intent })).status, 303);
  await stack.settle();
  assert.deepEqual(moved('416'), [40500, 64800]); // out at 1.60, the day's rate
  assert.deepEqual(moved('511'), [30650 - 40500, 0]);
  await clock(125);
  rate('USD', 125, 1000000);
  await act({ dispute: stack.value('SELECT ref FROM tacite_sandbox.dispute ORDER BY id DESC LIMIT 1'), status: 'won' });
  await stack.settle();
  assert.equal(stack.value('SELECT state FROM dispute ORDER BY id DESC LIMIT 1'), 'won');
  assert.deepEqual(moved('416'), [0, 0]);
  assert.equal(moved('511')[1], 64800);
  assert.deepEqual(standing('44587', 'USD'), waiting);
  assert.deepEqual(standing('411', 'USD'), claims('USD', 2));
  assert.deepEqual(await verified(), { code: 0, bad: '' });
});

test('the tax office\'s file says both currencies and is the ledger', { timeout: 60000 }, async () => {
  const pieces = [];
  for (const year of new Set([day(0).slice(0, 4), day(70).slice(0, 4)])) {
    const done = await stack.batch('fec', '--year', year, '--out', `${stack.dir}/fec.txt`);
    assert.equal(done.code, 0, done.out + done.err);
    const read = readFec(readFileSync(`${stack.dir}/fec.txt`), Number(year));
    assert.deepEqual(read.wrong, []);
    const moved = stack.sql(`SELECT i.account, SUM(i.debit_minor), SUM(i.credit_minor) FROM journal_item i JOIN journal_entry e ON e.id = i.entry_id
      WHERE YEAR(e.entry_on) = ${year} GROUP BY 1`);
    const own = new Map();
    for (const l of read.lines.filter((l) => l.JournalCode !== 'AN')) {
      const sum = own.get(l.CompteNum) ?? [0n, 0n];
      own.set(l.CompteNum, [sum[0] + l.debit, sum[1] + l.credit]);
    }
    for (const [account, debit, credit] of moved) assert.deepEqual(own.get(account) ?? [0n, 0n], [BigInt(debit), BigInt(credit)], account);
    for (const l of read.lines) assert.equal(l.Idevise === '', l.Montantdevise === '', `${l.PieceRef} ${l.EcritureLib}`);
    const foreign = read.lines.filter((l) => l.Idevise !== '');
    for (const l of foreign) assert.match(l.Montantdevise, { USD: /^-?\d+,\d\d$/, JPY: /^-?\d+$/, KWD: /^-?\d+,\d{3}$/ }[l.Idevise]);
    pieces.push(...foreign.filter((l) => l.JournalCode !== 'AN' && l.CompteNum === '411' && l.Idevise === 'USD').map((l) => [l.Debit, l.Credit, l.Montantdevise]));
  }
  assert.deepEqual(pieces.slice(0, 3), [['726,19', '0,00', '787,92'], ['0,00', '276,49', '-300,00'], ['0,00', '449,70', '-487,92']]);
});

test('the pages show the document\'s currency beside the books\'', { timeout: 60000 }, async () => {
  await seller.get(`${stack.site}/admin/journal/${stack.value("SELECT id FROM journal_entry WHERE source_kind = 'refund'")}`);
  assert.match(said(), /US\$787\.92/);
  assert.match(said(), /€726\.19/);
  assert.match(said(), /Exchange difference/);
  rate('JPY', 122, 163060000);
  const [, number] = await sold(stack.value("SELECT id FROM quote_template WHERE name = 'Once'"), 'JPY');
  await seller.get(`${stack.site}/admin/aged/${stack.value('SELECT number FROM customer ORDER BY id LIMIT 1')}`);
  const open = stack.value(`SELECT total_base_minor FROM invoice_exchange x JOIN invoice i ON i.id = x.invoice_id WHERE i.number = '${number}'`);
  assert.match(said(), new RegExp(`JP¥84,001|¥84,001`));
  assert.match(said(), new RegExp(`€${(open / 100).toFixed(2).replace('.', '\\.')}`));
  // what is owed by age is what stands on 411
  await seller.get(`${stack.site}/admin/aged.csv`);
  const total = seller.html.trim().split('\n').at(-1).split(/[;,](?=[^;,]*$)/).at(-1).replace(/[^\d]/g, '');
  assert.equal(total, stack.value("SELECT SUM(debit_minor - credit_minor) FROM journal_item WHERE account = '411'"));
});

test('closings have it all in euros', { timeout: 120000 }, async () => {
  await clock(160);
  const spans = [[0, 159], [-60, 20], [20, 45], [32, 32], [60, 160], [122, 122], [-400, -380]].map(([from, to]) => `${stack.site}/admin/balance.csv?from=${day(from)}&to=${day(to)}`);
  const balances = async () => { const files = []; for (const url of spans) { await seller.get(url); assert.equal(seller.status, 200); files.push(seller.html); } return files; };
  assert.equal(stack.value('SELECT COUNT(*) FROM closed_balance'), '0');
  const done = await stack.batch('closing');
  assert.equal(done.code, 0, done.out + done.err);
  assert.ok(Number(stack.value('SELECT COUNT(DISTINCT until_on) FROM closed_balance')) >= 3);
  const kept = await balances();
  const [[, , trigger]] = stack.sql('SHOW CREATE TRIGGER closed_balance_no_delete');
  stack.sql('DROP TRIGGER closed_balance_no_delete; CREATE TABLE kept_balance AS SELECT * FROM closed_balance; DELETE FROM closed_balance');
  const whole = await balances(); // from the entries alone
  stack.sql('INSERT INTO closed_balance SELECT * FROM kept_balance; DROP TABLE kept_balance');
  stack.sql(trigger);
  assert.deepEqual(kept, whole, 'what closed months kept gives the same balance');
  assert.ok(whole[0].split('\n').length > 8);
  const [[sequence, until, sales, debit]] = stack.sql("SELECT sequence, until_on, all_sales_minor, all_debit_minor FROM closing ORDER BY sequence DESC LIMIT 1");
  assert.equal(debit, stack.value(`SELECT SUM(debit_minor) FROM journal_item i JOIN journal_entry e ON e.id = i.entry_id WHERE e.entry_on < '${until}'`));
  const of = (labels) => stack.value(`SELECT -SUM(i.debit_minor - i.credit_minor) FROM journal_item i JOIN journal_entry e ON e.id = i.entry_id WHERE e.entry_on < '${until}' AND
    e.source_kind = 'invoice' AND i.label IN (${labels})`);
  assert.equal(stack.value(`SELECT SUM(all_tax_minor) FROM closing_tax WHERE sequence = ${sequence}`), of("'vat', 'vat_waiting'"));
  assert.equal(stack.value(`SELECT SUM(all_base_minor) FROM closing_tax WHERE sequence = ${sequence}`), of("'revenue', 'advance', 'deferred', 'exchange'"));
  assert.equal(sales, String(Number(of("'vat', 'vat_waiting'")) + Number(of("'revenue', 'advance', 'deferred', 'exchange'"))));
  assert.deepEqual(await verified(), { code: 0, bad: '' });
});

test('verify names a document whose rate or euros were changed', { timeout: 120000 }, async () => {
  const [[id, number]] = stack.sql("SELECT i.id, i.number FROM invoice i JOIN invoice_exchange x ON x.invoice_id = i.id WHERE i.kind = 'invoice' ORDER BY i.id LIMIT 1");
  const [[series, sequence, entryId]] = stack.sql(`SELECT series, sequence, id FROM journal_entry WHERE source_kind = 'invoice' AND source_id = ${id}`);
  for (const statement of [`UPDATE invoice_exchange SET rate_e6 = 1`, 'DELETE FROM invoice_exchange_tax', 'UPDATE invoice_exchange_tax SET tax_minor = 0'])
    assert.throws(() => stack.sql(statement), /never/);
  assert.throws(() => stack.sql(`INSERT INTO journal_item SELECT entry_id, position + 50, account, customer_id, debit_minor, credit_minor, label, 5, entry_items, entry_total_minor FROM journal_item
    WHERE entry_id = ${entryId} LIMIT 1`), /more items/);
  const tables = ['invoice_exchange', 'invoice_exchange_tax', 'journal_item'];
  for (const name of stack.sql(`SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = 'tacite_demo' AND event_object_table IN (${tables.map((t) => `'${t}'`)})`).flat())
    stack.sql(`DROP TRIGGER ${name}`);
  stack.sql(tables.map((t) => `CREATE TABLE kept_${t} AS SELECT * FROM ${t}`).join('; '));
  assert.throws(() => stack.sql('UPDATE closed_balance SET debit_minor = 0'), /never/);
  for (const [change, named] of [
    [`UPDATE invoice_exchange SET rate_e6 = rate_e6 + 1 WHERE invoice_id = ${id}`, number],
    [`UPDATE invoice_exchange SET rate_on = rate_on - INTERVAL 1 DAY WHERE invoice_id = ${id}`, number],
    [`UPDATE invoice_exchange SET source = 'me' WHERE invoice_id = ${id}`, number],
    [`UPDATE invoice_exchange SET vat_base_minor = vat_base_minor + 1 WHERE invoice_id = ${id}`, number],
    [`UPDATE invoice_exchange SET sealed = 0 WHERE invoice_id = ${id}`, number],
    [`UPDATE invoice_exchange_tax SET tax_minor = tax_minor + 1 WHERE invoice_id = ${id}`, number],
    [`DELETE FROM invoice_exchange_tax WHERE invoice_id = ${id}`, number],
    [`DELETE FROM invoice_exchange_tax WHERE invoice_id = ${id}; DELETE FROM invoice_exchange WHERE invoice_id = ${id}`, number],
    [`UPDATE journal_item SET foreign_minor = foreign_minor + IF(position = 1, 1, -1) WHERE entry_id = ${entryId} AND position <= 2`, `${series} entry ${sequence}`],
  ]) {
    stack.sql(`SET foreign_key_checks = 0; ${change}`);
    const found = await verified();
    stack.sql(`SET foreign_key_checks = 0; ${tables.map((t) => `DELETE FROM ${t}; INSERT INTO ${t} SELECT * FROM kept_${t}`).join('; ')}`);
    assert.equal(found.code, 1, change);
    assert.match(found.bad, new RegExp(`\\b${named}\\b`), `${change}: ${found.bad}`);
  }
  // an entry as it was booked before: in its own currency, sealed without another; only the file of its year is refused
  for (const name of stack.sql("SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = 'tacite_demo' AND event_object_table = 'journal_entry'").flat())
    stack.sql(`DROP TRIGGER ${name}`);
  assert.deepEqual(await verified(), { code: 0, bad: '' });
  stack.sql(`UPDATE journal_entry SET currency = 'USD', foreign_currency = NULL WHERE id = ${entryId}`);
  const refused = await stack.batch('fec', '--year', day(0).slice(0, 4), '--out', `${stack.dir}/none.txt`);
  assert.equal(refused.code, 1);
  assert.match(refused.err, new RegExp(`stands in another currency.*${number}`));
  if (day(70).slice(0, 4) !== day(0).slice(0, 4)) assert.equal((await stack.batch('fec', '--year', day(70).slice(0, 4), '--out', `${stack.dir}/next.txt`)).code, 0);
});
