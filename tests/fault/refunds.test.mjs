// Refunds under faults: killed at each point of theirs, answers lost before and after the effect, keys that the gateway
// forgot, webhooks in every order: the money goes back once, is booked once, and what failed gives back what it took.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { after as finish, before, test } from 'node:test';
import { again } from '../lib/control.mjs';
import { Visitor } from '../lib/visitor.mjs';
import { invariants } from './invariants.mjs';
import { batch, begin, bringBack, keep, payUntilDone, run, same, snapshot, startLife } from './life.mjs';

let stack, seller, form, done, secret;
const EUR = 1000;
const value = (text) => stack.value(text);
const last = () => stack.sql('SELECT state, amount_minor FROM refund ORDER BY id DESC LIMIT 1')[0];
const gone = () => Number(value("SELECT IFNULL(SUM(amount_minor), 0) FROM tacite_sandbox.money_back"));
const behaves = (card) => stack.sql(`UPDATE tacite_sandbox.method SET card = '${card}'`);
const look = () => stack.sql('UPDATE refund SET next_check_at = UTC_TIMESTAMP(6) WHERE next_check_at IS NOT NULL');
async function inOrder(what) {
  for (const name of ['I1', 'I2', 'I3', 'I5', 'I7', 'I10', 'I11']) assert.deepEqual(await invariants[name](stack, {}), [], `${what}: ${name}`);
}
// What the form commits, without its call: the batch makes it.
let n = 0;
function intend(amount = EUR) {
  const key = `demo-refund-${++n}`;
  const [[payment, invoice, customer, currency, intent]] = stack.sql(`SELECT p.id, x.invoice_id, p.customer_id, p.currency, a.intent_ref
    FROM payment p JOIN attempt a ON a.id = p.attempt_id JOIN allocation x ON x.payment_id = p.id LIMIT 1`);
  stack.sql(`INSERT INTO refund (refund_key, kind, state, payment_id, invoice_id, customer_id, amount_minor, currency, reason, request_body, next_check_at, opened_on, actor, created_at)
    VALUES ('${key}', 'card', 'ready', ${payment}, ${invoice}, ${customer}, ${amount}, '${currency}', 'Goodwill',
    'payment_intent=${intent}&amount=${amount}&metadata%5Brefund%5D=${key}', UTC_TIMESTAMP(6), '${stack.today}', 'seller:1', UTC_TIMESTAMP(6))`);
  return key;
}
async function signIn() {
  seller = new Visitor(stack.site, { language: 'en' });
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
}

before(async () => {
  stack = await startLife();
  await payUntilDone(stack);
  await run(stack);
  form = `${stack.site}/admin/payments/${value('SELECT id FROM attempt')}/refund`;
  [, secret] = /webhook.secret = (\S+)/.exec(readFileSync(`${stack.dir}/keys/gateway`, 'utf8'));
  await keep(stack, 'paid');
  intend();
  await run(stack);
  done = snapshot(stack);
  assert.deepEqual(last(), ['succeeded', String(EUR)]);
  await inOrder('without faults');
}, { timeout: 120000 });
finish(() => stack?.stop());

for (const point of ['R2', 'R3', 'R4', 'R5'])
  test(`${point} of a refund: killed there, and run again`, { timeout: 60000 }, async () => {
    await bringBack(stack, 'paid');
    intend();
    const killed = await batch(stack, ['janitor'], { env: { TACITE_CRASH_AT: point } });
    assert.equal(killed.signal, 'SIGKILL', `${point} was never reached: ${killed.err}`);
    await run(stack);
    same(stack, done, point);
    assert.equal(gone(), EUR);
    await inOrder(point);
  });

test('R1 of a refund: the page is killed before its order stands; pressed again, it is made once', { timeout: 60000 }, async () => {
  await bringBack(stack, 'paid');
  await again(stack, 'slow', { TACITE_CRASH_AT: 'R1' });
  await signIn();
  await seller.get(form);
  const { url, body } = seller.fill(seller.form(/\/refund$/), { amount: '10', reason: 'Goodwill', then: 'open' });
  await seller.send('POST', url, body);
  assert.ok(seller.status >= 500, `answered ${seller.status}`);
  assert.equal(value('SELECT COUNT(*) FROM refund'), '0');
  await again(stack, 'slow');
  await seller.send('POST', url, body);
  assert.equal(seller.status, 303);
  await run(stack);
  same(stack, done, 'R1');
  assert.equal(gone(), EUR);
  await inOrder('R1');
});

test('two batches at once send one refund once', { timeout: 60000 }, async () => {
  await bringBack(stack, 'paid');
  intend();
  await Promise.all([batch(stack, ['janitor']), batch(stack, ['janitor']), batch(stack, ['janitor'])]);
  await run(stack);
  same(stack, done, 'twice at once');
  assert.equal(gone(), EUR);
});

test('the gateway is away: nothing leaves, the key stays; back, it is made once', { timeout: 60000 }, async () => {
  await bringBack(stack, 'paid');
  const conf = readFileSync(stack.tenant, 'utf8');
  writeFileSync(stack.tenant, conf.replace(/^gateway.base = .*$/m, 'gateway.base = http://127.0.0.1:1'));
  intend();
  for (let i = 0; i < 2; i++) { look(); await batch(stack, ['janitor']); }
  writeFileSync(stack.tenant, conf);
  assert.deepEqual(last(), ['ready', String(EUR)]);
  assert.equal(value('SELECT COUNT(*) FROM refund WHERE first_sent_at IS NULL'), '1');
  await run(stack);
  same(stack, done, 'away');
});

