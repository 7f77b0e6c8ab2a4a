// The payment sandbox keeps the gateway's promises: idempotency, every card, faults before and after the
// capture, signed events. Its ledger is what every other test counts captures by.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { again } from '../lib/control.mjs';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

const BACK = 'http://127.0.0.1:1/back';
const hooks = []; // what arrived: { right, type, object, id }
let stack, receiver, key, secret, failing = 0;
before(async () => {
  stack = await startStack({ batch: false });
  const keys = readFileSync(`${stack.dir}/keys/gateway`, 'utf8');
  [, key] = /gateway.key = (\S+)/.exec(keys);
  [, secret] = /webhook.secret = (\S+)/.exec(keys);
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (data) => { body += data; });
    request.on('end', () => {
      const [, at] = /t=(\d+)/.exec(request.headers['stripe-signature']);
      const event = JSON.parse(body);
      const right = request.headers['stripe-signature'].includes(createHmac('sha256', secret).update(`${at}.${body}`).digest('hex'));
      if (failing > 0) { failing--; response.statusCode = 500; } else hooks.push({ right, type: event.type, object: event.data.object.id, id: event.id });
      response.end();
    });
  });
  await new Promise((done) => { receiver.listen(0, '127.0.0.1', done); });
  const conf = `${stack.dir}/sandbox.conf`;
  const text = readFileSync(conf, 'utf8').replace(/^webhook\.url = .*/m, `webhook.url = http://127.0.0.1:${receiver.address().port}/hook`)
    .replace(/^(webhook\.late_ms|fault\.timeout_ms) = .*\n/gm, '');
  writeFileSync(conf, `${text.trimEnd()}\nwebhook.late_ms = 60000\nfault.timeout_ms = 700\n`);
  await again(stack, 'sandbox');
});
after(async () => {
  receiver?.close();
  await stack?.stop();
});

async function api(method, path, body, attemptKey, auth = `Bearer ${key}`) {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', ...(auth && { Authorization: auth }), ...(attemptKey && { 'Idempotency-Key': attemptKey }) };
  const answer = await fetch(stack.sandbox + path, { method, headers, body: body && new URLSearchParams(body).toString() });
  const text = await answer.text();
  return { status: answer.status, text, json: text.trim().startsWith('{') && text.trim().endsWith('}') ? JSON.parse(text) : null, replayed: answer.headers.get('idempotent-replayed') };
}
let n = 0;
const attempt = () => `demo-test-${Date.now()}-${++n}`;
const checkout = (name, more = {}) => ({ mode: 'payment', customer_email: 'a@b.example', customer_creation: 'always', success_url: BACK, cancel_url: `${BACK}?cancel=1`, locale: 'en',
  client_reference_id: name, 'metadata[attempt]': name, 'line_items[0][quantity]': '1', 'line_items[0][price_data][currency]': 'eur', 'line_items[0][price_data][unit_amount]': '12345',
  'line_items[0][price_data][product_data][name]': 'Quote Q-1', 'payment_intent_data[setup_future_usage]': 'off_session', 'payment_intent_data[metadata][attempt]': name, ...more });
const card = (number) => ({ number, expiry: '12/34', cvc: '123', name: 'Ada L' });
const stop = (url) => url.startsWith('http://127.0.0.1:1/');
const session = async (ref) => (await api('GET', `/v1/checkout/sessions/${ref}?expand[]=payment_intent.payment_method&expand[]=setup_intent.payment_method`)).json;
const captures = async (name) => (await (await fetch(`${stack.sandbox}/sandbox/ledger.tsv`)).text()).split('\n').filter((line) => line.split('\t')[9] === name).length;
const found = async (name) => (await api('GET', `/v1/payment_intents/search?query=${encodeURIComponent(`metadata['attempt']:'${name}'`)}`)).json.data;

