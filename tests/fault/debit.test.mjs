// Crash points of direct debits and bank files by name (trust.md C21 to C26, B01): kill -9 exactly there, the same command
// again, and everything is as if nothing had happened.
import assert from 'node:assert/strict';
import { after as finish, before, test } from 'node:test';
import { saveFile, statement } from '../lib/bank.mjs';
import { again, pause, seed } from '../lib/control.mjs';
import { Visitor } from '../lib/visitor.mjs';
import { after, batch, bringBack, keep, payUntilDone, same, snapshot, sound, startLife } from './life.mjs';

let stack, seller;
const one = (sql) => stack.value(sql);
const euro = (minor) => (Number(minor) / 100).toFixed(2);
const DEBITS = 5;

// Subscriptions with signed mandates and invoices that were announced: what the portal does, by rows.
before(async () => {
  stack = await startLife({ others: 0 });
  await payUntilDone(stack);
  stack.sql("UPDATE debit_terms SET creditor_id = 'FR72ZZZ123456', notice_days = 5, lead_days = 1, cut_off_hour = 24");
  seed(stack, { subscriptions: DEBITS, quotes: 0, due: stack.today });
  const customer = new Visitor(stack.site);
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
  for (const [number, customerId, id] of stack.sql("SELECT number, customer_id, id FROM subscription WHERE number LIKE 'SB-%' ORDER BY id")) {
    const token = String(id).padStart(43, 'M');
    stack.sql(`INSERT INTO link (kind, object_id, token_hash, created_at, expires_at) VALUES ('manage', ${customerId}, UNHEX(SHA2('${token}', 256)),
      UTC_TIMESTAMP(6) - INTERVAL 1 DAY, UTC_TIMESTAMP(6) + INTERVAL 1 DAY)`);
    await customer.get(`${stack.site}/l/${token}`);
    await customer.get(`${stack.site}/my/subscriptions/${number}/mandate`);
    await customer.submit(/mandate$/, { iban: 'DE89370400440532013000', name: 'Ada Morel', consent: '1' });
    await seller.get(`${stack.site}/admin/outbox/${one("SELECT MAX(id) FROM outbox WHERE template = 'mandate_code'")}`);
    await customer.submit(/mandate\/M-/, { code: /\b(\d{6}) (?:is the|est le) code/.exec(seller.html)[1] });
  }
  assert.equal(one("SELECT COUNT(*) FROM mandate WHERE state = 'active'"), String(DEBITS));
  for (const piece of ['renew', 'collect', 'render', 'mail']) assert.equal((await batch(stack, [piece])).code, 0, piece);
  assert.equal(one('SELECT COUNT(*) FROM collection'), String(DEBITS));
  await keep(stack, 'announced');
  await press();
  await keep(stack, 'handed over');
}, { timeout: 180000 });
finish(() => stack?.stop());

const collections = () => stack.sql(`SELECT a.attempt_key, a.amount_minor, c.collect_on, i.number FROM collection c JOIN attempt a ON a.id = c.attempt_id
  JOIN invoice i ON i.id = c.invoice_id ORDER BY a.id`).map(([key, amount, day, invoice]) => ({ key, amount, day, invoice }));

async function workers(env = {}) {
  for (const name of ['pages', 'slow']) await again(stack, name, env, 'SIGKILL');
  for (let i = 0; i < 200 && (await fetch(`${stack.site}/admin/login`)).status !== 200; i++) await pause(100); // nginx asks again after a while
}

async function login() {
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
}
async function press() {
  await login();
  await seller.get(`${stack.site}/admin/collections`);
  await seller.submit(/collections/, {}).catch(() => {});
}
async function download() {
  await seller.get(`${stack.site}/admin/collections`);
  const hrefs = [...seller.html.matchAll(/href="(\/admin\/collections\/\d+\.xml)"/g)].map(([, href]) => href);
  assert.equal(hrefs.length, 1, 'one file');
  await seller.get(stack.site + hrefs[0]);
  return seller.html;
}

test('C21: killed between the file and what it holds: no file and nothing handed over, then one with everything', { timeout: 60000 }, async () => {
  await bringBack(stack, 'announced');
  await workers({ TACITE_CRASH_AT: 'C21' });
  await press();
  await workers();
  await pause(200);
  assert.equal(one('SELECT COUNT(*) FROM collection_file'), '0');
  assert.equal(one("SELECT COUNT(*) FROM attempt WHERE kind = 'sepa' AND state = 'ready'"), String(DEBITS));
  await press();
  assert.equal(one('SELECT COUNT(*) FROM collection_file'), '1');
  assert.equal(one("SELECT COUNT(*) FROM collection WHERE file_id IS NOT NULL"), String(DEBITS));
  await sound(stack);
});

