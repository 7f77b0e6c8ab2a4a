// Reconciliation, and the restore drill: a backup, a month of life, the old backup again. No double charge, no number
// given twice, every payment that the database lost is told, then everything goes on.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { batchThatStops, begin, end } from '../lib/control.mjs';
import { saveFile, statement } from '../lib/bank.mjs';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack;
const visitor = () => new Visitor(stack.site);
const later = (day, days) => new Date(Date.parse(day) + days * 864e5).toISOString().slice(0, 10);
const today = () => stack.value('SELECT IFNULL(test_clock_on, CURRENT_DATE) FROM house');
const ledger = async () => (await (await fetch(`${stack.sandbox}/sandbox/ledger.tsv`)).text()).trim().split('\n').slice(1);
const open = () => stack.sql('SELECT source, cause, IFNULL(ours_minor, 0), IFNULL(theirs_minor, 0) FROM money_difference WHERE resolved_at IS NULL ORDER BY source, cause, id');
const batch = async (...args) => {
  const done = await stack.batch(...args);
  assert.ok([0, 1].includes(done.code), `${args}: ${done.code} ${done.err}`);
  return done;
};
const verified = async () => { const done = await stack.batch('verify'); assert.equal(done.code, 0, done.out); };
let seller;

before(async () => {
  stack = await startStack({ batch: false });
  const customer = visitor();
  await customer.get(stack.link);
  await customer.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await customer.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  await customer.get(`${stack.site}/pay/${stack.value("SELECT number FROM quote WHERE state = 'signed'")}`);
  await customer.submit(/^\/pay\/[^/]+$/, {});
  await customer.submit((form) => form.fields.some(([name]) => name === 'number'), { number: '4242424242424242', expiry: '12/34', cvc: '123', name: 'C L' });
  await stack.settle();
  seller = visitor();
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
});
after(() => stack?.stop());

test('books, gateway and bank say the same; asked once a day, and whenever it is named', { timeout: 60000 }, async () => {
  assert.equal((await batch('reconcile')).code, 0);
  assert.deepEqual(open(), []);
  const at = stack.value('SELECT reconciled_at FROM house');
  await batch('run');
  assert.equal(stack.value('SELECT reconciled_at FROM house'), at, 'again on the same day');
  await seller.get(`${stack.site}/admin/reconciliation`);
  assert.match(seller.html, /say the same|disent la même chose/);
});

// One batch stands still between two of its pieces, with what it has read of the house; another runs and counts meanwhile.
test('X03 a batch that another one overtakes does not take its count for a restored backup', { timeout: 60000 }, async () => {
  const slow = batchThatStops(stack, ['run'], 'C02', 4);
  await slow.stopped;
  await batch('run');
  slow.go();
  const done = await slow.done;
  assert.ok([0, 1].includes(done.code), done.err);
  assert.doesNotMatch(done.err, /database.restored/);
  assert.equal(stack.value('SELECT restored_at FROM house'), null);
});

