// Money that came for what no longer stands: it is in no book, a person is asked, and sends it back to its card, once.
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { after as finish, before, beforeEach, test } from 'node:test';
import { after, batch, bringBack, keep, payUntilDone, run, startLife } from '../fault/life.mjs';
import { again } from '../lib/control.mjs';
import { Visitor } from '../lib/visitor.mjs';

const NEVER_PAYS = '4000990000000012';
let stack, seller, page, attempt;
const value = (text) => stack.value(text);
const gone = () => Number(value('SELECT IFNULL(SUM(amount_minor), 0) FROM tacite_sandbox.money_back'));
const items = () => stack.sql("SELECT kind FROM operator_item WHERE open_key = 1 AND subject_kind = 'attempt' ORDER BY kind").flat();
const denied = () => stack.sql("SELECT kind FROM operator_item WHERE open_key = 1 AND kind = 'refund_denied'").flat();
const state = () => value('SELECT state FROM stray_return ORDER BY id DESC LIMIT 1');
async function on(day) {
  assert.equal((await batch(stack, ['clock', '--to', day])).code, 0);
  await run(stack, 1);
}
async function sound() {
  const verified = await batch(stack, ['verify']);
  assert.equal(verified.code, 0, verified.out);
  await batch(stack, ['reconcile']);
  assert.deepEqual(stack.sql('SELECT source, cause FROM money_difference WHERE resolved_at IS NULL'), []);
}

