// Stories of direct debit, told through pages and programs: S12 a debit that is asked back after seven weeks, S21 another
// account while a debit is under way; and the ends of mandates.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { saveFile, statement } from '../lib/bank.mjs';
import { seed } from '../lib/control.mjs';
import { readFec } from '../lib/fec.mjs';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

const first = 'DE89370400440532013000', second = 'NL91ABNA0417164300';
let stack, seller;

const later = (day, days) => new Date(Date.parse(day) + days * 864e5).toISOString().slice(0, 10);
const today = async () => (await stack.batch('clock')).out.trim();
const euro = (minor) => (Number(minor) / 100).toFixed(2);
const one = (sql) => stack.value(sql);

async function moveTo(day) {
  assert.equal((await stack.batch('clock', '--to', day)).code, 0);
}
async function run() {
  const done = await stack.batch('run');
  assert.ok([0, 1].includes(done.code), done.err);
}

before(async () => {
  stack = await startStack({ batch: false, language: 'en' });
  stack.sql("UPDATE debit_terms SET creditor_id = 'FR72ZZZ123456', notice_days = 5, lead_days = 1, cut_off_hour = 24");
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
}, { timeout: 120000 });
after(async () => { await stack?.stop(); });

// A customer with a subscription that is invoiced today, and their browser.
async function another() {
  seed(stack, { subscriptions: 1, quotes: 0, due: await today() });
  const [number, customerId, id] = stack.sql("SELECT number, customer_id, id FROM subscription WHERE number LIKE 'SB-%' ORDER BY id DESC LIMIT 1")[0];
  const token = String(id).padStart(43, 'M');
  stack.sql(`INSERT INTO link (kind, object_id, token_hash, created_at, expires_at) VALUES ('manage', ${customerId}, UNHEX(SHA2('${token}', 256)),
    UTC_TIMESTAMP(6) - INTERVAL 1 DAY, UTC_TIMESTAMP(6) + INTERVAL 1 DAY)`);
  const visitor = new Visitor(stack.site);
  await visitor.get(`${stack.site}/l/${token}`);
  return { number, id, visitor, page: `${stack.site}/my/subscriptions/${number}` };
}

async function mailedCode() {
  await seller.get(`${stack.site}/admin/outbox/${one("SELECT MAX(id) FROM outbox WHERE template = 'mandate_code'")}`);
  return /\b(\d{6}) (?:is the|est le) code/.exec(seller.html)[1];
}

async function sign(s, answers = {}) {
  await s.visitor.get(`${s.page}/mandate`);
  await s.visitor.submit(/mandate$/, { iban: first, name: 'Ada Morel', consent: '1', ...answers });
  assert.equal(s.visitor.status, 200, s.visitor.html.slice(0, 400));
  await s.visitor.submit(/mandate\/M-/, { code: await mailedCode() });
  assert.equal(s.visitor.status, 200);
  s.mandate = one(`SELECT reference FROM mandate WHERE subscription_id = ${s.id} ORDER BY payment_method_id DESC LIMIT 1`);
}

// What waits becomes a file; its text.
async function makeFile() {
  await seller.get(`${stack.site}/admin/collections`);
  await seller.submit(/collections/, {});
  assert.match(seller.html, /The file is made/);
  await seller.get(stack.site + /href="(\/admin\/collections\/\d+\.xml)"/.exec(seller.html)[1]);
  return seller.html;
}

// The newest collection of a subscription: end-to-end id, amount, day, invoice.
function collection(s) {
  const [key, amount, day, invoice] = stack.sql(`SELECT a.attempt_key, a.amount_minor, c.collect_on, i.number FROM collection c JOIN attempt a ON a.id = c.attempt_id
    JOIN invoice i ON i.id = c.invoice_id JOIN mandate m ON m.payment_method_id = c.payment_method_id WHERE m.subscription_id = ${s.id} ORDER BY a.id DESC LIMIT 1`)[0];
  return { key, amount, day, invoice };
}
const state = (c) => one(`SELECT state FROM attempt WHERE attempt_key = '${c.key}'`);
const open = (c) => one(`SELECT r.open_minor FROM receivable r JOIN invoice i ON i.id = r.invoice_id WHERE i.number = '${c.invoice}'`);

async function bankSays(name, entries) {
  const done = await stack.batch('bank-import', saveFile(stack, name, statement(entries, { id: name })));
  assert.ok([0, 1].includes(done.code), done.err);
  return done.out.trim().split('\t').map(Number);
}

