// A gateway that takes the money and does not say so, and one that never says anything: whatever it does, a
// customer pays once, and what else arrived is found again.
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { after as finish, before, beforeEach, test } from 'node:test';
import { Gateway } from '../fault/faults.mjs';
import { again, begin, end } from '../lib/control.mjs';
import { after, batch, bringBack, payUntilDone, run, sound, startLife } from '../fault/life.mjs';
import { saveFile, statement } from '../lib/bank.mjs';
import { Visitor } from '../lib/visitor.mjs';

const TAKES_SILENTLY = '4000990000000053';
let stack, gateway, conf, due;
before(async () => {
  stack = await startLife();
  conf = readFileSync(stack.tenant, 'utf8');
  appendFileSync(`${stack.dir}/sandbox.conf`, 'fault.timeout_ms = 1500\n'); // how long an answer that never comes is waited for
  await again(stack, 'sandbox');
  gateway = await new Gateway().start(/^gateway.base = (.*)$/m.exec(conf)[1]);
}, { timeout: 120000 });
beforeEach(async () => {
  writeFileSync(stack.tenant, conf);
  await bringBack(stack, 'signed');
  stack.mails.mails.length = 0;
});
finish(async () => { await stack?.stop(); await gateway?.stop(); });

// The gateway answers nothing that anybody could use, until further notice.
function silence(fault = 'error_before') {
  gateway.plan = () => fault;
  writeFileSync(stack.tenant, conf.replace(/^gateway.base = .*$/m, `gateway.base = ${gateway.url}`));
}
const speak = () => writeFileSync(stack.tenant, conf);
async function onDay(day) {
  const moved = await batch(stack, ['clock', '--to', day]);
  assert.equal(moved.code, 0, moved.err);
}
const attempts = () => stack.sql("SELECT state FROM attempt WHERE kind <> 'checkout' ORDER BY id").flat();
const open = () => stack.value("SELECT IFNULL(SUM(open_minor), 0) FROM receivable WHERE state = 'open'");
const captures = async () => (await (await fetch(`${stack.sandbox}/sandbox/ledger.tsv`)).text()).trim().split('\n').length - 1;

test('S08: the answer to a capture is lost; the gateway is asked, one capture, paid', { timeout: 120000 }, async () => {
  await payUntilDone(stack, { card: TAKES_SILENTLY });
  await run(stack, 1);
  due = stack.value('SELECT due_on FROM subscription');
  await onDay(due);
  const before = await captures();
  await run(stack);
  assert.equal(await captures(), before + 1);
  assert.deepEqual(attempts(), ['succeeded']);
  assert.equal(open(), '0');
  const history = stack.sql('SELECT event FROM attempt_event WHERE attempt_id = (SELECT MAX(id) FROM attempt) ORDER BY id').flat();
  assert.deepEqual(history, ['picked', 'succeeds'], 'the same words within the same run bring the lost answer');
  await sound(stack);
});

test('no answer, then no connection: what may have been taken is not begun anew', { timeout: 120000 }, async () => {
  await payUntilDone(stack);
  await run(stack, 1);
  await onDay(stack.value('SELECT due_on FROM subscription'));
  silence();
  await run(stack, 1);
  const before = await captures();
  writeFileSync(stack.tenant, conf.replace(/^gateway.base = .*$/m, 'gateway.base = http://127.0.0.1:9'));
  await run(stack, 2);
  assert.deepEqual(attempts(), ['unknown']);
  speak();
  await run(stack);
  assert.deepEqual(attempts(), ['succeeded']);
  assert.equal(await captures(), before + 1);
  await sound(stack);
});

test('S09: never an answer, and a transfer comes: paid by it, the attempt is closed, nothing is taken', { timeout: 120000 }, async () => {
  await payUntilDone(stack);
  await run(stack, 1);
  due = stack.value('SELECT due_on FROM subscription');
  await onDay(due);
  silence();
  await run(stack, 1);
  assert.deepEqual(attempts(), ['unknown']);
  const [[number, amount]] = stack.sql("SELECT i.number, r.open_minor FROM receivable r JOIN invoice i ON i.id = r.invoice_id WHERE r.state = 'open'");
  await onDay(after(due, 2));
  await run(stack, 1);
  assert.deepEqual(attempts(), ['unknown']);
  const file = saveFile(stack, 'transfer.xml', statement([{ amount: (Number(amount) / 100).toFixed(2), text: number, day: after(due, 2), ref: 'S09' }]));
  const taken = await batch(stack, ['bank-import', file]);
  assert.equal(taken.code, 0, taken.err);
  assert.equal(open(), '0');
  const before = await captures();
  speak();
  await onDay(after(due, 4));
  await run(stack);
  assert.deepEqual(attempts(), ['unknown'], 'asked about, but not said again, within the first day');
  stack.sql("UPDATE attempt SET created_at = created_at - INTERVAL 25 HOUR WHERE state = 'unknown'"); // the gateway's day is the machine's
  await run(stack);
  assert.deepEqual(attempts(), ['not_sent']);
  assert.equal(await captures(), before, 'nothing is taken for what is paid');
  assert.deepEqual(stack.sql('SELECT state FROM subscription').flat(), ['active']);
  const verified = await batch(stack, ['verify']);
  assert.equal(verified.code, 0, verified.out);
});

