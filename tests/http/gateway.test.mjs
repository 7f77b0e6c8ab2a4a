// What the gateway sends and should not: events at the webhook's door, answers to our questions. Nothing of it becomes
// money, nothing of it is a fault of ours, and what the real gateway says later still counts.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { again, batch } from '../lib/control.mjs';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack;
let key;
let secret;
before(async () => {
  stack = await startStack({ batch: false });
  const keys = readFileSync(`${stack.dir}/keys/gateway`, 'utf8');
  key = /gateway.key = (\S+)/.exec(keys)[1];
  secret = /webhook.secret = (\S+)/.exec(keys)[1];
  const visitor = new Visitor(stack.site);
  await visitor.get(stack.link);
  await visitor.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await visitor.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  await visitor.get(`${stack.site}/pay/${stack.value("SELECT number FROM quote WHERE state = 'signed'")}`);
  await visitor.submit(/^\/pay\/[^/]+$/, {});
  assert.ok(visitor.url.startsWith(stack.sandbox), visitor.url);
});
after(() => stack?.stop());

const now = () => Math.floor(Date.now() / 1000);
const sign = (body, at = now(), by = secret) => `t=${at},v1=${createHmac('sha256', by).update(`${at}.`).update(body).digest('hex')}`;
const post = async (body, signature) => (await fetch(`${stack.site}/hook/stripe`, { method: 'POST', body,
  headers: { 'Content-Type': 'application/json', ...(signature === null ? {} : { 'Stripe-Signature': signature ?? sign(body) }) } })).status;
// Everything that money could have become.
const money = () => ['sales_order', 'invoice', 'payment', 'allocation', 'journal_entry', 'operator_item']
  .map((table) => `${table} ${stack.value(`SELECT COUNT(*) FROM ${table}`)}`).join(', ');
const event = (object, more = {}) => JSON.stringify({ id: `evt_${randomBytes(8).toString('hex')}`, object: 'event', type: 'checkout.session.completed',
  data: { object }, ...more });

test('events that are refused: 400, nothing stored', { timeout: 60000 }, async () => {
  const good = event({ id: 'cs_1' });
  const before_ = stack.value('SELECT COUNT(*) FROM gateway_event');
  const start = money();
  const deep = `{"id":"evt_deep","type":"x","data":${'['.repeat(10000)}${']'.repeat(10000)}}`;
  const rows = {
    'no signature': [good, null],
    'bad hex': [good, `t=${now()},v1=${'z'.repeat(64)}`],
    'an old instant': [good, sign(good, now() - 301)],
    'a future instant': [good, sign(good, now() + 301)],
    'twenty wrong signatures': [good, `t=${now()}${`,v1=${'0'.repeat(64)}`.repeat(20)}`],
    'a changed body': [good.replace('cs_1', 'cs_2'), sign(good)],
    'another secret': [good, sign(good, now(), 'whsec_other')],
    'a header of 5 kB': [good, `${sign(good)},x=${'y'.repeat(5000)}`],
    'JSON of another kind': ['{"object":"customer"}'],
    'no JSON': ['<html>'],
    'deep JSON': [deep],
    'numbers out of bounds': ['{"id":"evt_n","type":"x","data":{"object":{"amount":1e400}}}'],
    'an id that is none': ['{"id":"evt é","type":"x"}'],
    empty: [''],
  };
  for (const [name, [body, signature]] of Object.entries(rows)) assert.equal(await post(body, signature), 400, name);
  const large = event({ id: 'cs_1', description: 'x'.repeat(300 * 1024) });
  assert.ok([400, 413].includes(await post(large)), 'a body of 300 kB');
  assert.equal(stack.value('SELECT COUNT(*) FROM gateway_event'), before_);
  assert.equal(money(), start);
});