test('S12: mandate, notice, file, settlement by the statement, then MD06 after seven weeks', { timeout: 120000 }, async () => {
  const s = await another();
  await sign(s);
  await run();
  const c = collection(s);
  const [[mail, params]] = stack.sql("SELECT id, params FROM outbox WHERE template = 'sepa_prenotice' ORDER BY id LIMIT 1");
  assert.match(params, new RegExp(s.mandate));
  await seller.get(`${stack.site}/admin/outbox/${mail}`);
  for (const part of [s.mandate, 'FR72ZZZ123456', '3000']) assert.ok(seller.html.includes(part), `the notice does not say ${part}`);
  const xml = await makeFile();
  for (const part of [c.key, first, `<MndtId>${s.mandate}</MndtId>`, '<SeqTp>RCUR</SeqTp>', '<Cd>CORE</Cd>']) assert.ok(xml.includes(part), part);
  assert.equal(state(c), 'pending');
  await moveTo(c.day);
  await bankSays('credit.xml', [{ amount: euro(c.amount), text: 'prelevement', day: c.day, ref: 'C1', id: c.key }]);
  assert.equal(state(c), 'succeeded');
  assert.equal(open(c), '0');
  await moveTo(later(c.day, 49));
  const back = { amount: euro(Number(c.amount) + 300), instructed: euro(c.amount), text: 'refund', day: later(c.day, 49), ref: 'R1', sign: 'DBIT', id: c.key, code: 'MD06' };
  assert.deepEqual(await bankSays('refund.xml', [back]), [1, 1, 0, 0]);
  assert.deepEqual(await bankSays('again.xml', [back]), [1, 0, 0, 0]);
  assert.equal(state(c), 'reversed');
  assert.equal(open(c), c.amount);
  assert.deepEqual(stack.sql("SELECT i.account, i.debit_minor, i.credit_minor FROM journal_item i JOIN journal_entry e ON e.id = i.entry_id WHERE e.source_kind = 'bank_fee' ORDER BY i.position"),
    [['627', '300', '0'], ['512', '0', '300']]);
  assert.equal(one(`SELECT k.state FROM dunning_case k JOIN invoice i ON i.id = k.invoice_id WHERE i.number = '${c.invoice}'`), 'open');
  assert.equal(one(`SELECT r.collect_on FROM receivable r JOIN invoice i ON i.id = r.invoice_id WHERE i.number = '${c.invoice}'`), null); // talk first
  assert.equal(one(`SELECT state FROM mandate WHERE reference = '${s.mandate}'`), 'active');
  assert.equal(one("SELECT COUNT(*) FROM outbox WHERE template = 'debit_returned'"), '1');
  await seller.get(`${stack.site}/admin/invoices/${c.invoice}`);
  for (const part of ['Direct debit returned: MD06', 'Paid', 'Unpaid: what the rule says begins']) assert.ok(seller.html.includes(part), part);
  assert.equal((await stack.batch('verify')).code, 0);
});

test('a notice that is refused for good: sent to another address, or the customer is told otherwise', { timeout: 120000 }, async () => {
  const said = [];
  for (const how of ['again', 'told']) {
    const s = await another();
    await sign(s);
    await run();
    const { invoice } = collection(s);
    const mail = one("SELECT MAX(id) FROM outbox WHERE template = 'sepa_prenotice'");
    const page = `${stack.site}/admin/outbox/${mail}`;
    await seller.get(page);
    assert.doesNotMatch(seller.html, /How is this debit announced/, 'it is still on its way');
    stack.sql(`UPDATE outbox SET state = 'dead', next_try_at = NULL, tries = 1, error = '550 nobody here' WHERE id = ${mail};
      INSERT INTO operator_item (kind, subject_kind, subject_id, currency, detail, opened_on, opened_at)
        VALUES ('notice_dead', 'outbox', ${mail}, '', '550 nobody here', '${await today()}', UTC_TIMESTAMP(6))`);
    await seller.get(`${stack.site}/admin/`);
    assert.match(seller.html, /A debit cannot be announced: it waits for you/);
    assert.ok(seller.html.includes(`/admin/outbox/${mail}`));
    await seller.get(page);
    await seller.submit(/outbox/, {});
    assert.equal(seller.status, 422);
    assert.match(seller.html, /Say how the customer is told/);
    await seller.submit(/outbox/, { how: 'again', email: 'not an address' });
    assert.equal(seller.status, 422);
    assert.match(seller.html, /value="not an address"/);
    await seller.submit(/outbox/, { how, email: 'payer@elsewhere.example' });
    assert.match(seller.html, how === 'again' ? /sent again by the next run/ : /The debit can leave/);
    assert.doesNotMatch(seller.html, /How is this debit announced/);
    said.push(...stack.sql(`SELECT state, to_address = 'payer@elsewhere.example', tries, sent_at IS NOT NULL FROM outbox WHERE id = ${mail}`));
    assert.equal(one(`SELECT COUNT(*) FROM operator_item WHERE kind = 'notice_dead' AND subject_id = ${mail} AND closed_at IS NULL`), '0');
    await seller.get(`${stack.site}/admin/invoices/${invoice}`);
    assert.match(seller.html, how === 'again' ? /announced again, to payer@elsewhere\.example/ : /told of the debit by letter or telephone/);
  }
  assert.deepEqual(said, [['waiting', '1', '0', '0'], ['told', '0', '1', '1']]);
  assert.equal((await stack.batch('verify')).code, 0);
});