test('each difference is told with its cause, and is gone when it is mended', { timeout: 120000 }, async () => {
  const sandbox = (text) => stack.sql(text);
  // a payment of nobody that we know: made at the gateway by hand
  sandbox(`INSERT INTO tacite_sandbox.intent (ref, status, amount_minor, received_minor, currency, metadata, description, created_at)
    VALUES ('pi_by_hand', 'succeeded', 4200, 4200, 'eur', '{}', 'by hand', UTC_TIMESTAMP(6))`);
  // the gateway says another sum, and another currency, than we booked
  const attempt = stack.sql("SELECT a.attempt_key, a.intent_ref, a.amount_minor FROM attempt a WHERE a.state = 'succeeded'")[0];
  const set = (what) => sandbox(`UPDATE tacite_sandbox.intent SET ${what} WHERE ref = '${attempt[1]}'`);
  set('received_minor = received_minor - 1');
  assert.equal((await batch('reconcile')).code, 1);
  assert.deepEqual(open(), [['charge', 'missing_here', '0', '4200'], ['charge', 'amount', attempt[2], String(attempt[2] - 1)]]);
  set("received_minor = received_minor + 1, currency = 'usd'");
  await batch('reconcile');
  assert.deepEqual(open().map((row) => row[1]), ['missing_here', 'currency']);
  set("currency = 'eur', received_minor = 0");
  await batch('reconcile');
  assert.deepEqual(open().map((row) => row[1]), ['missing_here', 'missing_there']);
  set(`received_minor = ${attempt[2]}`);
  // the same attempt twice
  sandbox(`INSERT INTO tacite_sandbox.intent (ref, status, amount_minor, received_minor, currency, metadata, attempt, created_at)
    VALUES ('pi_twice', 'succeeded', 100, 100, 'eur', '{"attempt":"${attempt[0]}"}', '${attempt[0]}', UTC_TIMESTAMP(6))`);
  await batch('reconcile');
  assert.deepEqual(open().map((row) => row[1]), ['missing_here', 'doubled']);
  sandbox("UPDATE tacite_sandbox.intent SET received_minor = 0 WHERE ref = 'pi_twice'");
  // money on the account that fits nothing
  const day = today();
  await batch('bank-import', saveFile(stack, 'unknown.xml', statement([{ amount: '77.70', text: 'merci', day, ref: 'Q1' }])));
  await batch('reconcile');
  assert.deepEqual(open().map((row) => row.slice(0, 2)), [['bank', 'missing_here'], ['charge', 'missing_here']]);
  // what is gone stays in the history; a person sets the rest aside, and is not told again
  assert.equal(stack.value("SELECT COUNT(*) FROM money_difference WHERE resolution = 'gone'"), '4');
  for (const id of stack.sql('SELECT id FROM money_difference WHERE resolved_at IS NULL').flat()) {
    await seller.get(`${stack.site}/admin/reconciliation/${id}`);
    await seller.submit((form) => form.buttons.some((b) => b.value === 'aside') && !form.fields.some(([name]) => name === 'invoice'), {}, { button: 'aside' });
  }
  assert.equal((await batch('reconcile')).code, 0);
  assert.deepEqual(open(), []);
  assert.throws(() => stack.sql("UPDATE money_difference SET note = 'x' LIMIT 1"));
  assert.throws(() => stack.sql('DELETE FROM money_difference'));
});

test('a gateway that does not tell everything: nothing counts as compared', { timeout: 60000 }, async () => {
  await end(stack, 'sandbox');
  const at = stack.value('SELECT reconciled_at FROM house');
  const done = await stack.batch('reconcile');
  assert.equal(done.code, 75, done.err);
  assert.equal(stack.value('SELECT reconciled_at FROM house'), at);
  await begin(stack, 'sandbox');
});