test('events that are taken and do nothing: unknown, repeated, about others, wrong in what they claim', { timeout: 60000 }, async () => {
  const start = money();
  const attempt = stack.sql("SELECT session_ref, attempt_key, amount_minor FROM attempt LIMIT 1")[0];
  const rows = {
    'an unknown type': event({ id: 'x_1' }, { type: 'radar.early_fraud_warning.created' }),
    'an event of another account': event({ id: 'cs_other' }, { account: 'acct_other' }),
    'an id of another tenant': event({ id: 'cs_9', metadata: { attempt: 'other-0123456789abcdef' } }),
    'a paid amount that is a lie': event({ id: attempt[0], status: 'complete', payment_status: 'paid', amount_total: Number(attempt[2]), metadata: { attempt: attempt[1] } }),
    'another amount': event({ id: attempt[0], status: 'complete', payment_status: 'paid', amount_total: 1, metadata: { attempt: attempt[1] } }),
    'another currency': event({ id: attempt[0], status: 'complete', payment_status: 'paid', currency: 'usd', metadata: { attempt: attempt[1] } }),
    'metadata of another program': event({ id: 'ch_1', metadata: { attempt: 'x'.repeat(500) } }),
    'many signatures of which one holds': event({ id: 'y_1' }),
  };
  for (const [name, body] of Object.entries(rows)) {
    const at = now();
    const signature = name.startsWith('many') ? sign(body, at).replace(',', `,v1=${'0'.repeat(64)},`) : undefined;
    assert.equal(await post(body, signature), 200, name);
    assert.equal(await post(body), 200, `${name}, again`);
    assert.equal(stack.value(`SELECT COUNT(*) FROM gateway_event WHERE event_ref = '${JSON.parse(body).id}'`), '1', name);
    assert.equal(stack.value(`SELECT next_try_at IS NULL AND processed_at >= received_at FROM gateway_event WHERE event_ref = '${JSON.parse(body).id}'`), '1', name);
  }
  assert.equal(money(), start);
  assert.equal(stack.value('SELECT state FROM attempt'), 'action');
});

// ---- answers ----

const json = (status, body, headers = {}) => (response) => { response.writeHead(status, { 'Content-Type': 'application/json', ...headers }); response.end(JSON.stringify(body)); };
const raw = (status, body, headers = {}) => (response) => { response.writeHead(status, headers); response.end(body); };
const session = (more) => ({ object: 'checkout.session', id: 'cs_fake', status: 'complete', payment_status: 'paid', currency: 'eur', ...more });
const answers = {
  '200 with HTML': raw(200, '<html>OK</html>', { 'Content-Type': 'text/html' }),
  '200, empty': raw(200, ''),
  'cut JSON': raw(200, JSON.stringify(session({})).slice(0, 60), { 'Content-Type': 'application/json' }),
  'cut connection': (response) => { response.writeHead(200, { 'Content-Length': 500 }); response.write('{"object":'); setTimeout(() => response.socket.destroy(), 20); },
  204: raw(204),
  '302 to a success': (response) => { response.writeHead(302, { Location: '/paid' }); response.end(); },
  'a bomb': raw(200, gzipSync(Buffer.alloc(20 << 20)), { 'Content-Encoding': 'gzip', 'Content-Type': 'application/json' }),
  '10 MB': raw(200, Buffer.alloc(10 << 20, 'a')),
  'an unknown status': json(200, session({ status: 'perhaps' })),
  'a success as 500': json(500, session({})),
  '429 with Retry-After': json(429, { error: { message: 'slow down' } }, { 'Retry-After': '3600' }),
  '401': json(401, { error: { message: 'no such key' } }),
};

async function fake(make) {
  const seen = [];
  const sockets = new Set();
  const server = make(seen);
  server.on('connection', (socket) => { sockets.add(socket); socket.on('error', () => {}); socket.on('close', () => sockets.delete(socket)); });
  server.on('tlsClientError', () => {});
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { seen, port: server.address().port, stop: () => new Promise((resolve) => { for (const socket of sockets) socket.destroy(); server.close(resolve); }) };
}