test('S21: another account while a debit is under way: that one runs, the next tells the change, once', { timeout: 120000 }, async () => {
  const s = await another();
  await run();
  await sign(s, { use: 'open' }); // invoiced by now: what is open comes too
  const c = collection(s);
  assert.ok((await makeFile()).includes(c.key));
  await s.visitor.get(`${s.page}/mandate/${s.mandate}/account`);
  await s.visitor.submit(/account$/, { iban: first, name: 'Ada Morel', consent: '1' });
  assert.equal(s.visitor.status, 422);
  assert.match(s.visitor.html, /This is the account of the mandate already/);
  await s.visitor.submit(/account$/, { iban: second, name: 'Ada Morel', consent: '1' });
  assert.match(s.visitor.url, /account\/code$/);
  const code = await mailedCode();
  await s.visitor.submit(/account\/code$/, { code: code === '123456' ? '654321' : '123456' });
  assert.equal(s.visitor.status, 422);
  await s.visitor.submit(/account\/code$/, { code });
  assert.match(s.visitor.html, /Your mandate has another account now/);
  assert.match(s.visitor.html, /account DE89 … 3000 became NL91 … 4300/);
  await moveTo(c.day > await today() ? c.day : await today());
  await bankSays('runs.xml', [{ amount: euro(c.amount), text: 'prelevement', day: await today(), ref: 'S1', id: c.key }]);
  assert.equal(state(c), 'succeeded');
  for (const told of [true, false]) {
    await moveTo(later(await today(), 32));
    await run();
    const next = collection(s);
    const xml = await makeFile();
    const mine = xml.split('<DrctDbtTxInf>').filter((part) => part.includes(`<MndtId>${s.mandate}</MndtId>`));
    assert.ok(mine.some((part) => part.includes(next.key)));
    for (const part of mine) assert.ok(part.includes(second) && !part.includes(first));
    assert.equal(mine.filter((part) => part.includes('<Id>SMNDA</Id>')).length, told ? 1 : 0);
  }
  assert.equal((await stack.batch('verify')).code, 0);
});

test('two debits that the bank books as one, short of one: a person says which it did not pay', { timeout: 120000 }, async () => {
  const paid = await another(), refused = await another();
  await sign(paid);
  await sign(refused);
  await run();
  const [good, bad] = [collection(paid), collection(refused)];
  await makeFile();
  const batch = one(`SELECT batch_id FROM collection c JOIN attempt a ON a.id = c.attempt_id WHERE a.attempt_key = '${good.key}'`);
  const count = Number(one(`SELECT COUNT(*) FROM collection WHERE batch_id = '${batch}'`));
  const sum = Number(one(`SELECT SUM(a.amount_minor) FROM collection c JOIN attempt a ON a.id = c.attempt_id WHERE c.batch_id = '${batch}'`));
  await moveTo(good.day);
  assert.deepEqual(await bankSays('short.xml', [{ amount: euro(sum - Number(bad.amount)), day: good.day, ref: 'B1', batch, count }]), [1, 1, 0, 1]);
  assert.deepEqual([state(good), state(bad), open(good)], ['pending', 'pending', good.amount]);
  await seller.get(`${stack.site}/admin/`);
  assert.match(seller.html, /Another amount than was asked for by direct debit; asked/);
  const entry = stack.site + /href="(\/admin\/bank\/\d+)"/.exec(seller.html)[1];
  await seller.get(entry);
  for (const part of [good.invoice, bad.invoice, good.key, 'Not paid by the bank', euro(sum)]) assert.ok(seller.html.includes(part), part);
  assert.doesNotMatch(seller.html, /Which invoice does it pay/);
  await seller.submit((form) => form.fields.some(([name, value]) => name === 'debit' && value === one(`SELECT id FROM attempt WHERE attempt_key = '${bad.key}'`)), {}, { button: 'refused' });
  assert.equal(seller.status, 200);
  assert.deepEqual([state(good), state(bad), open(good), open(bad)], ['succeeded', 'declined', '0', bad.amount]);
  await seller.get(entry);
  assert.match(seller.url, /bank\?view=done/);
  await seller.get(`${stack.site}/admin/`);
  assert.doesNotMatch(seller.html, /Another amount than was asked/);
  assert.equal((await stack.batch('verify')).code, 0);
});