before(async () => {
  stack = await startLife();
  await payUntilDone(stack, { card: NEVER_PAYS });
  await run(stack, 1);
  stack.sql('UPDATE subscription SET debit_first = 1');
  const due = value('SELECT due_on FROM subscription');
  await on(due);
  // the customer opens the gateway's page, the contract ends, and the customer pays all the same
  const customer = new Visitor(stack.site);
  const mail = stack.mails.mails.map(({ raw }) => raw.replace(/=\r?\n/g, '').replace(/=3D/g, '=')).filter((raw) => /refus|declined/.test(raw)).pop();
  await customer.get(mail.match(/https?:\/\/[^"<\s]+\/l\/[\w-]+/)[0]);
  await customer.submit(/^\/pay\/[^/]+$/, {});
  stack.sql(`UPDATE subscription SET ends_on = '${due}', end_reason = 'told'`);
  await on(after(due, 1));
  assert.equal(value("SELECT state FROM receivable ORDER BY invoice_id DESC LIMIT 1"), 'dropped');
  await customer.submit((form) => form.fields.some(([name]) => name === 'number'), { number: '4242424242424242', expiry: '12/34', cvc: '123', name: 'C L' });
  await run(stack, 2);
  attempt = value("SELECT id FROM attempt WHERE state = 'operator'");
  page = `${stack.site}/admin/payments/${attempt}`;
  await keep(stack, 'stray');
}, { timeout: 180000 });
beforeEach(async () => {
  await bringBack(stack, 'stray');
  seller = new Visitor(stack.site, { language: 'en' });
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
});
finish(() => stack?.stop());

test('the seller sends it back: once, nothing booked, the item is gone', { timeout: 60000 }, async () => {
  assert.deepEqual(items(), ['money_unexpected']);
  const booked = value('SELECT COUNT(*) FROM journal_entry');
  const sum = Number(value(`SELECT amount_minor FROM attempt WHERE id = ${attempt}`));
  await seller.get(page);
  assert.equal(seller.status, 200);
  const { url, body } = seller.fill(seller.form(/\/return$/), {});
  await seller.send('POST', url, body);
  assert.equal(seller.status, 303);
  await seller.send('POST', url, body); // pressed twice
  assert.equal(seller.status, 303);
  assert.equal(state(), 'succeeded');
  assert.equal(gone(), sum);
  assert.deepEqual(items(), []);
  await seller.get(page);
  assert.ok(!seller.html.includes('/return"'));
  assert.equal(value('SELECT COUNT(*) FROM journal_entry'), booked);
  await run(stack, 2);
  assert.equal(gone(), sum);
  await sound();
});

for (const done of [false, true])
  test(`its sender was killed ${done ? 'after' : 'before'} the gateway did it: asked again with the same key, sent back once`, { timeout: 60000 }, async () => {
    const sum = Number(value(`SELECT amount_minor FROM attempt WHERE id = ${attempt}`));
    stack.sql(`INSERT INTO stray_return (attempt_id, return_key, state, amount_minor, currency, request_body, first_sent_at, sending_at, next_check_at, actor, created_at)
      SELECT id, 'demo-stray-1', 'sending', amount_minor, currency, CONCAT('payment_intent=', intent_ref, '&metadata%5Brefund%5D=demo-stray-1'),
      UTC_TIMESTAMP(6) - INTERVAL 1 HOUR, UTC_TIMESTAMP(6) - INTERVAL 1 HOUR, UTC_TIMESTAMP(6), 'seller:1', UTC_TIMESTAMP(6) - INTERVAL 1 HOUR FROM attempt WHERE id = ${attempt}`);
    if (done) { // the answer was lost with its sender
      const key = (await import('node:fs')).readFileSync(`${stack.dir}/keys/gateway`, 'utf8').match(/gateway.key = (\S+)/)[1];
      const answer = await fetch(`${stack.sandbox}/v1/refunds`, { method: 'POST', headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/x-www-form-urlencoded', 'Idempotency-Key': 'demo-stray-1' },
        body: value('SELECT request_body FROM stray_return') });
      assert.equal(answer.status, 200);
    }
    stack.sql('UPDATE stray_return SET next_check_at = UTC_TIMESTAMP(6)');
    await run(stack, 1);
    stack.sql("UPDATE stray_return SET next_check_at = UTC_TIMESTAMP(6) WHERE next_check_at IS NOT NULL");
    await run(stack, 1);
    assert.equal(state(), 'succeeded');
    assert.equal(gone(), sum);
    await sound();
  });

test('a key that is not taken is told, and money goes back when it is', { timeout: 60000 }, async () => {
  const conf = readFileSync(`${stack.dir}/sandbox.conf`, 'utf8');
  appendFileSync(`${stack.dir}/sandbox.conf`, 'fault.status = 401\n');
  await again(stack, 'sandbox');
  try {
    await seller.get(page);
    await seller.submit(/\/return$/, {});
    assert.equal(state(), 'ready');
    assert.deepEqual(items(), ['money_unexpected']);
    assert.deepEqual(denied(), ['refund_denied']);
  } finally {
    writeFileSync(`${stack.dir}/sandbox.conf`, conf);
    await again(stack, 'sandbox');
  }
  stack.sql('UPDATE stray_return SET next_check_at = UTC_TIMESTAMP(6) WHERE next_check_at IS NOT NULL');
  await run(stack, 1);
  assert.equal(state(), 'succeeded');
  assert.deepEqual(items(), []);
  assert.deepEqual(denied(), []);
  await sound();
});

test('what the gateway refuses is told, and can be ordered anew', { timeout: 60000 }, async () => {
  const intent = value(`SELECT intent_ref FROM attempt WHERE id = ${attempt}`);
  const charge = value(`SELECT charge_ref FROM tacite_sandbox.intent WHERE ref = '${intent}'`);
  stack.sql(`UPDATE tacite_sandbox.intent SET charge_ref = '' WHERE ref = '${intent}'`);
  await seller.get(page);
  await seller.submit(/\/return$/, {});
  assert.equal(state(), 'failed');
  assert.deepEqual(items(), ['money_unexpected', 'refund_failed']);
  stack.sql(`UPDATE tacite_sandbox.intent SET charge_ref = '${charge}' WHERE ref = '${intent}'`);
  await seller.get(page);
  await seller.submit(/\/return$/, {});
  assert.equal(state(), 'succeeded');
  assert.deepEqual(items(), []);
  await sound();
  assert.throws(() => stack.sql(`UPDATE stray_return SET state = 'ready', next_check_at = UTC_TIMESTAMP(6) WHERE state = 'failed'`), /stays failed/);
  assert.throws(() => stack.sql(`INSERT INTO stray_return (attempt_id, return_key, state, amount_minor, currency, request_body, next_check_at, actor, created_at)
    SELECT id, 'x', 'ready', 1, 'EUR', 'x', UTC_TIMESTAMP(6), 'x', UTC_TIMESTAMP(6) FROM attempt WHERE state = 'succeeded' LIMIT 1`), /stands with a person/);
});
