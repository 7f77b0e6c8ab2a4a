// Money that went back: refunds and disputes of the gateway against ours and the books, every cause by name; and a backup
// that does not know that a refund was made: it is not made again.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after as finish, before, beforeEach, test } from 'node:test';
import { batch as start, bringBack, keep, payUntilDone, run, startLife } from '../fault/life.mjs';
import { Visitor } from '../lib/visitor.mjs';

const EUR = 1000;
let stack, seller, key, intent;
const value = (text) => stack.value(text);
const batch = async (...args) => {
  const done = await start(stack, args);
  assert.ok([0, 1].includes(done.code), `${args}: ${done.code} ${done.err}`);
  return done;
};
const open = () => stack.sql('SELECT source, cause, IFNULL(ours_minor, 0), IFNULL(theirs_minor, 0) FROM money_difference WHERE resolved_at IS NULL ORDER BY source, cause, id').map((row) => row.join(' '));
const gone = () => Number(value('SELECT IFNULL(SUM(amount_minor), 0) FROM tacite_sandbox.money_back'));
const last = () => value('SELECT state FROM refund ORDER BY id DESC LIMIT 1');
const api = (path, body) => fetch(`${stack.sandbox}/v1/${path}`, { method: 'POST', headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/x-www-form-urlencoded' }, body });
const dump = () => execFileSync('mariadb-dump', ['--no-defaults', '-uroot', '-S', stack.database, '--single-transaction', '--triggers', '--hex-blob', '--add-drop-table', 'tacite_demo'], { maxBuffer: 1 << 30 });
const restore = (bytes) => execFileSync('mariadb', ['--no-defaults', '-uroot', '-S', stack.database, '--default-character-set=utf8mb4', 'tacite_demo'], { input: bytes });
// What the form commits, without its call; ordered some hours ago.
let n = 0;
function intend(hours = 0) {
  const own = `demo-back-${++n}`;
  const [[payment, invoice, customer, currency]] = stack.sql(`SELECT p.id, x.invoice_id, p.customer_id, p.currency
    FROM payment p JOIN attempt a ON a.id = p.attempt_id JOIN allocation x ON x.payment_id = p.id LIMIT 1`);
  stack.sql(`INSERT INTO refund (refund_key, kind, state, payment_id, invoice_id, customer_id, amount_minor, currency, reason, request_body, next_check_at, opened_on, actor, created_at)
    VALUES ('${own}', 'card', 'ready', ${payment}, ${invoice}, ${customer}, ${EUR}, '${currency}', 'Goodwill',
    'payment_intent=${intent}&amount=${EUR}&metadata%5Brefund%5D=${own}', UTC_TIMESTAMP(6), '${stack.today}', 'seller:1', UTC_TIMESTAMP(6) - INTERVAL ${hours} HOUR)`);
  return own;
}
async function aside() {
  for (const id of stack.sql('SELECT id FROM money_difference WHERE resolved_at IS NULL').flat()) {
    await seller.get(`${stack.site}/admin/reconciliation/${id}`);
    assert.equal(seller.status, 200);
    await seller.submit((form) => form.buttons.some((b) => b.value === 'aside'), {}, { button: 'aside' });
    assert.ok(seller.status < 400);
  }
}
async function verified() { const done = await batch('verify'); assert.equal(done.code, 0, done.out); }

before(async () => {
  stack = await startLife();
  await payUntilDone(stack);
  await run(stack);
  intent = value('SELECT intent_ref FROM attempt');
  [, key] = /gateway.key = (\S+)/.exec(readFileSync(`${stack.dir}/keys/gateway`, 'utf8'));
  await keep(stack, 'paid');
}, { timeout: 120000 });
beforeEach(async () => {
  await bringBack(stack, 'paid');
  seller = new Visitor(stack.site, { language: 'en' });
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
});
finish(() => stack?.stop());

test('what the gateway did without a word is learned and booked by itself', { timeout: 60000 }, async () => {
  const own = intend();
  // its answer never came, and nobody looks before tomorrow
  stack.sql("UPDATE refund SET state = 'unknown', first_sent_at = created_at, next_check_at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY");
  assert.equal((await api('refunds', `payment_intent=${intent}&amount=${EUR}&metadata[refund]=${own}`)).status, 200);
  await fetch(`${stack.sandbox}/sandbox/disputes`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ intent }) });
  assert.equal(value('SELECT COUNT(*) FROM dispute'), '0');
  await batch('reconcile');
  assert.equal(value('SELECT COUNT(*) FROM dispute WHERE out_on IS NOT NULL'), '1');
  assert.deepEqual([last(), open()], ['succeeded', []]);
  await verified();
});