test('two debits that the bank books as one, short by a fee that no file told: a person says so, once, and never of more than a small share', { timeout: 120000 }, async () => {
  const [one1, one2] = [await another(), await another()];
  await sign(one1);
  await sign(one2);
  await run();
  const pair = [collection(one1), collection(one2)];
  await makeFile();
  const batch = one(`SELECT batch_id FROM collection c JOIN attempt a ON a.id = c.attempt_id WHERE a.attempt_key = '${pair[0].key}'`);
  const count = Number(one(`SELECT COUNT(*) FROM collection WHERE batch_id = '${batch}'`));
  const sum = Number(one(`SELECT SUM(a.amount_minor) FROM collection c JOIN attempt a ON a.id = c.attempt_id WHERE c.batch_id = '${batch}'`));
  const fees = () => Number(one("SELECT IFNULL(SUM(debit_minor - credit_minor), 0) FROM journal_item WHERE account = '627'"));
  const before = fees();
  await moveTo(pair[0].day);
  assert.deepEqual(await bankSays('fee.xml', [{ amount: euro(sum - 60), day: pair[0].day, ref: 'F1', batch, count }]), [1, 1, 0, 1]);
  await seller.get(`${stack.site}/admin/`);
  const entry = stack.site + /href="(\/admin\/bank\/\d+)"/.exec(seller.html)[1];
  await seller.get(entry);
  assert.match(seller.html, /Or did the bank keep a fee/);
  assert.match(seller.html, /Book .{0,8}0\.60.{0,8} as the bank/);
  const form = seller.form((f) => f.fields.some(([name]) => name === 'fee'));
  const { url, body } = seller.fill(form, {}, { name: 'do', value: 'fee' });
  await seller.send('POST', url, body.replace('fee=60', 'fee=6000')); // forged: more than is missing, and than a small share
  assert.equal(seller.status, 409);
  assert.match(seller.html, /no small fee/);
  assert.deepEqual(pair.map(state), ['pending', 'pending']);
  assert.equal(fees(), before);
  await seller.get(entry);
  const again = seller.fill(seller.form((f) => f.fields.some(([name]) => name === 'fee')), {}, { name: 'do', value: 'fee' });
  for (let press = 0; press < 2; press++) {
    await seller.send('POST', again.url, again.body);
    assert.equal(seller.status, 303, seller.html);
    assert.deepEqual(pair.map(state), ['succeeded', 'succeeded']);
    assert.deepEqual(pair.map(open), ['0', '0']);
    assert.equal(fees(), before + 60);
  }
  await seller.get(`${stack.site}/admin/bank?view=done`);
  assert.match(seller.html, /The bank kept .{0,8}0\.60/);
  await seller.get(`${stack.site}/admin/`);
  assert.doesNotMatch(seller.html, /Another amount than was asked/);
  assert.equal((await stack.batch('verify')).code, 0);
});

test('a mandate for one debit, its paper, and one that its customer revokes', { timeout: 120000 }, async () => {
  const s = await another();
  await run();
  await sign(s, { use: 'once' });
  assert.match(s.visitor.html, /what is open is debited once/);
  assert.ok((await makeFile()).includes('<SeqTp>OOFF</SeqTp>'));
  assert.equal(one(`SELECT state FROM mandate WHERE reference = '${s.mandate}'`), 'used');
  assert.equal((await stack.batch('render')).code, 0);
  await s.visitor.get(`${s.page}/mandate/${s.mandate}`);
  assert.doesNotMatch(s.visitor.html, /Revoke the mandate/);
  await s.visitor.get(`${s.page}/mandate/${s.mandate}.pdf`);
  assert.equal(s.visitor.status, 200);
  assert.match(s.visitor.html, /^%PDF-1/);
  await seller.get(`${stack.site}/admin/mandates/${s.mandate}.pdf`);
  assert.match(seller.html, /^%PDF-1/);
  await sign(s);
  await s.visitor.get(`${s.page}/mandate/${s.mandate}`);
  const revoking = s.visitor.fill(s.visitor.form(/revoke$/), {});
  for (let i = 0; i < 2; i++) { // a second press is led to where the first went
    await s.visitor.send('POST', revoking.url, revoking.body);
    assert.equal(s.visitor.status, 303);
    assert.match(s.visitor.location, /did=revoked$/);
  }
  await s.visitor.get(`${s.page}/mandate/${s.mandate}?did=revoked`);
  assert.match(s.visitor.html, /Your mandate is revoked/);
  assert.equal(one(`SELECT payment_method_id FROM subscription WHERE id = ${s.id}`), null);
  const stranger = (await another()).visitor;
  for (const path of ['', '.pdf', '/account', '/account/code']) {
    await stranger.get(`${s.page}/mandate/${s.mandate}${path}`);
    assert.notEqual(stranger.status, 200, path);
  }
});