// A copy of the tenant's configuration that asks another gateway.
function tenantAt(base) {
  const path = `${stack.dir}/tenants/other.conf`;
  writeFileSync(path, readFileSync(stack.tenant, 'utf8').replace(/^gateway\.base = .*$/m, `gateway.base = ${base}`), { mode: 0o600 });
  return path;
}

// asked: its answer is overdue and nobody may send it again; sent: it was decided and never sent.
const stand = { asked: "state = 'unknown', created_at = UTC_TIMESTAMP(6) - INTERVAL 1415 MINUTE, session_ref = 'cs_fake'",
  sent: "state = 'ready', created_at = UTC_TIMESTAMP(6), session_ref = NULL" };
const set = (how) => stack.sql(`UPDATE attempt SET ${stand[how]}, checks = 0, intent_ref = NULL, sender = NULL, sending_at = NULL, next_check_at = UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE`);

test('answers that nobody should give: unknown, no money, no redirect followed', { timeout: 240000 }, async () => {
  const start = money();
  let say;
  const gateway = await fake((seen) => createServer((request, response) => {
    seen.push(request.url);
    request.resume();
    request.on('end', () => (request.url === '/paid' ? json(200, session({ amount_total: 1 }))(response) : say(response)));
  }));
  try {
    const tenant = tenantAt(`http://127.0.0.1:${gateway.port}`);
    for (const [name, answer] of Object.entries(answers))
      for (const how of ['asked', 'sent']) {
        say = answer;
        set(how);
        gateway.seen.length = 0;
        const done = await batch(stack, ['janitor'], { tenant });
        assert.equal(done.code, 0, `${name}, ${how}: ${done.err}`);
        assert.equal(stack.value('SELECT state FROM attempt'), 'unknown', `${name}, ${how}`);
        assert.ok(gateway.seen.length >= 1 && gateway.seen.length <= 3, `${name}, ${how}: ${gateway.seen.length} tries`);
        assert.ok(!gateway.seen.includes('/paid'), name);
      }
    assert.equal(money(), start);
    // The same attempt, and an answer with another amount: for a person, never booked.
    say = json(200, session({ amount_total: 1, customer: 'cus_1', payment_intent: { object: 'payment_intent', id: 'pi_fake', status: 'succeeded', amount: 1, amount_received: 1, currency: 'eur' } }));
    set('asked');
    await batch(stack, ['janitor'], { tenant });
    assert.equal(stack.value('SELECT state FROM attempt'), 'operator');
    assert.equal(stack.value('SELECT COUNT(*) FROM payment'), '0');
    assert.equal(stack.value("SELECT COUNT(*) FROM operator_item WHERE kind = 'amount_differs'"), '1');
    // The right number in another currency is another amount.
    stack.sql("UPDATE operator_item SET closed_at = UTC_TIMESTAMP(6) WHERE kind = 'amount_differs'");
    const asked = Number(stack.value('SELECT amount_minor FROM attempt'));
    say = json(200, session({ amount_total: asked, currency: 'usd', customer: 'cus_1',
      payment_intent: { object: 'payment_intent', id: 'pi_fake', status: 'succeeded', amount: asked, amount_received: asked, currency: 'usd' } }));
    set('asked');
    await batch(stack, ['janitor'], { tenant });
    assert.equal(stack.value('SELECT state FROM attempt'), 'operator');
    assert.equal(stack.value('SELECT COUNT(*) FROM payment'), '0');
    assert.equal(stack.value("SELECT COUNT(*) FROM operator_item WHERE kind = 'amount_differs' AND closed_at IS NULL"), '1');
  } finally { await gateway.stop(); }
});