test('every difference of a refund is told with its cause, and is gone when it is mended', { timeout: 120000 }, async () => {
  intend();
  await run(stack);
  assert.equal(last(), 'succeeded');
  assert.equal((await batch('reconcile')).code, 0);
  assert.deepEqual(open(), []);
  const set = (what) => stack.sql(`UPDATE tacite_sandbox.refund SET ${what}`);
  const waits = () => value("SELECT COUNT(*) FROM operator_item WHERE kind = 'money_differs' AND closed_at IS NULL");
  const says = async (what, ...wanted) => {
    await batch('reconcile');
    assert.deepEqual(open(), wanted, what);
    assert.equal(waits(), wanted.length > 0 ? '1' : '0', `${what}: among what awaits the seller`);
  };
  set('amount_minor = amount_minor - 1');
  await says('another sum', `refund amount ${EUR} ${EUR - 1}`);
  set("amount_minor = amount_minor + 1, currency = 'usd'");
  await says('another currency', `refund currency ${EUR} ${EUR}`);
  set("currency = 'eur'");
  await says('mended');
  // made at the gateway by hand: told, and nothing more is refunded until a person has looked
  assert.equal((await api('refunds', `payment_intent=${intent}&amount=700`)).status, 200);
  await says('by hand', 'refund missing_here 0 700');
  await seller.get(`${stack.site}/admin/payments/${value('SELECT id FROM attempt')}/refund`);
  assert.match(seller.html, /not resolved|pas résolu|pas encore|another|autre/i);
  await seller.get(`${stack.site}/admin/`);
  assert.match(seller.html, /Gateway, bank and books differ|Des écarts entre passerelle, banque et livres/);
  await aside();
  assert.equal(waits(), '0', 'dealt with');
  await says('looked at');
  // the same one twice
  stack.sql(`INSERT INTO tacite_sandbox.refund (ref, intent_ref, charge_ref, amount_minor, currency, status, metadata, own_key, created_at)
    SELECT 're_twice', intent_ref, charge_ref, amount_minor, currency, status, metadata, own_key, created_at FROM tacite_sandbox.refund WHERE own_key <> '' LIMIT 1`);
  await says('twice', `refund doubled ${EUR} ${EUR}`);
  stack.sql("DELETE FROM tacite_sandbox.refund WHERE ref = 're_twice'");
  await says('once');
  // booked by us, unknown to the gateway
  stack.sql("DELETE FROM tacite_sandbox.refund WHERE own_key <> ''");
  await says('unknown there', `refund missing_there ${EUR} 0`);
  await seller.get(`${stack.site}/admin/reconciliation`);
  assert.match(seller.html, /refund|rembours/i);
  await aside();
  await says('set aside');
});

test('a refund that waited a month before it was sent agrees from then on, and is missed when it is gone there', { timeout: 60000 }, async () => {
  intend(30 * 24);
  await run(stack);
  assert.equal(last(), 'succeeded');
  await batch('reconcile');
  assert.deepEqual(open(), []);
  stack.sql("DELETE FROM tacite_sandbox.refund WHERE own_key <> ''");
  await batch('reconcile');
  assert.deepEqual(open(), [`refund missing_there ${EUR} 0`]);
});