async function pay(number) {
  const name = attempt();
  const made = (await api('POST', '/v1/checkout/sessions', checkout(name), name)).json;
  const visitor = new Visitor(stack.sandbox);
  await visitor.get(made.url);
  await visitor.submit(/\/pay\//, card(number), { stop });
  return { name, made, visitor };
}
// A stored card: what charging it later takes.
async function stored(number) {
  const paid = await pay(number);
  if (paid.visitor.url.includes('/step/')) await paid.visitor.submit(/\/step\//, {}, { button: 'approve', stop });
  const done = await session(paid.made.id);
  return { method: done.payment_intent.payment_method.id, customer: done.customer };
}
async function charge({ method, customer }, name = attempt(), amount = '5000') {
  const answer = await api('POST', '/v1/payment_intents', { amount, currency: 'eur', customer, payment_method: method, off_session: 'true', confirm: 'true', description: 'INV-1', 'metadata[attempt]': name }, name);
  return { ...answer, name };
}

test('keys, unknown places, wrong parameters', async () => {
  assert.equal((await api('GET', '/v1/customers/cus_x', undefined, undefined, null)).status, 401);
  assert.equal((await api('GET', '/v1/customers/cus_x', undefined, undefined, 'Bearer sk_test_no')).status, 401);
  assert.equal((await api('GET', '/v1/customers/cus_x')).status, 404);
  assert.equal((await api('GET', '/v1/nope')).status, 404);
  assert.equal((await api('POST', '/v1/checkout/sessions', { mode: 'payment', foo: '1' })).json.error.code, 'parameter_unknown');
  assert.equal((await api('POST', '/v1/checkout/sessions', checkout('x', { success_url: 'javascript:alert(1)' }))).json.error.code, 'url_invalid');
  assert.equal((await api('POST', '/v1/checkout/sessions', checkout('x', { 'line_items[0][price_data][unit_amount]': '1.5' }))).status, 400);
});

test('idempotency: the same answer, in any order of parameters; another body is refused; fifty at once make one', async () => {
  const name = attempt();
  assert.equal((await api('POST', '/v1/checkout/sessions', checkout(name, { mode: 'x' }), name)).status, 400); // not remembered
  const first = await api('POST', '/v1/checkout/sessions', checkout(name), name);
  const second = await api('POST', '/v1/checkout/sessions', Object.fromEntries(Object.entries(checkout(name)).reverse()), name);
  assert.equal(second.text, first.text);
  assert.equal(second.replayed, 'true');
  assert.equal((await api('POST', '/v1/checkout/sessions', checkout(name, { locale: 'fr' }), name)).json.error.type, 'idempotency_error');
  const other = attempt();
  const many = await Promise.all(Array.from({ length: 50 }, () => api('POST', '/v1/checkout/sessions', checkout(other), other)));
  assert.ok(many.every(({ status }) => status === 200 || status === 409));
  assert.equal(new Set(many.filter(({ status }) => status === 200).map(({ json }) => json.id)).size, 1);
});

test('a card that pays: captured once, however often its form is sent', async () => {
  const name = attempt();
  const made = (await api('POST', '/v1/checkout/sessions', checkout(name), name)).json;
  const visitor = new Visitor(stack.sandbox);
  await visitor.get(made.url);
  const { url, body } = visitor.fill(visitor.form(/\/pay\//), card('4242424242424242'));
  const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(url, { method: 'POST', body, redirect: 'manual', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [303]);
  assert.equal(await captures(name), 1);
  const done = await session(made.id);
  assert.equal(done.payment_intent.amount_received, 12345);
  assert.equal(done.payment_intent.payment_method.card.last4, '4242');
  assert.equal((await found(name)).length, 1);
});

test('wrong fields and declined cards: 422 at the field, the session stays open', async () => {
  const name = attempt();
  const made = (await api('POST', '/v1/checkout/sessions', checkout(name), name)).json;
  const visitor = new Visitor(stack.sandbox);
  for (const [field, value] of [['number', '4242 4242 4242 4241'], ['number', '4111111111111111'], ['number', ''], ['expiry', '13/30'], ['expiry', '01/20'], ['cvc', '12'], ['name', '']]) {
    await visitor.get(made.url);
    await visitor.submit(/\/pay\//, { ...card('4242424242424242'), [field]: value });
    assert.equal(visitor.status, 422, `${field} ${value}`);
    assert.ok(visitor.html.includes(`id="f-${field}-err"`));
  }
  for (const [number, code] of [['4000000000009995', 'insufficient_funds'], ['4000000000009987', 'lost_card']]) {
    await visitor.get(made.url);
    await visitor.submit(/\/pay\//, card(number));
    assert.equal(visitor.status, 422);
    assert.equal((await session(made.id)).payment_intent.last_payment_error.decline_code, code);
  }
  await visitor.submit(/\/pay\//, card('4000002760003184'), { stop });
  assert.match(visitor.url, /\/step\/pi_/);
  await visitor.submit(/\/step\//, {}, { button: 'refuse', stop });
  assert.match(visitor.url, /\/pay\//);
  await visitor.submit(/\/pay\//, card('4000002760003184'), { stop });
  await visitor.submit(/\/step\//, {}, { button: 'approve', stop });
  assert.equal((await session(made.id)).status, 'complete');
  assert.equal(await captures(name), 1);
  const expired = (await api('POST', '/v1/checkout/sessions', checkout(attempt()))).json;
  assert.equal((await api('POST', `/v1/checkout/sessions/${expired.id}/expire`, {})).json.status, 'expired');
  await visitor.get(expired.url);
  assert.equal(visitor.status, 410);
});

test('stored cards later: pays, declines softly and hard, asks for the customer', async () => {
  const good = await stored('4242424242424242');
  const paid = await charge(good);
  assert.equal(paid.json.status, 'succeeded');
  const replay = await charge(good, paid.name);
  assert.equal(replay.json.id, paid.json.id);
  assert.equal(replay.replayed, 'true');
  assert.equal(await captures(paid.name), 1);
  assert.equal((await charge({ ...good, customer: 'cus_no' })).status, 400);
  assert.equal((await charge(good, attempt(), '0')).status, 400);
  assert.equal((await charge(await stored('4000002760003184'))).json.error.code, 'authentication_required');
  assert.equal((await charge(await stored('4000002500003155'))).json.status, 'succeeded');
  assert.equal((await charge(await stored('4000990000000012'))).json.error.decline_code, 'insufficient_funds');
  const lost = await charge(await stored('4000990000000020'));
  assert.equal(lost.json.error.decline_code, 'lost_card');
  assert.equal(lost.json.error.advice_code, 'do_not_try_again');
  const stopped = (await charge(await stored('4000990000000145'))).json.error;
  assert.deepEqual([stopped.decline_code, stopped.network_decline_code, stopped.network_advice_code], ['generic_decline', 'R1', undefined]);
  const waits = (await charge(await stored('5555990000000026'))).json.error;
  assert.deepEqual([waits.advice_code, waits.network_advice_code, waits.payment_intent.last_payment_error.network_decline_code], ['try_again_later', '25', '51']);
  const gone = await charge(await stored('4000990000000152'));
  assert.deepEqual([gone.status, gone.json.error.code, gone.json.error.param], [400, 'resource_missing', 'payment_method']);
  const asks = await charge(await stored('4000990000000160'));
  assert.deepEqual([asks.status, asks.json.status], [200, 'requires_action']);
  const twice = await stored('4000990000000038');
  assert.deepEqual([(await charge(twice)).status, (await charge(twice)).status, (await charge(twice)).status], [402, 402, 200]);
});

test('every other card: its own words, nothing taken; one pays, one pays a cent less, one can only be kept', async () => {
  for (const [number, code] of [['4000000000000002', 'generic_decline'], ['4000000000009979', 'stolen_card'], ['4000000000000069', 'expired_card'],
    ['4000000000000127', 'incorrect_cvc'], ['4000000000000119', 'processing_error'], ['4000000000000341', 'generic_decline']]) {
    const { visitor, made, name } = await pay(number);
    assert.equal(visitor.status, 422, number);
    const now = await session(made.id);
    assert.equal(now.status, 'open');
    assert.equal(now.payment_intent.last_payment_error.decline_code, code);
    assert.equal(await captures(name), 0);
  }
  const master = await pay('5555555555554444');
  assert.equal((await session(master.made.id)).payment_intent.payment_method.card.brand, 'mastercard');
  assert.equal(await captures(master.name), 1);
  const less = await pay('4000990000000103');
  const taken = await session(less.made.id);
  assert.deepEqual([taken.status, taken.amount_total, taken.payment_intent.amount_received], ['complete', 12345, 12344]);

  const name = attempt();
  const made = await api('POST', '/v1/checkout/sessions', { mode: 'setup', currency: 'eur', customer_email: 'a@b.example', customer_creation: 'always', success_url: BACK, cancel_url: BACK,
    locale: 'en', client_reference_id: name, 'metadata[attempt]': name }, name);
  assert.equal(made.status, 200, made.text);
  const visitor = new Visitor(stack.sandbox);
  await visitor.get(made.json.url);
  await visitor.submit(/\/pay\//, card('4000000000000341'), { stop });
  const kept = await session(made.json.id);
  assert.equal(kept.status, 'complete');
  const declined = await charge({ method: kept.setup_intent.payment_method.id, customer: kept.customer });
  assert.equal(declined.status, 402);
  assert.equal(await captures(declined.name), 0);
});

// Refunds: the ledger of what went back says what each card makes of them.
const moved = async (intent) => (await (await fetch(`${stack.sandbox}/sandbox/money-back.tsv`)).text()).split('\n').map((line) => line.split('\t'))
  .filter((line) => line[3] === intent).map((line) => `${line[1]} ${line[4]}`);
async function refundable(number) {
  const paid = await pay(number);
  return (await session(paid.made.id)).payment_intent.id;
}
const refund = (intent, amount, refundKey) => api('POST', '/v1/refunds', { payment_intent: intent, amount, 'metadata[refund]': refundKey }, refundKey);

test('refunds: parts, never more than was taken, the same answer under the same key', async () => {
  const intent = await refundable('4242424242424242');
  const key1 = attempt();
  const first = await refund(intent, '12000', key1);
  assert.equal(first.json.status, 'succeeded');
  assert.equal((await refund(intent, '12000', key1)).text, first.text);
  assert.equal((await refund(intent, '346', attempt())).status, 400);
  assert.equal((await refund(intent, '0', attempt())).status, 400);
  assert.equal((await refund(intent, '1.5', attempt())).status, 400);
  assert.equal((await refund(intent, '345', attempt())).json.status, 'succeeded');
  assert.equal((await refund(intent, '1', attempt())).json.error.code, 'charge_already_refunded');
  assert.equal((await refund('pi_none', '1', attempt())).json.error.code, 'resource_missing');
  assert.deepEqual(await moved(intent), ['refund 12000', 'refund 345']);
  assert.equal((await api('GET', `/v1/refunds/${first.json.id}`)).json.metadata.refund, key1);
  assert.equal((await api('GET', `/v1/refunds?payment_intent=${intent}&limit=100`)).json.data.length, 2);
  assert.equal((await api('GET', '/v1/refunds/re_none')).status, 404);
});

test('refunds: a card that decides later, one that takes it back, one that refuses, two that do not answer', async () => {
  const late = await refundable('4000000000007726');
  assert.equal((await refund(late, '100', attempt())).json.status, 'pending');
  assert.deepEqual(await moved(late), []);
  const fails = await refundable('4000000000005126');
  const taken = await refund(fails, '100', attempt());
  assert.equal(taken.json.status, 'succeeded');
  await fetch(`${stack.sandbox}/sandbox/deliver?all=1`, { method: 'POST' });
  assert.deepEqual(await moved(late), ['refund 100']);
  assert.deepEqual(await moved(fails), ['refund 100', 'refund_failed -100']);
  assert.equal((await api('GET', `/v1/refunds/${taken.json.id}`)).json.status, 'failed');
  assert.deepEqual([...new Set(hooks.filter(({ object }) => object === taken.json.id).map(({ type }) => type))].sort(), ['refund.created', 'refund.failed', 'refund.updated']);
  const refuses = await refundable('4000990000000111');
  assert.equal((await refund(refuses, '100', attempt())).json.error.code, 'charge_not_refundable');
  for (const [number, before_] of [['4000990000000129', []], ['4000990000000137', ['refund 100']]]) {
    const intent = await refundable(number);
    const name = attempt();
    assert.equal((await refund(intent, '100', name)).status, 504, number);
    assert.deepEqual(await moved(intent), before_);
    assert.equal((await refund(intent, '100', name)).json.status, 'succeeded');
    assert.deepEqual(await moved(intent), ['refund 100']);
  }
});

test('no card of the list is forgotten here', async () => {
  const page = await (await fetch(`${stack.sandbox}/sandbox/cards`)).text();
  const numbers = [...new Set(page.replace(/<[^>]*>/g, ' ').match(/\b\d{4}(?:[ \u00a0]?\d{4}){3}\b/g).map((text) => text.replace(/\D/g, '')))];
  assert.equal(numbers.length, 31);
  const tests = readFileSync(new URL(import.meta.url), 'utf8');
  assert.deepEqual(numbers.filter((number) => !tests.includes(number)), []);
});

// These cards do it on their page, and once again when they are charged later.
test('silence before and after the capture, 500 after it: the same key tells the truth', async () => {
  for (const [number, status, taken, replay] of [['4000990000000046', 504, 0, 200], ['4000990000000053', 504, 1, 200], ['4000990000000061', 500, 1, 500]]) {
    const { visitor, made } = await pay(number);
    assert.equal(visitor.status, status, number);
    assert.equal((await session(made.id)).status === 'complete', taken === 1);
    if (taken === 0) {
      await visitor.get(made.url);
      await visitor.submit(/\/pay\//, card(number), { stop });
    }
    const done = await session(made.id);
    const method = { method: done.payment_intent.payment_method.id, customer: done.customer };
    const charged = await charge(method);
    if (charged.status === 200) continue; // the fault was the page's
    assert.equal(charged.status, status);
    assert.equal(await captures(charged.name), taken);
    assert.equal((await charge(method, charged.name)).status, replay);
    assert.equal(await captures(charged.name), 1);
    assert.equal((await found(charged.name))[0].status, 'succeeded');
  }
});

test('events: signed, twice, late, before the redirect, again after a failure', async () => {
  const of = (made) => hooks.filter(({ object }) => object === made.id);
  const arrive = async (made, count) => { for (let i = 0; i < 60 && of(made).length < count; i++) await pause(100); };
  const first = await pay('4000990000000095');
  assert.ok(of(first.made).length >= 1, 'the event comes before the redirect');
  const twice = await pay('4000990000000087');
  await arrive(twice.made, 2);
  assert.equal(of(twice.made).length, 2);
  assert.equal(new Set(of(twice.made).map(({ id }) => id)).size, 1);
  const late = await pay('4000990000000079');
  await pause(500);
  assert.equal(of(late.made).length, 0);
  await fetch(`${stack.sandbox}/sandbox/deliver?all=1`, { method: 'POST' });
  assert.equal(of(late.made).length, 1);
  failing = 2;
  const retried = await pay('4242424242424242');
  await arrive(retried.made, 1);
  assert.ok(of(retried.made).length >= 1, 'given up after a failure');
  assert.ok(hooks.every(({ right }) => right), 'a signature is wrong');
});
