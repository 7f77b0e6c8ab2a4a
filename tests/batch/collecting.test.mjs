// collect: many debits on their way at once from one process; a gateway that is slow, asks for less, or is not there.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import http from 'node:http';
import https from 'node:https';
import { readFileSync, writeFileSync } from 'node:fs';
import { after as finish, before, beforeEach, test } from 'node:test';
import { batch, bringBack, keep, pause, seed, storeCards, until } from '../lib/control.mjs';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

const MANY = 300;
let stack, gateway, today;

// A gateway of our own: answer(number of the charge, key) gives { status, headers, body, wait } or null: it takes the money.
class Cards {
  async start() {
    this.reset();
    this.server = http.createServer(async (request, response) => {
      let sent = '';
      for await (const part of request) sent += part;
      const key = request.headers['idempotency-key'];
      if (request.method !== 'POST') { this.asked++; const { status = 200, body = '{"object":"list","data":[]}' } = this.tell(request.url) ?? {}; response.writeHead(status).end(body); return; }
      this.open++;
      this.most = Math.max(this.most, this.open);
      const number = ++this.calls;
      this.times.push(Date.now());
      this.versions.add(request.headers['stripe-version']);
      const known = this.bodies.get(key);
      assert.ok(known === undefined || known === sent, 'the same key with other words');
      this.bodies.set(key, sent);
      const { status = 200, headers = {}, body = null, wait = 0, takes = status === 200 } = this.answer(number, key, request.url) ?? {};
      if (takes) this.charged.set(key, (this.charged.get(key) ?? 0) + 1);
      if (wait > 0) await pause(wait);
      this.open--;
      const form = new URLSearchParams(sent);
      response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(body ?? JSON.stringify({ id: `pi_${key}`, object: 'payment_intent', status: 'succeeded',
        amount: Number(form.get('amount')), amount_received: Number(form.get('amount')), currency: form.get('currency'), payment_method: form.get('payment_method') }));
    });
    await new Promise((done) => { this.server.listen(0, '127.0.0.1', done); });
    return this;
  }
  reset() { Object.assign(this, { calls: 0, asked: 0, open: 0, most: 0, times: [], bodies: new Map(), charged: new Map(), versions: new Set(), answer: () => null, tell: () => null }); }
  get url() { return `http://127.0.0.1:${this.server.address().port}`; }
  async stop() { this.server.closeAllConnections(); await new Promise((done) => { this.server.close(done); }); }
}

const declined = (code, advice = '') => ({ status: 402, body: JSON.stringify({ error: { type: 'card_error', code: 'card_declined', decline_code: code, advice_code: advice, message: 'no' } }) });
const refused = (code, param, message = 'refused') => ({ status: 400, body: JSON.stringify({ error: { type: 'invalid_request_error', ...(code ? { code } : {}), param, message } }) });
const denied = (status, code = '') => ({ status, body: JSON.stringify({ error: { type: 'invalid_request_error', code, message: 'Expired API Key' } }) });
const item = (kind) => stack.sql(`SELECT subject_kind, detail FROM operator_item WHERE kind = '${kind}' AND closed_at IS NULL ORDER BY id`);
const pointAt = (url) => writeFileSync(stack.tenant, readFileSync(stack.tenant, 'utf8').replace(/^gateway.base = .*$/m, `gateway.base = ${url}`));
const states = () => Object.fromEntries(stack.sql("SELECT state, COUNT(*) FROM attempt WHERE kind = 'off_session' GROUP BY state"));
const away = () => stack.value("SELECT detail FROM operator_item WHERE kind = 'gateway_away' AND closed_at IS NULL");
const dueNow = () => Number(stack.value(`SELECT COUNT(*) FROM receivable WHERE collect_on <= '${today}'`));
// Charged at the gateway is what we hold paid, once each.
function agrees() {
  const ours = stack.sql("SELECT a.attempt_key FROM payment p JOIN attempt a ON a.id = p.attempt_id WHERE a.kind = 'off_session' AND a.state = 'succeeded'").flat().sort();
  assert.deepEqual([...gateway.charged.keys()].sort(), ours);
  const payables = stack.value("SELECT COUNT(DISTINCT payable_id) FROM attempt WHERE kind = 'off_session' AND state = 'succeeded'");
  assert.equal(payables, String(ours.length));
}
const verified = async () => { const done = await batch(stack, ['verify']); assert.equal(done.code, 0, done.out + done.err); };