test('an answer lost, and a day later the key is forgotten: it is asked, never sent again', { timeout: 60000 }, async () => {
  for (const arrived of [true, false]) {
    await bringBack(stack, 'paid');
    intend();
    assert.equal((await batch(stack, ['janitor'], { env: { TACITE_CRASH_AT: arrived ? 'R3' : 'R2' } })).signal, 'SIGKILL');
    stack.sql(`UPDATE refund SET first_sent_at = first_sent_at - INTERVAL 25 HOUR; DELETE FROM tacite_sandbox.idempotency`);
    look();
    for (let i = 0; i < 3; i++) { await batch(stack, ['janitor']); look(); }
    assert.deepEqual(last(), [arrived ? 'succeeded' : 'failed', String(EUR)]);
    assert.equal(gone(), arrived ? EUR : 0);
    await run(stack);
    await inOrder(`forgotten, ${arrived ? 'arrived' : 'never arrived'}`);
  }
});

// Every order of the four events of a refund that succeeds and then fails, told from a state in which we know nothing, and
// from one in which we know of its success; each event twice now and then.
test('webhooks in every order give the same rows', { timeout: 240000 }, async () => {
  await bringBack(stack, 'paid');
  behaves('refund_fails');
  const conf = `${stack.dir}/sandbox.conf`;
  const kept = readFileSync(conf, 'utf8');
  writeFileSync(conf, kept.replace(/^webhook.url = .*$/m, 'webhook.url = http://127.0.0.1:1/hook')); // we bring them ourselves
  await again(stack, 'sandbox');
  const bring = async (text, id) => {
    const event = JSON.parse(text);
    const body = JSON.stringify({ ...event, id: id ?? event.id });
    const at = Math.floor(Date.now() / 1000);
    const signature = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
    const answer = await fetch(`${stack.site}/hook/stripe`, { method: 'POST', body, headers: { 'Content-Type': 'application/json', 'Stripe-Signature': `t=${at},v1=${signature}` } });
    assert.equal(answer.status, 200);
  };
  const orders = (list) => (list.length < 2 ? [list] : list.flatMap((one, i) => orders(list.toSpliced(i, 1)).map((rest) => [one, ...rest])));
  const permutations = orders([0, 1, 2, 3]);
  assert.equal(permutations.length, 24);
  for (const known of [false, true]) {
    for (const [k, order] of permutations.entries()) {
      const key = intend(100);
      const since = value('SELECT IFNULL(MAX(id), 0) FROM tacite_sandbox.event');
      const sent = await batch(stack, ['janitor'], known ? {} : { env: { TACITE_CRASH_AT: 'R3' } });
      assert.equal(sent.signal, known ? null : 'SIGKILL');
      if (known) assert.deepEqual(last(), ['succeeded', '100']);
      await fetch(`${stack.sandbox}/sandbox/deliver?all=1`, { method: 'POST' }); // its bank takes it back
      const events = stack.sql(`SELECT REPLACE(body, '\\n', ' ') FROM tacite_sandbox.event WHERE id > ${since} ORDER BY id`).map(([text]) => text.replace(/\\n/g, ' '));
      assert.deepEqual(events.map((text) => JSON.parse(text).type), ['refund.created', 'charge.refunded', 'refund.updated', 'refund.failed']);
      for (const i of order) {
        await bring(events[i]);
        if ((k + i) % 3 === 0) await bring(events[i]);
      }
      assert.deepEqual(stack.sql(`SELECT f.state, f.done_on IS NOT NULL, (SELECT COUNT(*) FROM journal_entry e WHERE e.source_id = f.id AND e.source_kind = 'refund'),
        (SELECT COUNT(*) FROM journal_entry e WHERE e.source_id = f.id AND e.source_kind = 'refund_failed'), (SELECT IFNULL(SUM(amount_minor), 0) FROM allocation_back b WHERE b.cause_id = f.id)
        FROM refund f WHERE refund_key = '${key}'`), [['failed', known ? '1' : '0', known ? '1' : '0', known ? '1' : '0', '0']], `${known} ${order}`);
      assert.equal(value('SELECT state FROM attempt LIMIT 1'), 'succeeded');
      assert.equal(value('SELECT SUM(open_minor) FROM receivable'), '0');
    }
  }
  assert.equal(gone(), 0);
  await inOrder('in every order');
  writeFileSync(conf, kept);
  await again(stack, 'sandbox');
});

test('a refund made at the gateway by somebody else is told to a person, never booked', { timeout: 60000 }, async () => {
  await bringBack(stack, 'paid');
  const [, key] = /gateway.key = (\S+)/.exec(readFileSync(`${stack.dir}/keys/gateway`, 'utf8'));
  const intent = value('SELECT intent_ref FROM attempt LIMIT 1');
  const answer = await fetch(`${stack.sandbox}/v1/refunds`, { method: 'POST', headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/x-www-form-urlencoded' }, body: `payment_intent=${intent}&amount=700` });
  assert.equal(answer.status, 200);
  await run(stack);
  assert.deepEqual(stack.sql("SELECT kind, amount_minor FROM operator_item WHERE closed_at IS NULL AND kind LIKE 'refund%'"), [['refund_foreign', '700']]);
  assert.equal(value('SELECT COUNT(*) FROM refund'), '0');
  assert.equal(value("SELECT COUNT(*) FROM journal_entry WHERE source_kind LIKE 'refund%'"), '0');
});
