// A seller and a customer live with secrets that are marked: account number, the gateway's key, the webhook's secret,
// passwords, a card's token, links, sessions. Then every place where one could lie is searched: logs, pages, error
// pages, files to download, mails, the database, the programs' memory limits.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { begin, build, children, end, pid, seed } from '../lib/control.mjs';
import { saveFile, statement } from '../lib/bank.mjs';
import { startStack, until } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

const IBAN = 'DE89370400440532013000'; // the customer's
const PAYER = 'FR1420041010050500013M02606'; // who sent a transfer
const FORGED = 'whsec_forged_4242424242';
const WRONG = 'wrong-Passw0rd-marked-77';
let stack;
let seller;
let customer;
const seen = []; // [where, text] of everything that was answered
const secrets = new Map();

const look = (visitor, where) => { seen.push([`${where} ${visitor.status} ${visitor.url}`, visitor.html]); return visitor; };
const spelled = (iban) => iban.replace(/(.{4})(?=.)/g, '$1 ');

before(async () => {
  stack = await startStack({ batch: false, language: 'en' });
  const keys = readFileSync(`${stack.dir}/keys/gateway`, 'utf8');
  secrets.set('gateway key', /gateway.key = (\S+)/.exec(keys)[1]);
  secrets.set('webhook secret', /webhook.secret = (\S+)/.exec(keys)[1]);
  for (const file of readdirSync(`${stack.dir}/tenants`, { recursive: true }).map((name) => `${stack.dir}/tenants/${name}`))
    for (const [, name, value] of (/\.(key|keys|owner)$|key/.test(file) && !/\.pem$/.test(file) ? readFileSync(file, 'utf8') : '').matchAll(/^(master|database\.password|password) *= *(\S{8,})$/gm))
      secrets.set(`${name} of ${file.split('/').pop()}`, value);
  secrets.set('password', stack.password);
  secrets.set('wrong password', WRONG);
  secrets.set('link token', stack.link.split('/l/')[1]);
  secrets.set('forged webhook secret', FORGED);
  secrets.set('IBAN', IBAN).set('IBAN, spelled', spelled(IBAN)).set("payer's IBAN", PAYER);
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: WRONG });
  look(seller, 'wrong password');
  await seller.submit(/login/, { email: stack.email, password: stack.password });
  customer = new Visitor(stack.site);
}, { timeout: 120000 });
after(() => stack?.stop());

test('a life with secrets', { timeout: 240000 }, async () => {
  await customer.get(stack.link);
  look(customer, 'quote');
  await customer.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await customer.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  await customer.get(`${stack.site}/pay/${stack.value("SELECT number FROM quote WHERE state = 'signed'")}`);
  look(customer, 'pay');
  await customer.submit(/^\/pay\/[^/]+$/, {});
  await customer.submit((form) => form.fields.some(([name]) => name === 'number'), { number: '4242424242424242', expiry: '12/34', cvc: '123', name: 'C L' });
  await stack.settle();
  secrets.set('card token', stack.value('SELECT method_ref FROM tacite_sandbox.ledger LIMIT 1'));
  // a renewal charges the stored card
  const day = (await stack.batch('clock')).out.trim();
  await stack.batch('clock', '--to', new Date(Date.parse(day) + 32 * 864e5).toISOString().slice(0, 10));
  await stack.settle();
  assert.equal(stack.value("SELECT COUNT(*) FROM attempt WHERE kind = 'off_session' AND state = 'succeeded'"), '1');
  // a mandate with the marked account
  seed(stack, { subscriptions: 1, due: (await stack.batch('clock')).out.trim() });
  await seller.get(`${stack.site}/admin/settings/debit`);
  await seller.submit(/debit/, { creditor_id: 'FR72ZZZ123456', notice_days: '5', lead_days: '1', cut_off_hour: '24' });
  const [number, owner] = stack.sql("SELECT number, customer_id FROM subscription WHERE number LIKE 'SB-%' LIMIT 1")[0];
  const manage = 'S'.repeat(20) + 'marked-token-of-a-link1';
  secrets.set('manage token', manage);
  stack.sql(`INSERT INTO link (kind, object_id, token_hash, created_at, expires_at) VALUES ('manage', ${owner}, UNHEX(SHA2('${manage}', 256)),
    UTC_TIMESTAMP(6) - INTERVAL 1 DAY, UTC_TIMESTAMP(6) + INTERVAL 1 DAY)`);
  const payer = new Visitor(stack.site);
  await payer.get(`${stack.site}/l/${manage}`);
  await payer.get(`${stack.site}/my/subscriptions/${number}/mandate`);
  await payer.submit(/mandate$/, { iban: IBAN, name: 'Ada Morel', consent: '1' });
  look(payer, 'mandate');
  await seller.get(`${stack.site}/admin/outbox/${stack.value("SELECT MAX(id) FROM outbox WHERE template = 'mandate_code'")}`);
  await payer.submit(/mandate\/M-/, { code: /\b(\d{6}) (?:is the|est le) code/.exec(seller.html)[1] });
  look(payer, 'mandate signed');
  await payer.get(`${stack.site}/my`);
  look(payer, 'portal');
  await stack.batch('bank-import', saveFile(stack, 'payer.xml', statement([{ amount: '12.00', text: 'hello', day: (await stack.batch('clock')).out.trim(), ref: 'S1', iban: PAYER }])));
  await stack.settle();
  // what fails: wrong tokens, forged events, a database that is away, a worker that dies
  await payer.get(`${stack.site}/l/${manage}x`);
  look(payer, 'wrong token');
  const body = '{"id":"evt_1","type":"x"}';
  const at = Math.floor(Date.now() / 1000);
  const forged = await fetch(`${stack.site}/hook/stripe`, { method: 'POST', body, headers: { 'Stripe-Signature': `t=${at},v1=${createHmac('sha256', FORGED).update(`${at}.${body}`).digest('hex')}` } });
  seen.push(['forged event', await forged.text()]);
  await end(stack, 'database');
  await seller.get(`${stack.site}/admin/`);
  look(seller, 'database away');
  await stack.batch('run');
  await begin(stack, 'database');
  const [victim] = children(stack, 'pages');
  process.kill(victim, 'SIGABRT'); // as a failed CHECK does
  await until('a new worker', () => { const now = children(stack, 'pages'); return !now.includes(victim) && now.length >= 1; });
  for (const [origin, jar] of [...seller.cookies, ...customer.cookies, ...payer.cookies])
    for (const [name, value] of jar) if (/seller|visit/.test(name)) secrets.set(`cookie ${name} ${origin} ${value.length}${value.slice(0, 2)}`, value);
});