before(async () => {
  stack = await startStack({ batch: false });
  today = (await batch(stack, ['clock'])).out.trim();
  gateway = await new Cards().start();
  const from = Number(stack.value('SELECT IFNULL(MAX(id), 0) FROM subscription'));
  seed(stack, { subscriptions: MANY, due: today });
  const ids = stack.sql(`SELECT id FROM subscription WHERE id > ${from}`).flat();
  for (let i = 0; i < ids.length; i += 50) stack.sql(`START TRANSACTION; ${storeCards(stack, ids.slice(i, i + 50).map((id) => [id, 'visa']))} COMMIT`);
  pointAt(gateway.url);
  await keep(stack, 'due');
  assert.equal((await batch(stack, ['renew'])).code, 0);
  assert.equal(dueNow(), MANY);
  await keep(stack, 'invoiced');
}, { timeout: 180000 });
beforeEach(async () => { gateway.reset(); pointAt(gateway.url); await bringBack(stack, 'invoiced'); });
finish(async () => { await stack?.stop(); await gateway?.stop(); });

test('many are on their way at once, never more than 64; each is charged once, booked and told', { timeout: 180000 }, async () => {
  gateway.answer = () => ({ wait: 50 });
  const done = await batch(stack, ['collect']);
  assert.equal(done.code, 0, done.err);
  assert.deepEqual(states(), { succeeded: String(MANY) });
  assert.equal(gateway.calls, MANY);
  assert.ok(gateway.most > 16 && gateway.most <= 64, `${gateway.most} at once`);
  assert.equal(stack.value("SELECT COUNT(*) FROM outbox WHERE template = 'receipt'"), String(MANY));
  assert.equal(stack.value("SELECT COUNT(*) FROM receivable WHERE state = 'open'"), '0');
  assert.deepEqual(stack.sql("SELECT DISTINCT CONCAT(from_state, ' ', to_state) AS step FROM attempt_event ORDER BY step").flat(), ['ready sending', 'sending succeeded']);
  agrees();
  await verified();
});

// The call of the one is given up after 30 s, the other's answer comes just before that.
test('X09 one that does not answer and one that takes 28 s hold nobody; unknown is never charged anew under another key', { timeout: 180000 }, async () => {
  gateway.answer = (number) => (number === 5 ? { wait: 40000 } : number === 6 ? { wait: 28000 } : null);
  const running = batch(stack, ['collect']);
  await until('all others are paid', () => states().succeeded === String(MANY - 2), 20);
  assert.equal(states().sending, '2');
  const done = await running;
  assert.equal(done.code, 0, done.err);
  assert.deepEqual(states(), { succeeded: String(MANY - 1), unknown: '1' });
  assert.equal(dueNow(), 0);
  gateway.answer = () => null;
  assert.equal((await batch(stack, ['collect'])).code, 0);
  assert.deepEqual(states(), { succeeded: String(MANY - 1), unknown: '1' }, 'nothing new while the outcome is unknown');
  stack.sql('UPDATE attempt SET next_check_at = UTC_TIMESTAMP(6) WHERE next_check_at IS NOT NULL');
  assert.equal((await batch(stack, ['janitor'])).code, 0);
  assert.deepEqual(states(), { succeeded: String(MANY) });
  assert.equal(gateway.bodies.size, MANY);
  agrees();
});

test('429 with Retry-After: none before that time, then fewer; all are paid under their first key', { timeout: 180000 }, async () => {
  let refusedAt = 0;
  gateway.answer = (number) => {
    if (number !== 60) return { wait: 30 };
    refusedAt = Date.now();
    return { status: 429, headers: { 'Retry-After': '2' }, body: '{"error":{"type":"api_error","message":"too many"}}' };
  };
  const done = await batch(stack, ['collect']);
  assert.equal(done.code, 0, done.err);
  assert.deepEqual(states(), { succeeded: String(MANY) });
  assert.ok(refusedAt > 0);
  const gaps = gateway.times.slice(1).map((at, i) => at - gateway.times[i]);
  assert.ok(Math.max(...gaps) >= 1500, `no pause: ${Math.max(...gaps)} ms at most`);
  assert.equal(gateway.bodies.size, MANY);
  agrees();
});