test('the journal against the refunds, and disputes against the gateway', { timeout: 120000 }, async () => {
  intend();
  await run(stack);
  await fetch(`${stack.sandbox}/sandbox/disputes`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ intent }) });
  await run(stack, 1);
  await batch('reconcile');
  assert.deepEqual(open(), []);
  const amount = Number(value('SELECT amount_minor FROM dispute'));
  stack.sql('UPDATE tacite_sandbox.dispute SET amount_minor = amount_minor - 5');
  await batch('reconcile');
  assert.deepEqual(open(), [`dispute amount ${amount} ${amount - 5}`]);
  stack.sql("UPDATE tacite_sandbox.dispute SET amount_minor = amount_minor + 5, created_at = created_at - INTERVAL 40 DAY");
  await batch('reconcile');
  assert.deepEqual(open(), [`dispute missing_there ${amount} 0`]);
  stack.sql('UPDATE tacite_sandbox.dispute SET created_at = created_at + INTERVAL 40 DAY');
  await batch('reconcile');
  assert.deepEqual(open(), []);
  const names = ['journal_item_no_update'];
  const create = names.map((name) => stack.sql(`SHOW CREATE TRIGGER ${name}`)[0][2]);
  stack.sql(`DROP TRIGGER ${names[0]}`);
  const item = value("SELECT CONCAT(j.entry_id, ' AND position = ', j.position) FROM journal_item j JOIN journal_entry e ON e.id = j.entry_id WHERE e.source_kind = 'refund' AND j.label = 'receipt'");
  stack.sql(`UPDATE journal_item SET credit_minor = credit_minor - 1 WHERE entry_id = ${item}`);
  await batch('reconcile');
  assert.deepEqual(open(), [`refund_books amount ${EUR - 1} ${EUR}`]);
  stack.sql(`UPDATE journal_item SET credit_minor = credit_minor + 1 WHERE entry_id = ${item}`);
  stack.sql(create[0].replace(/^CREATE DEFINER=\S+ /, 'CREATE '));
  await batch('reconcile');
  assert.deepEqual(open(), []);
  await verified();
});

test('a backup in which a refund still waits to be sent: it was sent since, and is not sent again', { timeout: 120000 }, async () => {
  await batch('run');
  intend(26);
  const backup = dump();
  await run(stack);
  assert.equal(last(), 'succeeded');
  assert.equal(gone(), EUR);
  restore(backup);
  stack.sql('DELETE FROM tacite_sandbox.idempotency'); // a day later the gateway has forgotten the key
  await batch('run');
  assert.notEqual(value('SELECT restored_at FROM house'), null);
  assert.notEqual(last(), 'ready');
  await batch('after-restore', '--done', '--bank-is-in');
  assert.equal(value('SELECT restored_at FROM house'), null);
  await run(stack);
  assert.equal(last(), 'succeeded');
  assert.equal(gone(), EUR, 'once');
  assert.equal(value("SELECT COUNT(*) FROM journal_entry WHERE source_kind = 'refund'"), '1');
  await batch('reconcile');
  assert.deepEqual(open(), []);
  await verified();
});

test('a backup in which it waits and that nobody ever sent: known to be absent, it has failed, and can be ordered anew', { timeout: 120000 }, async () => {
  await batch('run');
  intend(26);
  const backup = dump();
  stack.sql("UPDATE house SET run_count = run_count + 1"); // life went on
  await batch('reconcile');
  restore(backup);
  await batch('after-restore');
  assert.equal(last(), 'unknown');
  await batch('reconcile');
  const left = await batch('after-restore', '--done', '--bank-is-in');
  assert.equal(value('SELECT restored_at FROM house'), null, left.out);
  await run(stack);
  assert.equal(last(), 'failed');
  assert.equal(gone(), 0);
  await verified();
});

test('a backup that knows nothing of a refund: it is told, and no second one is made', { timeout: 120000 }, async () => {
  await batch('run');
  const backup = dump();
  intend();
  await run(stack);
  assert.equal(gone(), EUR);
  restore(backup);
  await batch('run');
  assert.deepEqual(open(), [`refund missing_here 0 ${EUR}`]);
  await batch('after-restore', '--done', '--bank-is-in');
  const page = `${stack.site}/admin/payments/${value('SELECT id FROM attempt')}/refund`;
  await seller.get(page);
  if (seller.html.includes('name="amount"')) await seller.submit(/\/refund$/, { amount: '10', reason: 'Goodwill', then: 'open' });
  await run(stack);
  assert.equal(gone(), EUR, 'once');
});