test('a connection that cannot be trusted sends nothing', { timeout: 120000 }, async () => {
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', '-subj', '/CN=127.0.0.1',
    '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', `${stack.dir}/fake.key`, '-out', `${stack.dir}/fake.pem`], { stdio: 'ignore' });
  const pair = { key: readFileSync(`${stack.dir}/fake.key`), cert: readFileSync(`${stack.dir}/fake.pem`) };
  const answer = (seen) => (request, response) => { seen.push(request.headers); json(200, session({}))(response); };
  const kinds = {
    'a certificate that nobody vouches for': (seen) => createTlsServer(pair, answer(seen)),
    'TLS 1.0': (seen) => createTlsServer({ ...pair, minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' }, answer(seen)),
    'no TLS at all': (seen) => net.createServer((socket) => socket.on('data', (data) => { if (data.includes(key)) seen.push(data); socket.end('HTTP/1.1 200 OK\r\n\r\n'); })),
  };
  for (const [name, make] of Object.entries(kinds)) {
    const gateway = await fake(make);
    try {
      const tenant = tenantAt(`https://127.0.0.1:${gateway.port}`);
      set('sent');
      assert.equal((await batch(stack, ['janitor'], { tenant })).code, 0, name);
      assert.equal(stack.value('SELECT state FROM attempt'), 'not_sent', name);
      assert.deepEqual(gateway.seen, [], name);
      set('asked');
      await batch(stack, ['janitor'], { tenant });
      assert.equal(stack.value('SELECT state FROM attempt'), 'unknown', name);
      assert.deepEqual(gateway.seen, [], name);
    } finally { await gateway.stop(); }
  }
});