test('X09 the gateway is down: invoices are made, collecting gives up within seconds, all is due at the next run', { timeout: 180000 }, async () => {
  await bringBack(stack, 'due');
  pointAt('http://127.0.0.1:9');
  const done = await batch(stack, ['run']);
  assert.ok([0, 1].includes(done.code), done.err);
  assert.match(done.err, /"event":"collect".*"gateway":"away"/);
  assert.equal(stack.value("SELECT COUNT(*) FROM invoice i JOIN subscription s ON s.id = i.subscription_id WHERE s.number LIKE 'SB-%'"), String(MANY));
  const seconds = Number(stack.value("SELECT TIMESTAMPDIFF(SECOND, started_at, ended_at) FROM job_run WHERE job = 'collect' ORDER BY id DESC LIMIT 1"));
  assert.ok(seconds < 20, `${seconds} s`);
  const tried = Number(states().not_sent);
  assert.ok(tried >= 10 && tried <= 30, `${tried} tried`);
  assert.equal(dueNow(), MANY);
  assert.match(away(), /^(?!.*certificate).*onnect/i);
  pointAt(gateway.url);
  assert.equal((await batch(stack, ['collect'])).code, 0);
  assert.equal(states().succeeded, String(MANY));
  assert.equal(away(), null, 'its answer takes that back');
  agrees();
});

test('TLS that nobody vouches for: nothing leaves, a person is told why', { timeout: 60000 }, async () => {
  const path = (name) => `${stack.dir}/tls.${name}`;
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', '-subj', '/CN=127.0.0.1',
    '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', path('key'), '-out', path('pem')], { stdio: 'ignore' });
  const requests = [];
  const server = https.createServer({ key: readFileSync(path('key')), cert: readFileSync(path('pem')) }, (request, response) => { requests.push(request.url); response.end(); });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  try {
    pointAt(`https://127.0.0.1:${server.address().port}`);
    stack.sql(`UPDATE receivable SET collect_on = NULL WHERE collect_on IS NOT NULL ORDER BY invoice_id DESC LIMIT ${MANY - 2}`); // too few for the breaker
    assert.equal((await batch(stack, ['collect'])).code, 0);
    assert.deepEqual(states(), { not_sent: '2' });
    assert.deepEqual(requests, []);
    assert.match(away(), /certificate/);
    assert.equal(dueNow(), 2, 'due again at once');
  } finally { server.close(); }
});

test('one whose card cannot be read and one without its mandate are put off with their reason; all others are charged', { timeout: 180000 }, async () => {
  const methods = stack.sql("SELECT s.payment_method_id, r.invoice_id FROM receivable r JOIN subscription s ON s.id = r.subscription_id WHERE s.number LIKE 'SB-%' ORDER BY r.invoice_id LIMIT 100").filter((row, i) => i === 3 || i === 40);
  const [[sealed]] = stack.sql(`SELECT token_sealed FROM payment_method WHERE id = ${methods[0][0]}`);
  stack.sql(`UPDATE payment_method SET token_sealed = CONCAT(LEFT(token_sealed, 30), 'AAAA', SUBSTR(token_sealed, 35)) WHERE id = ${methods[0][0]};
    UPDATE payment_method SET gateway = 'sepa' WHERE id = ${methods[1][0]}`);
  const done = await batch(stack, ['collect']);
  assert.equal(done.code, 0, done.err);
  assert.equal(done.err.match(/"event":"charge.set_aside"/g).length, 2);
  assert.deepEqual(states(), { succeeded: String(MANY - 2) });
  for (const [, invoice] of methods) assert.equal(stack.value(`SELECT collect_on = '${today}' + INTERVAL 1 DAY FROM receivable WHERE invoice_id = ${invoice}`), '1');
  agrees();
  stack.sql(`UPDATE payment_method SET token_sealed = '${sealed}' WHERE id = ${methods[0][0]}; UPDATE payment_method SET gateway = 'stripe' WHERE id = ${methods[1][0]}`);
  assert.equal((await batch(stack, ['clock', '--to', new Date(Date.parse(today) + 864e5).toISOString().slice(0, 10)])).code, 0);
  assert.equal((await batch(stack, ['collect'])).code, 0);
  assert.deepEqual(states(), { succeeded: String(MANY) });
  agrees();
});