test('S09: the gateway took it after all, and the transfer came too: a person gives the second money back', { timeout: 120000 }, async () => {
  await payUntilDone(stack);
  await run(stack, 1);
  due = stack.value('SELECT due_on FROM subscription');
  await onDay(due);
  silence('error_after');
  await end(stack, 'slow'); // its webhook would say it at once
  await run(stack, 1);
  const [[number, amount]] = stack.sql("SELECT i.number, r.open_minor FROM receivable r JOIN invoice i ON i.id = r.invoice_id WHERE r.state = 'open'");
  assert.deepEqual(attempts(), ['unknown']);
  const file = saveFile(stack, 'transfer.xml', statement([{ amount: (Number(amount) / 100).toFixed(2), text: number, day: due, ref: 'S09' }]));
  assert.equal((await batch(stack, ['bank-import', file])).code, 0);
  await begin(stack, 'slow');
  const before = await captures();
  speak();
  await run(stack);
  assert.deepEqual(attempts(), ['operator']);
  assert.equal(await captures(), before, 'asked, not said again');
  assert.equal(open(), '0');
  assert.equal(stack.value("SELECT COUNT(*) FROM operator_item WHERE closed_at IS NULL"), '1');
  assert.equal((await batch(stack, ['verify'])).code, 0);
});

// Three days without a word, although the gateway can be reached: a person looks there and says how it ended.
async function silentForDays() {
  await payUntilDone(stack);
  await run(stack, 1);
  await onDay(stack.value('SELECT due_on FROM subscription'));
  silence();
  await run(stack, 1);
  assert.deepEqual(attempts(), ['unknown']);
  const seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
  const id = stack.value("SELECT id FROM attempt WHERE state = 'unknown'");
  await seller.get(`${stack.site}/admin/payments/${id}/decide`);
  assert.match(seller.url, new RegExp(`/admin/payments/${id}$`), 'not before three days');
  stack.sql("UPDATE attempt SET created_at = created_at - INTERVAL 73 HOUR WHERE state = 'unknown'");
  await run(stack, 1);
  assert.equal(stack.value("SELECT COUNT(*) FROM operator_item WHERE kind = 'payment_unknown' AND closed_at IS NULL"), '1');
  for (const pool of ['pages', 'slow']) await again(stack, pool); // they ask the same gateway as the batch
  await seller.get(`${stack.site}/admin/payments/${id}`);
  assert.match(seller.html, /\/decide"/);
  await seller.get(`${stack.site}/admin/payments/${id}/decide`);
  return { seller, id };
}

test('F02 the gateway never answers: a person says that it was paid; the books follow, and who said so stays', { timeout: 120000 }, async () => {
  const { seller, id } = await silentForDays();
  await seller.submit(/\/decide$/, { outcome: 'paid' });
  assert.equal(seller.status, 422);
  await seller.submit(/\/decide$/, { outcome: 'paid', reason: 'Seen at the gateway, pi_123' });
  assert.match(seller.url, new RegExp(`/admin/payments/${id}$`));
  assert.match(seller.html, /Seen at the gateway, pi_123/);
  assert.deepEqual(attempts(), ['succeeded']);
  assert.equal(open(), '0');
  assert.equal(stack.value(`SELECT COUNT(*) FROM payment WHERE attempt_id = ${id}`), '1');
  assert.equal(stack.value(`SELECT COUNT(*) FROM attempt_event WHERE attempt_id = ${id} AND event = 'succeeds' AND detail LIKE 'Seen at%' AND actor LIKE 'seller%'`), '1');
  assert.equal(stack.value("SELECT COUNT(*) FROM audit WHERE action = 'attempt.said_paid'"), '1');
  assert.equal(stack.value("SELECT COUNT(*) FROM operator_item WHERE kind = 'payment_unknown' AND closed_at IS NULL"), '0');
  assert.equal((await batch(stack, ['verify'])).code, 0);
  await seller.get(`${stack.site}/admin/payments/${id}/decide`);
  assert.match(seller.url, new RegExp(`/admin/payments/${id}$`), 'nothing is left to say');
});

test('F02 a person says that nothing was taken: what is due is asked for anew, under another key', { timeout: 120000 }, async () => {
  const { seller, id } = await silentForDays();
  const before = await captures();
  await seller.submit(/\/decide$/, { outcome: 'not_paid', reason: 'No such payment there' });
  assert.equal(stack.value(`SELECT state FROM attempt WHERE id = ${id}`), 'not_sent');
  assert.equal(stack.value("SELECT COUNT(*) FROM audit WHERE action = 'attempt.said_not_paid'"), '1');
  speak();
  await run(stack, 2);
  assert.deepEqual(attempts(), ['not_sent', 'succeeded']);
  assert.equal(await captures(), before + 1);
  assert.equal(open(), '0');
  await sound(stack);
});
