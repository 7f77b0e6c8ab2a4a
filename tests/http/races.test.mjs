// Fifty identical requests at once, nginx's limits off: all lead to the same place, and one of
// everything exists afterwards.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

const MANY = 50;
const one = (stack, table) => assert.equal(stack.value(`SELECT COUNT(*) FROM ${table}`), '1', table);

// The same request as often as wanted: status and place of every answer.
async function atOnce(visitor, { url, body }) {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Cookie: visitor.cookieHeader(), Origin: new URL(url).origin };
  const answers = await Promise.all(Array.from({ length: MANY }, async () => {
    const answer = await fetch(url, { method: 'POST', body, headers, redirect: 'manual' });
    await answer.text();
    return `${answer.status} ${answer.headers.get('location')}`;
  }));
  assert.deepEqual([...new Set(answers)], [answers[0]], 'the answers differ');
  return answers[0];
}

// Signed and on the gateway's page: the visitor and what was asserted on the way.
async function signAndStart(stack) {
  const visitor = new Visitor(stack.site);
  await visitor.get(stack.link);
  await visitor.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  const signing = visitor.fill(visitor.form(/\/sign$/), { name: 'Camille Lefèvre', consent: true });
  assert.match(await atOnce(visitor, signing), /^303 .*\/pay\//);
  one(stack, 'signature');
  one(stack, "activity WHERE kind = 'quote.signed'");
  await visitor.get(`${stack.site}/pay/${stack.value('SELECT number FROM quote WHERE state = \'signed\'')}`);
  const paying = visitor.fill(visitor.form(/^\/pay\/[^/]+$/), {});
  const place = await atOnce(visitor, paying);
  assert.match(place, /^303 http.*\/pay\/cs_/);
  one(stack, 'attempt');
  await visitor.get(place.slice(4));
  return visitor;
}

const pay = (visitor, number, stack) => visitor.submit((form) => form.fields.some(([name]) => name === 'number'),
  { number, expiry: '12/34', cvc: '123', name: 'C L' }, { stop: (next) => next.startsWith(stack.site) });

async function ledger(stack) {
  const lines = (await (await fetch(`${stack.sandbox}/sandbox/ledger.tsv`)).text()).trim().split('\n');
  return lines.slice(1).map((line) => line.split('\t'));
}

async function oneOfEverything(stack) {
  for (const table of ['sales_order', 'subscription', 'invoice', 'payment', "attempt WHERE state = 'succeeded'", "journal_entry WHERE journal = 'VT'",
    "journal_entry WHERE journal = 'BQ'", "outbox WHERE template = 'order_confirm'", "outbox WHERE template = 'invoice_new'", "payment_method"])
    one(stack, table);
  assert.equal((await ledger(stack)).length, 1, 'captures');
  const verified = await stack.batch('verify');
  assert.equal(verified.code, 0, verified.out + verified.err);
}

// The card's webhook comes late: nothing but the customer's own Refresh can settle.
test('sign, start payment and refresh', { timeout: 120000 }, async () => {
  const stack = await startStack({ batch: false });
  try {
    const visitor = await signAndStart(stack);
    await pay(visitor, '4000990000000079', stack);
    await visitor.get(visitor.location);
    const place = await atOnce(visitor, visitor.fill(visitor.form(/\/refresh$/), {}));
    assert.match(place, /^303 .*\/done\//);
    await oneOfEverything(stack);
    await fetch(`${stack.sandbox}/sandbox/deliver?all=1`, { method: 'POST' });
    await oneOfEverything(stack);
  } finally { await stack.stop(); }
});

test('webhook', { timeout: 120000 }, async () => {
  const stack = await startStack({ batch: false });
  try {
    const visitor = await signAndStart(stack);
    await pay(visitor, '4000990000000079', stack);
    const keys = readFileSync(`${stack.dir}/keys/gateway`, 'utf8');
    const key = /gateway.key = (\S+)/.exec(keys)[1];
    const secret = /webhook.secret = (\S+)/.exec(keys)[1];
    const events = (await (await fetch(`${stack.sandbox}/v1/events`, { headers: { Authorization: `Bearer ${key}` } })).json()).data;
    assert.ok(events.length > 0);
    for (const event of events) { // newest first: also out of order
      const body = JSON.stringify(event);
      const at = Math.floor(Date.now() / 1000);
      const signature = `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`;
      const statuses = await Promise.all(Array.from({ length: MANY }, async () => (await fetch(`${stack.site}/hook/stripe`, {
        method: 'POST', body, headers: { 'Content-Type': 'application/json', 'Stripe-Signature': signature } })).status));
      assert.deepEqual([...new Set(statuses)], [200]);
    }
    await stack.batch('run'); // what a webhook left for later
    await oneOfEverything(stack);
    assert.equal(stack.value('SELECT COUNT(*) FROM gateway_event'), String(events.length));
    const forged = await fetch(`${stack.site}/hook/stripe`, { method: 'POST', body: '{}', headers: { 'Stripe-Signature': `t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}` } });
    assert.equal(forged.status, 400);
    await oneOfEverything(stack);
  } finally { await stack.stop(); }
});