// Who may be asked instead of a card that will not pay any more: only whom the customer named, and not when they told their
// bank to stop.
test('a card that is refused for good: the next try of the schedule is on the one that its customer allowed', { timeout: 180000 }, async () => {
  const subs = stack.sql('SELECT s.id, s.payment_method_id FROM subscription s JOIN receivable r ON r.subscription_id = s.id WHERE r.collect_on IS NOT NULL ORDER BY s.id LIMIT 4');
  const [allowed, silent, stopped, expired] = subs.map(([id]) => id);
  stack.sql(`UPDATE receivable SET collect_on = NULL WHERE subscription_id NOT IN (${subs.map(([id]) => id).join()})`);
  stack.sql(storeCards(stack, subs.map(([id]) => [id, 'visa'])));
  const reserve = Object.fromEntries(stack.sql(`SELECT id, payment_method_id FROM subscription WHERE id IN (${subs.map(([id]) => id).join()})`));
  for (const [id, own] of subs) stack.sql(`UPDATE payment_method SET last4 = '1881' WHERE id = ${reserve[id]}; UPDATE subscription SET payment_method_id = ${own} WHERE id = ${id}`);
  stack.sql(`UPDATE payment_method SET exp_year = 2020 WHERE id = ${subs[3][1]}`);
  const allow = (id, card) => stack.sql(`INSERT INTO reserve_card (subscription_id, payment_method_id, agreed_text, language, agreed_on, agreed_at, remote_addr, user_agent)
    VALUES (${id}, ${card}, 'yes', 'en', '${today}', UTC_TIMESTAMP(6), '', '')`);
  for (const id of [allowed, stopped, expired]) allow(id, reserve[id]);
  assert.throws(() => allow(allowed, reserve[allowed]), /Duplicate/);
  assert.throws(() => allow(silent, reserve[allowed]), /a card in use of the subscription's customer/);
  assert.throws(() => stack.sql("UPDATE reserve_card SET agreed_text = 'more'"), /as it was said/);
  assert.throws(() => stack.sql('DELETE FROM reserve_card'), /never deleted/);
  const own = Object.fromEntries(subs.map(([id, method]) => [`pm_test${method}`, id]));
  gateway.answer = (_, key) => {
    const id = own[new URLSearchParams(gateway.bodies.get(key)).get('payment_method')];
    return id === undefined ? null : declined(id === stopped ? 'revocation_of_authorization' : 'lost_card');
  };
  const tried = (id) => stack.sql(`SELECT a.state, m.last4, a.tried_on FROM attempt a JOIN payable y ON y.id = a.payable_id JOIN receivable r ON r.invoice_id = y.invoice_id
    JOIN payment_method m ON m.id = a.payment_method_id WHERE r.subscription_id = ${id} ORDER BY a.id`).map(([state, last4, on]) => `${state} ${last4} ${(Date.parse(on) - Date.parse(today)) / 864e5}`);
  const collected = await batch(stack, ['collect']);
  assert.equal(collected.code, 0, `${collected.signal} ${collected.out}${collected.err}`);
  assert.deepEqual([allowed, silent, stopped, expired].map(tried), [['declined 4242 0'], ['declined 4242 0'], ['declined 4242 0'], ['succeeded 1881 0']]);
  assert.deepEqual(stack.sql(`SELECT c.can_retry FROM dunning_case c JOIN receivable r ON r.invoice_id = c.invoice_id WHERE r.subscription_id IN (${allowed}, ${silent}, ${stopped}) ORDER BY r.subscription_id`).flat(),
    ['1', '0', '0']);
  for (let day = 1; day <= 14; day++) {
    assert.equal((await batch(stack, ['clock', '--to', new Date(Date.parse(today) + day * 864e5).toISOString().slice(0, 10)])).code, 0);
    if ([3, 7, 12, 14].includes(day)) assert.equal((await batch(stack, ['run'])).code, 0);
  }
  assert.deepEqual([allowed, silent, stopped, expired].map(tried), [['declined 4242 0', 'succeeded 1881 3'], ['declined 4242 0'], ['declined 4242 0'], ['succeeded 1881 0']]);
  assert.equal(stack.value(`SELECT open_minor FROM receivable WHERE subscription_id = ${allowed}`), '0');
  assert.equal(stack.value(`SELECT payment_method_id FROM subscription WHERE id = ${allowed}`), subs[0][1], 'its own card stays its own');
  assert.throws(() => stack.sql(`INSERT INTO attempt (payable_id, number, attempt_key, kind, state, amount_minor, currency, payment_method_id, request_path, request_body, created_at, tried_on)
    SELECT y.id, 9, 'k', 'off_session', 'ready', 1, 'EUR', ${reserve[silent]}, '', '', UTC_TIMESTAMP(6), '${today}' FROM payable y JOIN receivable r ON r.invoice_id = y.invoice_id
    WHERE r.subscription_id = ${silent}`), /not agreed for this subscription/);
  agrees();
  await verified();
  // The evidence on the invoice names the card of each attempt.
  const seller = new Visitor(stack.site, { language: 'en' });
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
  await seller.get(`${stack.site}/admin/invoices/${stack.value(`SELECT i.number FROM invoice i WHERE i.subscription_id = ${allowed} ORDER BY id DESC LIMIT 1`)}`);
  assert.deepEqual([...seller.html.matchAll(/Carte enregistrée se terminant par (\d{4})/g)].map(([, last4]) => last4).sort(), ['1881', '4242']);
});

test('what never leaves this machine is tried eight times a day, then on the next', { timeout: 180000 }, async () => {
  pointAt('http://127.0.0.1:9');
  stack.sql(`UPDATE receivable SET collect_on = NULL WHERE collect_on IS NOT NULL ORDER BY invoice_id DESC LIMIT ${MANY - 2}`);
  for (let i = 0; i < 9; i++) assert.equal((await batch(stack, ['collect'])).code, 0);
  assert.deepEqual(states(), { not_sent: '16' });
  assert.equal(dueNow(), 0);
  assert.equal(stack.value(`SELECT COUNT(*) FROM receivable WHERE collect_on = '${today}' + INTERVAL 1 DAY`), '2');
});

test('X04 SIGTERM in the middle: what is on its way is settled, nothing new starts, and the rest comes later', { timeout: 180000 }, async () => {
  let middle;
  const killWhen = new Promise((resolve) => { middle = resolve; });
  gateway.answer = (number) => { if (number === MANY / 3) middle(); return { wait: 300 }; };
  const done = await batch(stack, ['collect'], { killWhen, signal: 'SIGTERM' });
  assert.equal(done.code, 0, done.err);
  const first = states();
  assert.deepEqual(Object.keys(first), ['succeeded']);
  assert.ok(Number(first.succeeded) >= MANY / 3 && Number(first.succeeded) < MANY, JSON.stringify(first));
  assert.equal(dueNow(), MANY - Number(first.succeeded));
  gateway.answer = () => null;
  assert.equal((await batch(stack, ['collect'])).code, 0);
  assert.deepEqual(states(), { succeeded: String(MANY) });
  agrees();
});

test('C20 a code that ends the card: one try ever; a soft one is tried again, a day apart, with the advice kept', { timeout: 180000 }, async () => {
  gateway.answer = (number) => [null, declined('stolen_card'), declined('insufficient_funds'), declined('insufficient_funds', 'try_again_later')][number <= 3 ? number : 0];
  assert.equal((await batch(stack, ['collect'])).code, 0);
  assert.deepEqual(states(), { declined: '3', succeeded: String(MANY - 3) });
  assert.equal(stack.value("SELECT COUNT(*) FROM payment_method WHERE state = 'refused'"), '1');
  assert.deepEqual(stack.sql("SELECT decline_code, advice_code FROM attempt WHERE state = 'declined' ORDER BY decline_code DESC, advice_code"),
    [['stolen_card', ''], ['insufficient_funds', ''], ['insufficient_funds', 'try_again_later']]);
  gateway.answer = () => declined('insufficient_funds');
  const tryOn = async (days) => { // somebody wants a try each day
    const day = new Date(Date.parse(today) + days * 864e5).toISOString().slice(0, 10);
    assert.equal((await batch(stack, ['clock', '--to', day])).code, 0);
    stack.sql(`UPDATE receivable SET collect_on = '${day}' WHERE state = 'open' AND open_minor > 0`);
    assert.equal((await batch(stack, ['collect'])).code, 0);
  };
  for (let day = 0; day <= 40; day++) await tryOn(day);
  const [[hard], ...soft] = stack.sql(`SELECT COUNT(*), SUM(tried_on < '${today}' + INTERVAL 30 DAY) FROM attempt a WHERE a.payable_id IN (SELECT payable_id FROM attempt WHERE state = 'declined')
    GROUP BY payable_id ORDER BY MAX(decline_code = 'stolen_card') DESC, payable_id`).map((row) => row.map(Number));
  assert.equal(hard, 1);
  for (const [, inThirty] of soft) assert.equal(inThirty, 8);
  assert.equal(stack.value('SELECT COUNT(*) FROM attempt a JOIN attempt b ON b.payable_id = a.payable_id AND b.number = a.number + 1 AND b.tried_on < a.tried_on + INTERVAL 2 DAY'), '0');
});

test('a charge that the gateway refuses as a request ends: told, with a link to pay, never asked again as it was', { timeout: 180000 }, async () => {
  gateway.answer = (number) => [null, refused('amount_too_small', 'amount', 'At least 0.50 EUR'), refused('', undefined, 'It may not be used again. '.repeat(20)),
    refused('resource_missing', 'payment_method'), refused('resource_missing', 'customer')][number <= 4 ? number : 0];
  assert.equal((await batch(stack, ['collect'])).code, 0);
  assert.deepEqual(states(), { declined: '4', succeeded: String(MANY - 4) });
  assert.deepEqual(stack.sql("SELECT decline_code FROM attempt WHERE state = 'declined' ORDER BY decline_code").flat(), ['amount_too_small', 'request_refused', 'resource_missing', 'resource_missing']);
  assert.deepEqual(stack.sql("SELECT DISTINCT event, to_state FROM attempt_event WHERE attempt_id IN (SELECT id FROM attempt WHERE state = 'declined') AND event <> 'picked'"), [['invalid', 'declined']]);
  assert.equal(dueNow(), 0);
  assert.equal(stack.value("SELECT COUNT(*) FROM receivable WHERE state = 'open' AND collect_on IS NULL"), '4');
  assert.equal(stack.value("SELECT COUNT(*) FROM outbox WHERE template = 'pay_failed'"), '4');
  assert.equal(item('renewal_declined').length, 4);
  assert.ok(item('renewal_declined').some(([, detail]) => detail === 'At least 0.50 EUR'));
  assert.equal(stack.value("SELECT COUNT(*) FROM dunning_case"), '4', 'dunning takes over');
  assert.equal(stack.value("SELECT COUNT(*) FROM payment_method WHERE state = 'refused'"), '2', 'what is the card, not what is ours');
  assert.equal(stack.value(`SELECT COUNT(*) FROM customer c JOIN receivable r ON r.customer_id = c.id WHERE r.state = 'open' AND c.gateway_customer = ''`), '1', 'a customer that the gateway does not have is made anew');
  const calls = gateway.calls;
  stack.sql('UPDATE attempt SET created_at = created_at - INTERVAL 2 DAY'); // the day after which a search would have said "absent"
  for (const day of [1, 2, 20]) {
    assert.equal((await batch(stack, ['clock', '--to', new Date(Date.parse(today) + day * 864e5).toISOString().slice(0, 10)])).code, 0);
    stack.sql("UPDATE attempt SET next_check_at = UTC_TIMESTAMP(6) WHERE next_check_at IS NOT NULL");
    for (const piece of ['janitor', 'dunning', 'collect']) assert.equal((await batch(stack, [piece])).code, 0, piece);
  }
  assert.equal(gateway.calls, calls);
  agrees();
  await verified();
});

for (const status of [401, 403])
  test(`a key that the gateway does not take (${status}): told at once, collecting stops, no try is spent, and it goes on by itself`, { timeout: 180000 }, async () => {
    gateway.answer = () => denied(status, status === 401 ? 'api_key_expired' : '');
    gateway.tell = () => denied(status);
    const done = await batch(stack, ['collect']);
    assert.match(done.err, /"event":"collect".*"gateway":"away"/);
    const calls = gateway.calls;
    assert.ok(calls >= 1 && calls <= 8, `${calls} calls`);
    assert.deepEqual(states(), { not_sent: String(calls) });
    assert.deepEqual(item('gateway_denied'), [['house', 'Expired API Key']]);
    assert.equal(away(), null);
    assert.equal(dueNow(), MANY);
    for (let i = 0; i < 10; i++) assert.equal((await batch(stack, ['collect'])).code, 0);
    assert.equal(gateway.calls, calls, 'only asked meanwhile');
    assert.ok(gateway.asked >= 10);
    assert.deepEqual(states(), { not_sent: String(calls) });
    assert.equal(stack.value("SELECT COUNT(*) FROM outbox WHERE template = 'pay_failed'"), '0');
    gateway.answer = gateway.tell = () => null;
    assert.equal((await batch(stack, ['collect'])).code, 0);
    assert.equal(states().succeeded, String(MANY));
    assert.deepEqual(item('gateway_denied'), []);
    agrees();
  });

test('no answer is no sign that the gateway is back', { timeout: 180000 }, async () => {
  stack.sql(`UPDATE receivable SET collect_on = NULL WHERE collect_on IS NOT NULL ORDER BY invoice_id DESC LIMIT ${MANY - 2}`);
  pointAt('http://127.0.0.1:9');
  assert.equal((await batch(stack, ['collect'])).code, 0);
  assert.notEqual(away(), null);
  pointAt(gateway.url);
  gateway.answer = () => ({ status: 502, body: '<html>' });
  assert.equal((await batch(stack, ['collect'])).code, 0);
  assert.deepEqual(states(), { not_sent: '2', unknown: '2' });
  assert.notEqual(away(), null);
});

test('CRD-04, CRD-05 what the scheme says: its advice makes wait, its code ends the card', { timeout: 180000 }, async () => {
  const network = (code, advice) => ({ status: 402, body: JSON.stringify({ error: { type: 'card_error', code: 'card_declined', decline_code: 'generic_decline', advice_code: 'try_again_later',
    network_decline_code: code, network_advice_code: advice, message: 'no' } }) });
  gateway.answer = (number) => [null, network('05', '27'), network('41', null), network('05', '03')][number <= 3 ? number : 0];
  assert.equal((await batch(stack, ['collect'])).code, 0);
  assert.deepEqual([...gateway.versions], ['2025-02-24.acacia']);
  assert.deepEqual(stack.sql("SELECT decline_code, advice_code FROM attempt WHERE state = 'declined' ORDER BY decline_code, advice_code"),
    [['41', 'try_again_later'], ['generic_decline', '03'], ['generic_decline', '27']]);
  assert.equal(stack.value("SELECT COUNT(*) FROM payment_method WHERE state = 'refused'"), '2');
  gateway.answer = () => network('05', '27');
  const calls = gateway.calls;
  for (let day = 1; day <= 5; day++) { // 4 days by the advice, in whole days
    const on = new Date(Date.parse(today) + day * 864e5).toISOString().slice(0, 10);
    assert.equal((await batch(stack, ['clock', '--to', on])).code, 0);
    stack.sql(`UPDATE receivable SET collect_on = '${on}' WHERE state = 'open'`);
    assert.equal((await batch(stack, ['collect'])).code, 0);
    assert.equal(gateway.calls - calls, day < 5 ? 0 : 1, `day ${day}`);
  }
});

test('X08 the janitor: one that cannot be asked about is put off with its reason, all behind it have their turn, in one run', { timeout: 240000 }, async () => {
  const some = 150; // more than a group
  stack.sql(`UPDATE receivable SET collect_on = NULL WHERE collect_on IS NOT NULL ORDER BY invoice_id DESC LIMIT ${MANY - some}`);
  gateway.answer = () => ({ status: 502, body: '<html>' });
  gateway.tell = () => ({ status: 502, body: '<html>' });
  assert.equal((await batch(stack, ['collect'])).code, 0);
  assert.deepEqual(states(), { unknown: String(some) });
  const [[attempt, method, sealed]] = stack.sql(`SELECT a.id, m.id, m.token_sealed FROM attempt a JOIN payment_method m ON m.id = a.payment_method_id WHERE a.state = 'unknown' ORDER BY a.id LIMIT 1`);
  stack.sql(`UPDATE payment_method SET token_sealed = CONCAT(LEFT(token_sealed, 30), 'AAAA', SUBSTR(token_sealed, 35)) WHERE id = ${method};
    UPDATE attempt SET next_check_at = UTC_TIMESTAMP(6) WHERE next_check_at IS NOT NULL`);
  gateway.answer = gateway.tell = () => null;
  const done = await batch(stack, ['janitor']);
  assert.equal(done.code, 0, done.err);
  assert.equal(done.err.match(/"event":"attempt.set_aside"/g).length, 1);
  assert.deepEqual(states(), { succeeded: String(some - 1), unknown: '1' });
  assert.match(stack.value(`SELECT detail FROM operator_item WHERE kind = 'check_failed' AND subject_kind = 'attempt' AND subject_id = ${attempt} AND closed_at IS NULL`), /does not open/);
  assert.equal(stack.value(`SELECT next_check_at > UTC_TIMESTAMP(6) + INTERVAL 50 MINUTE FROM attempt WHERE id = ${attempt}`), '1');
  assert.equal((await batch(stack, ['janitor'])).err.match(/set_aside/), null, 'not before its hour');
  stack.sql(`UPDATE payment_method SET token_sealed = '${sealed}' WHERE id = ${method}; UPDATE attempt SET next_check_at = UTC_TIMESTAMP(6) WHERE id = ${attempt}`);
  assert.equal((await batch(stack, ['janitor'])).code, 0);
  assert.deepEqual(states(), { succeeded: String(some) });
  agrees();
  await verified();
});

test('a stored card that waits for its customer: given up at the gateway, asked for by mail, and paid by the link', { timeout: 180000 }, async () => {
  const cancelled = [];
  let paidMeanwhile = null;
  const intent = (id, status, more = {}) => JSON.stringify({ id, object: 'payment_intent', status, amount: 1, currency: 'eur', ...more });
  gateway.answer = (number, key, url) => {
    const cancel = /payment_intents\/(.*)\/cancel/.exec(url);
    if (cancel && cancel[1] === paidMeanwhile) return { status: 400, body: JSON.stringify({ error: { type: 'invalid_request_error', code: 'payment_intent_unexpected_state', message: 'succeeded' } }) };
    if (cancel) { cancelled.push(cancel[1]); return { takes: false, body: intent(cancel[1], 'canceled') }; }
    return number <= 2 ? { takes: false, body: intent(`pi_waits_${number}`, 'requires_action') } : null;
  };
  assert.equal((await batch(stack, ['collect'])).code, 0);
  assert.deepEqual(states(), { action: '2', succeeded: String(MANY - 2) });
  const [[amount]] = stack.sql("SELECT amount_minor FROM attempt WHERE intent_ref = 'pi_waits_2'");
  paidMeanwhile = 'pi_waits_2';
  gateway.tell = (url) => (url.includes('pi_waits_2') ? { body: intent('pi_waits_2', 'succeeded', { amount: Number(amount), amount_received: Number(amount) }) } : null);
  assert.equal((await batch(stack, ['janitor'])).code, 0);
  assert.deepEqual(cancelled, ['pi_waits_1']);
  assert.deepEqual(states(), { declined: '1', succeeded: String(MANY - 1) });
  assert.deepEqual(stack.sql("SELECT decline_code FROM attempt WHERE state = 'declined'"), [['authentication_required']]);
  assert.equal(stack.value("SELECT COUNT(*) FROM outbox WHERE template = 'pay_failed'"), '1');
  assert.equal(item('renewal_declined').length, 1);
  assert.equal(stack.value("SELECT COUNT(*) FROM receivable WHERE state = 'open' AND collect_on IS NULL"), '1');
});

test('two processes at once share what is due; each invoice is charged once', { timeout: 180000 }, async () => {
  gateway.answer = () => ({ wait: 40 });
  const both = await Promise.all([batch(stack, ['collect']), batch(stack, ['collect'])]);
  assert.deepEqual(both.map(({ code }) => code), [0, 0], both.map(({ err }) => err).join('\n'));
  assert.deepEqual(states(), { succeeded: String(MANY) });
  assert.equal(gateway.calls, MANY);
  agrees();
  await verified();
});

for (const point of ['C12', 'C12:3', 'C13', 'C13:2', 'C14', 'C14:2', 'C15', 'C15:3', 'C16', 'C16:2', 'C14b', 'C14b:2', 'C05:4'])
  test(`kill -9 at ${point} of a group: the next runs leave each charged once`, { timeout: 180000 }, async () => {
    gateway.answer = (number) => ({ wait: 10 + (number % 7) * 15 });
    const killed = await batch(stack, ['collect'], { env: { TACITE_CRASH_AT: point } });
    assert.equal(killed.signal, 'SIGKILL', `${point} was never reached: ${killed.err}`);
    const left = states();
    if (point.startsWith('C14b')) assert.ok(Number(left.succeeded) > 0 && Number(left.sending) > 0, `half answered: ${JSON.stringify(left)}`);
    await pause(150); // what is on its way arrives
    gateway.answer = () => null;
    for (let i = 0; i < 4 && states().succeeded !== String(MANY); i++) {
      stack.sql('UPDATE attempt SET next_check_at = UTC_TIMESTAMP(6) WHERE next_check_at IS NOT NULL');
      for (const piece of ['janitor', 'collect']) { const done = await batch(stack, [piece]); assert.equal(done.code, 0, done.err); }
    }
    assert.deepEqual(states(), { succeeded: String(MANY) });
    assert.equal(gateway.bodies.size, MANY, 'one key for each');
    agrees();
    await verified();
  });