test('the restore drill', { timeout: 240000 }, async () => {
  const dump = () => execFileSync('mariadb-dump', ['--no-defaults', '-uroot', '-S', stack.database, '--single-transaction', '--triggers', '--hex-blob', '--add-drop-table', 'tacite_demo'],
    { maxBuffer: 1 << 30 });
  const restore = (bytes) => execFileSync('mariadb', ['--no-defaults', '-uroot', '-S', stack.database, '--default-character-set=utf8mb4', 'tacite_demo'], { input: bytes });
  const number = () => stack.value("SELECT MAX(number) FROM invoice WHERE kind = 'invoice'");
  await batch('run');
  const backup = dump();
  const before_ = number();

  // a month goes on: the renewal is billed and charged
  const day = today();
  await batch('clock', '--to', later(day, 32));
  await stack.settle();
  const lost = number();
  const charged = await ledger();
  assert.notEqual(lost, before_);
  assert.equal(charged.length, 2);
  assert.match(readFileSync(`${stack.tenant}.state`, 'utf8'), new RegExp(`series ${lost.replace(/-\d+$/, '')} = ${Number(lost.match(/\d+$/)[0])}\n`));
  const total = stack.value(`SELECT total_minor FROM invoice WHERE number = '${lost}'`);

  // the disk dies, and the old backup comes back
  restore(backup);
  assert.equal(number(), before_);
  await batch('clock', '--to', later(day, 32));
  const first = await batch('run');
  assert.equal(first.code, 1);
  assert.notEqual(stack.value('SELECT restored_at FROM house'), null);
  assert.equal(number(), before_, 'nothing is numbered');
  assert.deepEqual(await ledger(), charged, 'nothing is charged');
  assert.deepEqual(open(), [['charge', 'missing_here', '0', total]], 'the lost charge is told');
  const doctor = await stack.batch('doctor');
  assert.equal(doctor.code, 1);
  assert.match(doctor.out, /^bad\t.*restored from a backup/m);
  const told = await batch('after-restore');
  assert.match(told.out, /done\tthe gateway was asked/);
  assert.match(told.out, /choose another prefix/);
  // nor by any other door
  for (const piece of ['renew', 'collect', 'dunning', 'mail', 'janitor']) await batch(piece);
  assert.equal(number(), before_);
  assert.deepEqual(await ledger(), charged);
  assert.throws(() => stack.sql(`CREATE TEMPORARY TABLE t SELECT * FROM invoice LIMIT 1; UPDATE t SET id = 99999999, sequence = sequence + 100, number = 'X';
    INSERT INTO invoice SELECT * FROM t`), /restored one/);

  // the seller's way back: not before the numbers and the bank are safe
  await seller.get(`${stack.site}/admin/reconciliation`);
  assert.match(seller.html, new RegExp(lost));
  const leave = (bank) => seller.submit((form) => form.fields.some(([name]) => name === 'bank'), bank ? { bank: true } : {});
  await leave(true);
  assert.equal(seller.status, 422);
  await seller.get(`${stack.site}/admin/settings/company`);
  await seller.submit(/settings\/company$/, { invoice_prefix: 'FB' });
  assert.ok(seller.status < 400, seller.html.slice(0, 500));
  await seller.get(`${stack.site}/admin/reconciliation`);
  await leave(false);
  assert.equal(seller.status, 422, 'the bank has not been looked at');
  await leave(true);
  assert.equal(stack.value('SELECT restored_at FROM house'), null, seller.html.match(/f-bank-err[\s\S]{0,200}/)?.[0]);

  // billed again under another number; not charged again: the customer's money is here, and a person says for what
  await stack.settle().catch(() => {});
  await batch('run');
  const anew = stack.value("SELECT number FROM invoice WHERE number LIKE 'FB%'");
  assert.ok(anew);
  assert.equal(stack.value(`SELECT open_minor FROM receivable r JOIN invoice i ON i.id = r.invoice_id WHERE i.number = '${anew}'`), total);
  assert.deepEqual(await ledger(), charged, 'not charged twice');
  const id = stack.value('SELECT id FROM money_difference WHERE resolved_at IS NULL');
  const book = async (invoice) => {
    await seller.get(`${stack.site}/admin/reconciliation/${id}`);
    await seller.submit((form) => form.fields.some(([name]) => name === 'invoice'), { invoice });
  };
  await book('FB-2026-99999');
  assert.equal(seller.status, 422);
  assert.match(seller.html, /FB-2026-99999/);
  await book(before_);
  assert.equal(seller.status, 422, 'an invoice that is paid takes nothing');
  await book(anew);
  assert.ok(seller.status < 400, seller.html.slice(0, 400));
  assert.equal(stack.value(`SELECT open_minor FROM receivable r JOIN invoice i ON i.id = r.invoice_id WHERE i.number = '${anew}'`), '0');
  assert.equal((await batch('reconcile')).code, 0);
  assert.deepEqual(open(), []);
  await stack.settle();
  assert.deepEqual(await ledger(), charged);
  await verified();
  assert.throws(() => stack.sql(`UPDATE outside_number SET last_sequence = last_sequence - 1`));

  // and the next month is as ever
  await batch('clock', '--to', later(day, 64));
  await stack.settle();
  assert.equal((await ledger()).length, 3);
  await verified();
});

test('a charge that was lost for an invoice that is there finds it by itself', { timeout: 120000 }, async () => {
  const day = today();
  await batch('clock', '--to', later(day, 32));
  await batch('renew');
  const backup = execFileSync('mariadb-dump', ['--no-defaults', '-uroot', '-S', stack.database, '--single-transaction', '--triggers', '--hex-blob', 'tacite_demo'], { maxBuffer: 1 << 30 });
  await batch('collect');
  const charged = await ledger();
  execFileSync('mariadb', ['--no-defaults', '-uroot', '-S', stack.database, 'tacite_demo'], { input: backup });
  assert.equal(stack.value("SELECT COUNT(*) FROM receivable WHERE open_minor > 0"), '1');
  await batch('run');
  assert.equal(stack.value("SELECT COUNT(*) FROM receivable WHERE open_minor > 0"), '0', 'replayed');
  assert.deepEqual(open(), []);
  assert.deepEqual(await ledger(), charged);
  await batch('after-restore', '--done', '--bank-is-in');
  assert.equal(stack.value('SELECT restored_at FROM house'), null);
  await verified();
});

test('by hand, without the file, and back', { timeout: 60000 }, async () => {
  rmSync(`${stack.tenant}.state`);
  await batch('run');
  assert.equal(stack.value('SELECT restored_at FROM house'), null, 'no file says nothing');
  assert.equal((await batch('after-restore')).code, 1);
  assert.notEqual(stack.value('SELECT restored_at FROM house'), null);
  const refused = visitor();
  await refused.get(`${stack.site}/admin/`);
  await batch('reconcile');
  assert.equal((await batch('after-restore', '--done', '--bank-is-in')).code, 0);
  assert.equal((await stack.batch('after-restore', '--bogus')).code, 64);
});