test('C22: a file that nobody downloaded is offered again, the same bytes; none of it goes into another', { timeout: 60000 }, async () => {
  await bringBack(stack, 'handed over');
  await login();
  const bytes = await download();
  await workers();
  await login();
  assert.equal(await download(), bytes);
  for (const c of collections()) assert.ok(bytes.includes(`<EndToEndId>${c.key}</EndToEndId>`));
  await seller.get(`${stack.site}/admin/collections`);
  assert.doesNotMatch(seller.html, /action="\/admin\/collections"/); // nothing waits
  assert.throws(() => stack.sql('UPDATE collection SET file_id = NULL, batch_id = NULL, settles_on = NULL'), /one file/);
  assert.throws(() => stack.sql("UPDATE collection_file SET bytes = 'x'"), /never changed/);
  assert.throws(() => stack.sql(`INSERT INTO attempt (payable_id, number, attempt_key, kind, state, amount_minor, currency, request_path, request_body, created_at, tried_on)
    SELECT payable_id, number + 1, attempt_key, kind, 'declined', amount_minor, currency, '', '', created_at, tried_on FROM attempt LIMIT 1`), /Duplicate/);
});

// Downloaded, and then nobody knows.
test('C23: whether a file was sent is asked of a person; until then silence pays nothing and no other file takes it', { timeout: 60000 }, async () => {
  await bringBack(stack, 'handed over');
  await workers();
  await login();
  await download();
  await batch(stack, ['clock', '--to', one('SELECT MAX(settles_on) FROM collection')]);
  for (let i = 0; i < 2; i++) await batch(stack, ['settle']);
  assert.equal(one("SELECT COUNT(*) FROM attempt WHERE kind = 'sepa' AND state = 'pending'"), String(DEBITS));
  assert.equal(one("SELECT COUNT(*) FROM operator_item WHERE kind = 'file_unanswered' AND closed_at IS NULL"), '1');
  await press();
  assert.equal(one('SELECT COUNT(*) FROM collection_file'), '1');
  await seller.get(`${stack.site}/admin/`);
  const href = stack.site + /href="(\/admin\/collections\/\d+\/sent)"/.exec(seller.html)[1];
  await seller.get(href);
  await seller.submit(/sent$/, { answer: 'sent' });
  await batch(stack, ['settle']);
  assert.equal(one("SELECT COUNT(*) FROM attempt WHERE kind = 'sepa' AND state = 'succeeded'"), String(DEBITS));
  assert.equal(one("SELECT COUNT(*) FROM operator_item WHERE kind = 'file_unanswered' AND closed_at IS NULL"), '0');
  await sound(stack);
});

// A statement with a settled debit, one that came back, transfers that match and one that does not.
async function bankFile(name) {
  const [settled, returned, ...paid] = collections();
  await batch(stack, ['clock', '--to', settled.day]);
  return saveFile(stack, name, statement([
    { amount: euro(settled.amount), text: 'prelevement', day: settled.day, ref: 'K1', id: settled.key },
    { amount: euro(returned.amount), text: 'rejet', day: settled.day, ref: 'K2', id: returned.key, sign: 'DBIT', code: 'AM04' },
    ...paid.map((c, i) => ({ amount: euro(c.amount), text: `facture ${c.invoice}`, day: settled.day, ref: `K3${i}` })),
    { amount: '77.70', text: 'bonjour', day: settled.day, ref: 'K4', iban: 'NL91ABNA0417164300' },
  ], { id: name }));
}

for (const point of ['C24', 'C05', 'C05:2', 'C05:3', 'C15', 'C16', 'C25'])
  test(`${point} in a statement of the bank`, { timeout: 60000 }, async () => {
    const importing = async (kill) => {
      await bringBack(stack, 'handed over');
      const path = await bankFile('camt.xml');
      if (kill) assert.equal((await batch(stack, ['bank-import', path], { env: { TACITE_CRASH_AT: kill } })).signal, 'SIGKILL', `${kill} was never reached`);
      if (kill === 'C24') assert.equal(one('SELECT COUNT(*) FROM bank_entry'), '0'); // all of a statement or nothing
      if (kill === 'C25') assert.equal(one('SELECT COUNT(*) FROM dunning_case'), '0');
      for (let i = 0; i < 2; i++) await batch(stack, ['bank-import', path]);
      const third = await batch(stack, ['bank-import', path]);
      assert.equal(third.code, 0);
      assert.match(third.err, /taken in before|déjà/);
      await sound(stack);
      return snapshot(stack);
    };
    const wanted = await importing(null);
    assert.equal(one("SELECT COUNT(*) FROM attempt WHERE kind = 'sepa' AND state = 'declined'"), '1');
    assert.equal(one('SELECT COUNT(*) FROM dunning_case'), '1'); // with the return, or not at all
    assert.equal(one("SELECT COUNT(*) FROM bank_entry WHERE state = 'open'"), '1');
    await importing(point);
    same(stack, wanted, point);
  });