// Here the certificates' authority is one that this machine trusts: in a mount of its own the batch finds it where the
// system's list is. Only then is it the name and the day that are refused. Mounting wants root.
test('a certificate of another name, an expired one and TLS 1.0 send nothing; a good one does', { timeout: 120000 }, async (t) => {
  const at = (name) => `${stack.dir}/tls-${name}`;
  const openssl = (...args) => execFileSync('openssl', args, { stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-days', '2', '-subj', '/CN=An authority', '-keyout', at('ca.key'), '-out', at('ca.pem'));
  const kinds = { good: ['IP:127.0.0.1', '1'], 'another name': ['DNS:gateway.example', '1'], expired: ['IP:127.0.0.1', '-1'] };
  for (const [name, [who, days]] of Object.entries(kinds)) {
    openssl('req', '-new', ...key, '-subj', '/CN=x', '-keyout', at(`${name}.key`), '-out', at('csr'));
    writeFileSync(at('ext'), `subjectAltName=${who}`);
    openssl('x509', '-req', '-in', at('csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', days, '-extfile', at('ext'), '-out', at(`${name}.pem`));
  }
  const through = ['unshare', '-m', 'sh', '-c', 'mount --bind "$0" /etc/ssl/certs/ca-certificates.crt && exec "$@"', at('ca.pem')];
  try { execFileSync(through[0], [...through.slice(1), 'true'], { stdio: 'pipe' }); } catch (error) { t.skip(String(error.stderr ?? error.message)); return; }
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' };
  for (const name of [...Object.keys(kinds), 'TLS 1.0']) {
    const pair = name === 'TLS 1.0' ? 'good' : name;
    const gateway = await fake((seen) => createTlsServer({ key: readFileSync(at(`${pair}.key`)), cert: readFileSync(at(`${pair}.pem`)), ...(name === 'TLS 1.0' ? old : {}) },
      (request, response) => { seen.push(request.url); json(200, session({ status: 'perhaps' }))(response); }));
    try {
      set('sent');
      assert.equal((await batch(stack, ['janitor'], { tenant: tenantAt(`https://127.0.0.1:${gateway.port}`), through })).code, 0, name);
      assert.equal(gateway.seen.length > 0, name === 'good', name);
      assert.equal(stack.value('SELECT state FROM attempt'), name === 'good' ? 'unknown' : 'not_sent', name);
    } finally { await gateway.stop(); }
  }
});

// ---- a page that the gateway refuses to open ----

// The quote that is signed: nothing was paid for it, as nobody ever answered as he should.
const payPage = async () => {
  stack.sql("UPDATE attempt SET state = 'declined', session_ref = NULL, next_check_at = NULL; UPDATE operator_item SET closed_at = UTC_TIMESTAMP(6) WHERE closed_at IS NULL");
  const visitor = new Visitor(stack.site);
  await visitor.get(stack.link);
  await visitor.get(`${stack.site}/pay/${stack.value("SELECT number FROM quote WHERE state = 'signed'")}`);
  return visitor;
};
const opened = () => stack.sql('SELECT kind, subject_kind, detail FROM operator_item WHERE closed_at IS NULL');
const last = () => stack.sql('SELECT state, decline_code, attempt_key FROM attempt ORDER BY id DESC LIMIT 1')[0];

test('a page that is refused: said at once, the seller told, and the next try is another one', { timeout: 60000 }, async () => {
  const visitor = await payPage();
  stack.sql("UPDATE customer SET gateway_customer = 'cus_deleted' WHERE id = (SELECT customer_id FROM quote WHERE state = 'signed' LIMIT 1)");
  await visitor.submit(/^\/pay\/[^/]+$/, {});
  assert.equal(visitor.status, 200);
  assert.match(visitor.html, /n’accepte pas ce paiement|does not accept this payment/);
  const [state, code, first] = last();
  assert.deepEqual([state, code], ['declined', 'resource_missing']);
  const items = opened();
  assert.equal(items.length, 1);
  assert.deepEqual(items[0].slice(0, 2), ['payment_refused', 'customer']);
  assert.match(items[0][2], /No such customer/);
  await visitor.submit(/^\/pay\/[^/]+$/, {}); // its customer is made anew
  assert.ok(visitor.url.startsWith(stack.sandbox), visitor.url);
  assert.notEqual(last()[2], first);
});

for (const status of [401, 403])
  test(`a key that is not taken (${status}): the customer is told, the seller at once, and nothing is under way`, { timeout: 60000 }, async () => {
    const visitor = await payPage();
    const conf = readFileSync(`${stack.dir}/sandbox.conf`, 'utf8');
    appendFileSync(`${stack.dir}/sandbox.conf`, `fault.status = ${status}\n`);
    await again(stack, 'sandbox');
    try {
      await visitor.submit(/^\/pay\/[^/]+$/, {});
      assert.match(visitor.html, /est injoignable|cannot be reached/);
      assert.equal(last()[0], 'not_sent');
      assert.deepEqual(opened(), [['gateway_denied', 'house', 'The API key was revoked, or may not do this.']]);
    } finally {
      writeFileSync(`${stack.dir}/sandbox.conf`, conf);
      await again(stack, 'sandbox');
    }
    await visitor.submit(/^\/pay\/[^/]+$/, {});
    assert.ok(visitor.url.startsWith(stack.sandbox), visitor.url);
    assert.equal((await batch(stack, ['collect'])).code, 0);
    assert.deepEqual(opened(), [], 'its answer takes that back');
  });

test('SEC-50 a gateway that is silent when an event comes: stored and answered within two seconds, asked about later', { timeout: 60000 }, async () => {
  await payPage();
  stack.sql("UPDATE attempt SET state = 'action', session_ref = 'cs_silent', next_check_at = UTC_TIMESTAMP(6) ORDER BY id DESC LIMIT 1");
  const conf = readFileSync(stack.tenant, 'utf8');
  const silent = await fake((seen) => createServer((request) => { seen.push(request.url); request.resume(); }));
  writeFileSync(stack.tenant, conf.replace(/^gateway\.base = .*$/m, `gateway.base = http://127.0.0.1:${silent.port}`));
  await again(stack, 'slow');
  try {
    const body = event({ id: 'cs_silent' });
    const from = Date.now();
    assert.equal(await post(body), 200);
    assert.ok(Date.now() - from < 2000, `${Date.now() - from} ms`);
    assert.ok(silent.seen.length >= 1);
    assert.equal(stack.value(`SELECT COUNT(*) FROM gateway_event WHERE event_ref = '${JSON.parse(body).id}' AND processed_at IS NULL AND next_try_at IS NOT NULL`), '1');
  } finally {
    writeFileSync(stack.tenant, conf);
    await again(stack, 'slow');
    await silent.stop();
  }
});