test('between businesses: offered by the seller, collected when the bank is known to have it', { timeout: 120000 }, async () => {
  const s = await another();
  await run();
  const [[customer, version]] = stack.sql(`SELECT c.number, c.current_version_id FROM customer c JOIN subscription s ON s.customer_id = c.id WHERE s.id = ${s.id}`);
  stack.sql(`UPDATE customer_version SET is_company = 0 WHERE id = ${version}`);
  await seller.get(`${stack.site}/admin/customers/${customer}/debit`);
  assert.match(seller.html, /The customer is no business/);
  stack.sql(`UPDATE customer_version SET is_company = 1 WHERE id = ${version}`);
  await seller.get(`${stack.site}/admin/customers/${customer}/debit`);
  await seller.submit(/debit$/, { scheme: 'b2b' });
  assert.match(seller.html, /Saved/);
  await s.visitor.get(`${s.page}/mandate`);
  assert.match(s.visitor.html, /SEPA Business-to-Business Direct Debit Mandate/);
  assert.match(s.visitor.html, /not entitled to a refund/);
  await sign(s, { use: 'open' });
  await run();
  assert.equal(one(`SELECT COUNT(*) FROM collection c JOIN mandate m ON m.payment_method_id = c.payment_method_id WHERE m.subscription_id = ${s.id}`), '0');
  await seller.get(`${stack.site}/admin/mandates/${s.mandate}/confirm`);
  await seller.submit(/confirm$/, { on: '01/01/2020' });
  assert.equal(seller.status, 422);
  assert.match(seller.html, /A day from the signature to today/);
  await seller.get(`${stack.site}/admin/mandates/${s.mandate}/confirm`);
  await seller.submit(/confirm$/, {});
  assert.match(seller.html, /The confirmation is noted/);
  const xml = await makeFile();
  assert.match(xml, /<Cd>B2B<\/Cd>/);
  assert.ok(xml.includes(collection(s).key));
});

test('the tax office\'s file has a piece and its day for every kind of entry', { timeout: 60000 }, async () => {
  const kinds = stack.sql('SELECT DISTINCT source_kind FROM journal_entry').flat();
  for (const kind of ['invoice', 'payment', 'return', 'bank_fee', 'deferral']) assert.ok(kinds.includes(kind), kind);
  for (const [year] of stack.sql('SELECT DISTINCT YEAR(entry_on) FROM journal_entry')) {
    const done = await stack.batch('fec', '--year', year, '--out', `${stack.dir}/fec.txt`);
    assert.equal(done.code, 0, done.out + done.err);
    const read = readFec(readFileSync(`${stack.dir}/fec.txt`), Number(year));
    assert.deepEqual(read.wrong, []);
    const day = (text) => text.replaceAll('-', '');
    for (const [number, returned] of stack.sql(`SELECT e.sequence, z.returned_on FROM journal_entry e JOIN payment_return z ON z.payment_id = e.source_id WHERE e.source_kind = 'return' AND YEAR(e.entry_on) = ${year}`))
      for (const l of read.entries.get(number)) assert.deepEqual([l.PieceDate, /^INV-/.test(l.PieceRef)], [day(returned), true]);
    for (const [number, booked] of stack.sql(`SELECT e.sequence, b.booked_on FROM journal_entry e JOIN bank_entry b ON b.id = e.source_id WHERE e.source_kind = 'bank_fee' AND YEAR(e.entry_on) = ${year}`))
      for (const l of read.entries.get(number)) assert.deepEqual([l.PieceDate, l.PieceRef !== ''], [day(booked), true]);
  }
});