// All debits as one entry, 0.60 short. told: the bank says that this is its fee, else a person does.
async function shortBatch(name, told) {
  const [batchId, count, sum, day] = stack.sql(`SELECT c.batch_id, COUNT(*), SUM(a.amount_minor), MAX(c.collect_on) FROM collection c
    JOIN attempt a ON a.id = c.attempt_id GROUP BY c.batch_id`)[0];
  assert.equal(count, String(DEBITS), 'one batch');
  await batch(stack, ['clock', '--to', day]);
  return saveFile(stack, name, statement([{ amount: euro(sum - 60), day, ref: 'B1', batch: batchId, count, charges: told ? '0.60' : null }], { id: name }));
}
const fees = () => one("SELECT COUNT(*) FROM journal_item i JOIN journal_entry e ON e.id = i.entry_id WHERE e.source_kind = 'bank_fee' AND i.account = '627' AND i.debit_minor = 60");
const settled = () => one("SELECT COUNT(*) FROM attempt WHERE kind = 'sepa' AND state = 'succeeded'");
const booked = () => stack.sql("SELECT COUNT(*), SUM(total_minor) FROM journal_entry WHERE source_kind = 'payment' AND source_id IN (SELECT p.id FROM payment p JOIN attempt a ON a.id = p.attempt_id WHERE a.kind = 'sepa')")[0];

test('B01: killed between the settlement of a batch and its fee that the bank told: the same file again books both, once', { timeout: 60000 }, async () => {
  const importing = async (kill) => {
    await bringBack(stack, 'handed over');
    const path = await shortBatch('told.xml', true);
    if (kill) {
      assert.equal((await batch(stack, ['bank-import', path], { env: { TACITE_CRASH_AT: kill } })).signal, 'SIGKILL', `${kill} was never reached`);
      assert.deepEqual([settled(), fees(), one('SELECT COUNT(*) FROM bank_entry')], [String(DEBITS), '0', '0']);
    }
    for (let i = 0; i < 2; i++) await batch(stack, ['bank-import', path]);
    assert.deepEqual([settled(), fees()], [String(DEBITS), '1']);
    await sound(stack);
    return [snapshot(stack), booked()];
  };
  const [wanted, payments] = await importing(null);
  const [, again] = await importing('B01');
  assert.deepEqual(again, payments);
  same(stack, wanted, 'B01');
});

test('B01: killed between the settlement of a batch and its fee that a person books: the next press books the fee, once', { timeout: 60000 }, async () => {
  const press = async () => {
    await login();
    await seller.get(`${stack.site}/admin/bank/${one('SELECT MAX(id) FROM bank_entry')}`);
    const form = seller.form((f) => f.fields.some(([name]) => name === 'fee'));
    const { url, body } = seller.fill(form, {}, { name: 'do', value: 'fee' });
    const send = () => seller.send('POST', url, body);
    await send().catch(() => {});
    return send;
  };
  const importing = async (kill) => {
    await bringBack(stack, 'handed over');
    await workers();
    assert.equal((await batch(stack, ['bank-import', await shortBatch('short.xml', false)])).code, 1); // somebody is to look at it
    assert.deepEqual([settled(), fees()], ['0', '0']);
    if (kill) {
      await workers({ TACITE_CRASH_AT: kill });
      await press();
      await workers();
      assert.deepEqual([settled(), fees(), one('SELECT state FROM bank_entry')], [String(DEBITS), '0', 'open']);
    }
    await batch(stack, ['settle']); // what a run in between does: nothing of the fee
    const pressAgain = await press();
    assert.equal(seller.status, 303, seller.html);
    await pressAgain(); // the same form once more
    assert.equal(seller.status, 303, seller.html);
    assert.deepEqual([settled(), fees(), one('SELECT CONCAT(state, kept_minor) FROM bank_entry')], [String(DEBITS), '1', 'aside60']);
    await sound(stack);
    return [snapshot(stack), booked()];
  };
  const [wanted, payments] = await importing(null);
  const [, again] = await importing('B01');
  assert.deepEqual(again, payments);
  same(stack, wanted, 'B01');
});

test('C26: the batch did not run for 1, 3, 20 days: the notice is never shorter than agreed', { timeout: 120000 }, async () => {
  for (const days of [1, 3, 20]) {
    await bringBack(stack, 'handed over');
    for (const [noticed, collected] of stack.sql('SELECT noticed_on, collect_on FROM collection'))
      assert.ok(Date.parse(collected) - Date.parse(noticed) >= 5 * 864e5, `${noticed} to ${collected}`);
    const to = after(one("SELECT MAX(due_on) FROM subscription WHERE number LIKE 'SB-%'"), days);
    await batch(stack, ['clock', '--to', to]);
    for (const piece of ['renew', 'collect']) await batch(stack, [piece]);
    const fresh = stack.sql('SELECT c.noticed_on, c.collect_on FROM collection c WHERE c.file_id IS NULL');
    assert.equal(fresh.length, DEBITS);
    for (const [noticed, collected] of fresh) {
      assert.equal(noticed, to);
      assert.ok(Date.parse(collected) - Date.parse(noticed) >= 5 * 864e5, `${days} days late: ${noticed} to ${collected}`);
    }
    assert.equal(one("SELECT COUNT(*) FROM outbox WHERE template = 'sepa_prenotice'"), String(2 * DEBITS));
  }
});
