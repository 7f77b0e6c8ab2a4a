// Links, sessions and statuses; what a stranger, an old link, another site and a stopped database get.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { batch, begin, build, children, end, pid } from '../lib/control.mjs';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack;
before(async () => { stack = await startStack({ batch: false }); });
after(() => stack?.stop());

const get = (path, headers = {}) => fetch(path.startsWith('http') ? path : stack.site + path, { redirect: 'manual', headers });

// A link of the house with a token that we know; times in seconds from now.
function makeLink(token, { kind = 'quote', expires = 3600, used = false, revoked = false } = {}) {
  const object = kind === 'quote' ? "(SELECT object_id FROM (SELECT object_id FROM link WHERE kind = 'quote' LIMIT 1) l)" : '(SELECT MIN(id) FROM customer)';
  stack.sql(`INSERT INTO link (kind, object_id, token_hash, created_at, expires_at, used_at, revoked_at) VALUES ('${kind}', ${object}, UNHEX(SHA2('${token}', 256)),
    UTC_TIMESTAMP(6) - INTERVAL 1 DAY, UTC_TIMESTAMP(6) + INTERVAL ${expires} SECOND, ${used ? 'UTC_TIMESTAMP(6)' : 'NULL'}, ${revoked ? 'UTC_TIMESTAMP(6)' : 'NULL'})`);
  return token;
}