test('every page and file that the seller can see', { timeout: 120000 }, async () => {
  const routes = execFileSync(`${build}/tacite-worker`, ['--routes'], { encoding: 'utf8' }).trim().split('\n').map((line) => line.split('\t'));
  const pages = routes.filter(([method, path]) => method === 'GET' && path.startsWith('/admin/') && !path.includes(':')).map(([, path]) => path);
  assert.ok(pages.length > 40);
  const one = (text) => stack.value(text);
  pages.push(...stack.sql("SELECT CONCAT('/admin/outbox/', id) FROM outbox").flat(), `/admin/customers/${one('SELECT number FROM customer LIMIT 1')}`,
    ...stack.sql("SELECT CONCAT('/admin/subscriptions/', number) FROM subscription").flat(), `/admin/invoices/${one('SELECT number FROM invoice LIMIT 1')}`,
    `/admin/bank/${one("SELECT id FROM bank_entry WHERE state = 'open' LIMIT 1")}`, ...['customers', 'products', 'subscriptions'].map((kind) => `/admin/import/${kind}/export.csv`));
  for (const path of pages) look(await seller.get(`${stack.site}${path}`), 'seller');
  assert.ok(seen.filter(([where]) => / 200 /.test(where)).length > pages.length * 0.8);
  for (const kind of ['customers', 'products', 'subscriptions']) seen.push([`export ${kind}`, (await stack.batch('export', kind)).out]);
  seen.push(['doctor', (await stack.batch('doctor')).out], ['fec', (await stack.batch('fec', '--year', '2026')).out]);
});

// In test mode the seller sees the links of mails on the outbox page, and the pay link of the mandate's owner is theirs.
const shown = (where, name) => (/\/admin\/outbox/.test(where) && /token/.test(name)) || (where.startsWith('quote') && name === 'link token');
test('no secret is in an answer', () => {
  for (const [where, text] of seen)
    for (const [name, value] of secrets)
      if (!shown(where, name)) assert.ok(!text.includes(value), `${where} holds the ${name}`);
});

test('no secret is in a log', () => {
  for (const log of readdirSync(`${stack.dir}/log`)) {
    const text = stack.log(log);
    for (const [name, value] of secrets) assert.ok(!text.includes(value), `log ${log} holds the ${name}`);
  }
});

test('the database holds them sealed or hashed only', () => {
  const dump = execFileSync('mariadb-dump', ['--no-defaults', '-uroot', '-S', stack.database, '--skip-extended-insert', '--hex-blob', 'tacite_demo'],
    { encoding: 'utf8', maxBuffer: 1 << 30 }).split('\n');
  for (const [name, value] of secrets)
    for (const line of dump)
      assert.ok(!line.includes(value) && !line.includes(encodeURIComponent(value)), `${name}: ${line.slice(0, 120)}`);
  // and what is sealed is there, and opens to nothing by itself
  for (const [table, column] of [['payment_method', 'token_sealed'], ['outbox', 'sealed']])
    for (const text of stack.sql(`SELECT ${column} FROM ${table} WHERE ${column} IS NOT NULL AND ${column} <> ''`).flat()) assert.match(text, /^v2:[0-9a-f]{8}:/);
});

test('a program that dies leaves no memory behind', () => {
  for (const name of ['pages', 'slow', 'sandbox'])
    for (const id of [pid(stack, name), ...children(stack, name)])
      assert.match(readFileSync(`/proc/${id}/limits`, 'utf8'), /Max core file size +0 +0 /, name);
  for (const place of ['.', stack.dir, `${stack.dir}/run`])
    assert.deepEqual(readdirSync(place).filter((name) => /^core(\.\d+)?$/.test(name)), [], place);
  assert.ok(!existsSync('/tmp/core'));
  assert.equal(execFileSync('sh', ['-c', `tr '\\0' '\\n' </proc/${pid(stack, 'pages')}/cmdline`], { encoding: 'utf8' }).includes(secrets.get('gateway key')), false);
});