test('unknown, cut, revoked, expired and used links are one page, 404, with a form for a new one', async () => {
  const words = new Set();
  const token = stack.link.split('/l/')[1];
  for (const good of [makeLink('G'.repeat(43)), makeLink('H'.repeat(43), { used: true }), makeLink('L'.repeat(43), { kind: 'login' })])
    assert.equal((await get(`/l/${good}`)).status, 303, 'a link made here does not open: the others below would prove nothing');
  const ended = [makeLink('R'.repeat(43), { revoked: true }), makeLink('E'.repeat(43), { expires: -1 }), makeLink('U'.repeat(43), { kind: 'login', used: true }),
    makeLink('F'.repeat(43), { kind: 'login', expires: -1 })];
  for (const wrong of [...ended, 'A'.repeat(43), 'A', token.slice(1), `${token}A`, token.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')), 'x%20y', '%C3%A9']) {
    const answer = await get(`/l/${wrong}`);
    assert.equal(answer.status, 404, wrong);
    assert.equal(answer.headers.getSetCookie().filter((line) => /visit/.test(line)).length, 0, `${wrong} opens a visit`);
    const html = await answer.text();
    if (wrong.length > 5 && !wrong.includes('%')) words.add(html.replace(/\/l\/[^"?]*/g, '').replace(/value="[^"]*"/g, '').replace(/[0-9a-f]{16,}/g, ''));
  }
  assert.equal(words.size, 1, 'the pages differ');
  assert.match([...words][0], /<form[^>]*action="\/link"/);
});

test('who guesses at a customer\'s address keeps that customer from no link', async () => {
  const [[email, number]] = stack.sql("SELECT v.email, c.number FROM customer c JOIN customer_version v ON v.id = c.current_version_id WHERE v.email <> '' ORDER BY c.id DESC LIMIT 1");
  const mails = () => stack.value(`SELECT COUNT(*) FROM outbox WHERE template = 'link_new' AND to_address = '${email}'`);
  const visitor = new Visitor(stack.site);
  for (let i = 0; i < 9; i++) {
    await visitor.get(`${stack.site}/link`);
    await visitor.submit(/link$/, { email: i < 8 ? `guess${i}@nobody.example` : email, number });
    assert.match(visitor.url, /did=link$/);
    assert.equal(mails(), i < 8 ? '0' : '1');
  }
});

test('a link works as often as wanted, leaves the address, and opens nothing else', async () => {
  for (let i = 0; i < 3; i++) {
    const visitor = new Visitor(stack.site);
    await visitor.get(stack.link);
    assert.equal(visitor.status, 200);
    assert.doesNotMatch(visitor.url, /\/l\//);
  }
  const visitor = new Visitor(stack.site);
  await visitor.get(stack.link);
  const mine = visitor.url.match(/Q-\d+-\d+/)[0];
  for (const [number] of stack.sql(`SELECT number FROM quote WHERE number <> '${mine}'`))
    for (const path of [`/q/${number}`, `/q/${number}.pdf`, `/q/${number}/sign`, `/pay/${number}`, `/done/${number}`]) {
      await visitor.send('GET', stack.site + path);
      assert.equal(visitor.status, 404, path);
    }
  for (const path of ['/admin/', '/admin/quotes', '/admin/outbox']) {
    await visitor.send('GET', stack.site + path);
    assert.equal(visitor.status, 303, path);
    assert.match(visitor.location, /\/admin\/login/);
  }
});

test('headers: policy, no framing, no referrer, cookies that scripts and other sites do not get', async () => {
  const answer = await get(stack.link);
  const cookie = answer.headers.getSetCookie().find((line) => /visit/.test(line));
  assert.match(cookie, /HttpOnly/i);
  assert.match(cookie, /SameSite=Lax/i);
  const page = await get('/admin/login');
  const policy = page.headers.get('content-security-policy');
  for (const part of ["default-src 'none'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) assert.ok(policy.includes(part), policy);
  assert.doesNotMatch(policy, /unsafe/);
  assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
  assert.match(page.headers.get('referrer-policy'), /no-referrer|same-origin/);
  assert.match(page.headers.get('cache-control'), /no-store/);
});

test('GET changes nothing but access facts', async () => {
  const visitor = new Visitor(stack.site);
  const seller = new Visitor(stack.site);
  await visitor.get(stack.link);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
  const tables = stack.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'tacite_demo'").flat()
    .filter((name) => !['visit', 'visit_grant', 'seller_session', 'quote_view', 'link', 'throttle', 'form_token', 'activity'].includes(name));
  const sums = () => stack.sql(`CHECKSUM TABLE ${tables.map((name) => `tacite_demo.${name}`).join(', ')}`).join();
  const before_ = sums();
  const mine = visitor.url.match(/Q-\d+-\d+/)[0];
  for (const path of [`/q/${mine}`, `/q/${mine}.pdf`, `/q/${mine}/sign`, `/q/${mine}/decline`, '/my']) await visitor.get(stack.site + path);
  for (const path of ['/admin/', '/admin/quotes?view=pipeline', `/admin/quotes/${mine}`, `/admin/quotes/${mine}/preview.pdf`, '/admin/outbox', '/admin/customers', '/admin/products'])
    await seller.get(stack.site + path);
  assert.equal(sums(), before_);
});

test('a POST without, with a foreign, or with a spent token does nothing', async () => {
  const visitor = new Visitor(stack.site);
  await visitor.get(stack.link);
  const ask = visitor.fill(visitor.form(/\/ask$/), { text: 'Once?' });
  const send = async (body, origin = stack.site) => {
    const answer = await fetch(ask.url, { method: 'POST', body, redirect: 'manual', headers: { 'Content-Type': 'application/x-www-form-urlencoded', Cookie: visitor.cookieHeader(), Origin: origin } });
    await answer.text();
    return answer.status;
  };
  const count = () => Number(stack.value('SELECT COUNT(*) FROM quote_message'));
  const n = count();
  assert.equal(await send(ask.body.replace(/csrf=[^&]*/, '')), 403);
  assert.equal(await send(ask.body.replace(/csrf=[^&]*/, 'csrf=AAAA')), 403);
  assert.equal(await send(ask.body, 'https://evil.example'), 403);
  const other = new Visitor(stack.site);
  await other.get(stack.link);
  const theirs = /csrf=([^&]*)/.exec(other.fill(other.form(/\/ask$/), { text: 'x' }).body)[1];
  assert.equal(await send(ask.body.replace(/csrf=[^&]*/, `csrf=${theirs}`)), 403);
  const onces = /once=([^&]*)/.exec(other.fill(other.form(/\/ask$/), { text: 'x' }).body)[1];
  assert.notEqual(onces, '');
  assert.equal(await send(ask.body.replace(/once=[^&]*/, `once=${onces}`)), 403, 'the once token of another visit');
  assert.equal(await send(ask.body.replace(/once=[^&]*/, 'once=AAAA')), 403);
  assert.equal(count(), n);
  assert.equal(await send(ask.body), 303);
  assert.equal(await send(ask.body), 303); // the same form again: the same place, once
  assert.equal(count(), n + 1);
});

test('what is no form of ours: 400, 404, 405, 413, 414, 415', async () => {
  const visitor = new Visitor(stack.site);
  await visitor.get(stack.link);
  const ask = visitor.fill(visitor.form(/\/ask$/), { text: 'x' });
  const post = async (body, type = 'application/x-www-form-urlencoded') => (await fetch(ask.url, { method: 'POST', body, redirect: 'manual',
    headers: { 'Content-Type': type, Cookie: visitor.cookieHeader(), Origin: stack.site } })).status;
  assert.equal(await post(`${ask.body}&text=${'a'.repeat(200000)}`), 413);
  assert.equal(await post(`${ask.body}${'&a=1'.repeat(300)}`), 400);
  assert.equal(await post(ask.body.replace('text=x', 'text=%ff%fe')), 400);
  assert.equal(await post(ask.body.replace('text=x', 'text=%00')), 400);
  assert.equal(await post(ask.body.replace('text=x', 'text=%zz')), 400);
  assert.ok([400, 403].includes(await post('')), 'nothing at all');
  for (const [name, body] of Object.entries({ '201 fields': `${ask.body}${'&a=1'.repeat(201)}`, 'twenty thousand of one name': `${ask.body}${'&a=1'.repeat(7900)}`,
    'a price of their own': `${ask.body}&unit_price=1`, 'a field twice': `${ask.body}&text=y`, 'overlong UTF-8': ask.body.replace('text=x', 'text=%c0%af'),
    'a surrogate': ask.body.replace('text=x', 'text=%ed%a0%80'), 'a cut character': ask.body.replace('text=x', 'text=%e2%82') }))
    assert.equal(await post(body), 400, name);
  const limit = 32 * 1024 - ask.body.length;
  assert.equal(await post(ask.body.replace('text=x', `text=${'x'.repeat(limit + 2)}`)), 413, 'one byte above the limit');
  assert.equal(await post(ask.body.replace('text=x', `text=${'x'.repeat(limit)}`)), 422, 'within it, and too long a text');
  assert.equal(await post(ask.body, 'text/plain'), 415);
  assert.equal(await post(Buffer.from(ask.body), ''), 415, 'no type');
  assert.equal(await post('{}', 'application/json'), 415);
  assert.equal(await post(ask.body, 'application/x-www-form-urlencodedx'), 415);
  assert.equal(await post(ask.body, 'multipart/form-data; boundary=x'), 415, 'a row that takes no files');
  assert.equal(await post(ask.body, 'Application/X-WWW-Form-Urlencoded ; charset=utf-8'), 303);
  const scripts = '😀 שלום ‏مرحبا e\u0301 𝒳 李'; // four bytes, right to left, a combining mark
  await visitor.get(stack.link);
  assert.equal(await post(visitor.fill(visitor.form(/\/ask$/), { text: scripts }).body), 303);
  assert.equal(stack.value('SELECT text FROM quote_message ORDER BY id DESC LIMIT 1'), scripts, 'kept as it was typed');
  assert.equal((await get('/nothing')).status, 404);
  assert.equal((await fetch(`${stack.site}/admin/quotes`, { method: 'DELETE' })).status, 405);
  assert.ok([414, 400].includes((await get(`/link?x=${'a'.repeat(20000)}`)).status));
});

// The site's address is the configuration's: a foreign name in the request reaches no answer.
test('a foreign host name is never repeated, and its forms are refused', async () => {
  const visitor = new Visitor(stack.site);
  await visitor.get(stack.link);
  const ask = visitor.fill(visitor.form(/\/ask$/), { text: 'from elsewhere' });
  const send = (method, path, headers = {}, body = '') => new Promise((resolve, reject) => {
    const request = http.request(new URL(path, stack.site), { method, headers: { Host: 'evil.example', 'Content-Length': Buffer.byteLength(body), ...headers } }, (answer) => {
      let text = JSON.stringify(answer.headers);
      answer.on('data', (data) => { text += data; });
      answer.on('end', () => resolve({ status: answer.statusCode, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
  for (const path of ['/admin/login', '/link', '/nothing', new URL(stack.link).pathname, '/admin/']) assert.doesNotMatch((await send('GET', path)).text, /evil/, path);
  const messages = stack.value('SELECT COUNT(*) FROM quote_message');
  const refused = await send('POST', ask.url, { 'Content-Type': 'application/x-www-form-urlencoded', Cookie: visitor.cookieHeader(), Origin: 'http://evil.example' }, ask.body);
  assert.equal(refused.status, 403);
  assert.doesNotMatch(refused.text, /evil/);
  assert.equal(stack.value('SELECT COUNT(*) FROM quote_message'), messages);
});

test('passwords: wrong ones say the same for everybody and are slowed down', async () => {
  const words = new Set();
  let last = 0;
  for (let i = 0; i < 12 && last !== 429; i++) {
    const visitor = new Visitor(stack.site);
    await visitor.get(`${stack.site}/admin/login`);
    await visitor.submit(/login/, { email: i % 2 ? 'nobody@example.com' : stack.email, password: 'wrong password' });
    last = visitor.status;
    if (last === 422) words.add(/ui-error"[^>]*>(.*?)<\/p>/s.exec(visitor.html)?.[1]);
  }
  assert.equal(words.size, 1);
  assert.equal(last, 429);
});

test('a stopped database: 503 with Retry-After, and back by itself', async () => {
  const visitor = new Visitor(stack.site);
  await visitor.get(stack.link);
  const page = visitor.url;
  const workers = () => `${pid(stack, 'pages')}: ${children(stack, 'pages')}, ${pid(stack, 'slow')}: ${children(stack, 'slow')}`;
  const before_ = workers();
  await end(stack, 'database');
  for (let i = 0; i < 12; i++) {
    await visitor.send('GET', page);
    assert.equal(visitor.status, 503);
    assert.ok(Number(visitor.retryAfter) > 0);
    assert.match(visitor.html, /<h1/);
  }
  assert.equal((await batch(stack, ['renew'])).code, 69);
  await begin(stack, 'database');
  for (let i = 0; i < 50; i++) {
    await visitor.send('GET', page);
    if (visitor.status === 200) break;
    await pause(100);
  }
  assert.equal(visitor.status, 200);
  for (let i = 0; i < 12; i++) { // every worker, not only the one that was asked last
    await visitor.send('GET', page);
    assert.equal(visitor.status, 200);
  }
  assert.equal(workers(), before_, 'workers ended');
});

test('a database that was restarted between two requests is noticed by nobody', async () => {
  const visitor = new Visitor(stack.site);
  await visitor.get(stack.link);
  const page = visitor.url;
  for (let i = 0; i < 12; i++) await visitor.send('GET', page); // every worker has its connection
  await end(stack, 'database');
  await begin(stack, 'database');
  const statuses = [];
  for (let i = 0; i < 12; i++) {
    await visitor.send('GET', page);
    statuses.push(visitor.status);
  }
  assert.deepEqual([...new Set(statuses)], [200], statuses.join(' '));
});

test('a wrong configuration is refused with file and line', () => {
  const conf = readFileSync(stack.tenant, 'utf8');
  const wrong = `${stack.dir}/wrong.conf`;
  const refused = (text) => {
    writeFileSync(wrong, text, { mode: 0o600 });
    try {
      execFileSync(`${build}/tacite-batch`, ['--root', '.', '--locale', `${build}/locale`, '--tenant', wrong, 'doctor'], { stdio: 'pipe' });
    } catch (error) { return `${error.status} ${error.stderr}`; }
    return 'accepted';
  };
  assert.match(refused(`${conf}\nnonsense = 1\n`), /^78 .*wrong\.conf:\d+: .*nonsense/s);
  assert.match(refused(conf.replace(/^mode = .*/m, 'mode = maybe')), /^78 .*wrong\.conf:\d+/s);
  assert.match(refused(conf.replace(/^database\.name.*\n/m, '')), /^78 .*wrong\.conf.*database\.name/s);
  const lines = conf.split('\n').length;
  assert.match(refused(`${conf}\nnot a line\n`), new RegExp(`^78 .*wrong\\.conf:${lines + 1}: `, 's'));
  const tenants = mkdtempSync(`${stack.dir}/tenants-`);
  writeFileSync(`${tenants}/house.conf`, 'nonsense = 1\n', { mode: 0o600 });
  const common = ['--root', '.', '--assets', `${build}/assets`, '--locale', `${build}/locale`, '--workers', '2', '--socket', `${tenants}/socket`];
  for (const [program, ...from] of [['tacite-worker', '--tenants', tenants], ['tacite-sandbox', '--config', `${tenants}/house.conf`]]) {
    const done = spawnSync(`${build}/${program}`, [...from, ...common], { timeout: 5000, encoding: 'utf8' });
    assert.match(`${done.status} ${done.stderr}`, /^78 .*house\.conf:1: .*nonsense/s, program);
  }
});

test('a rendered page never carries a secret into the logs', () => {
  const token = stack.link.split('/l/')[1];
  const keys = readFileSync(`${stack.dir}/keys/gateway`, 'utf8').match(/= (\S+)/g).map((text) => text.slice(2));
  const logs = execFileSync('sh', ['-c', `cat ${stack.dir}/log/*`], { encoding: 'utf8', maxBuffer: 1 << 28 });
  for (const secret of [token, stack.password, ...keys]) assert.ok(!logs.includes(secret), `a log holds ${secret.slice(0, 6)}…`);
});
