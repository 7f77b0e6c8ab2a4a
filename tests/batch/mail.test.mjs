// Mails by SMTP: once each, in the customer's language, with their documents; what a bad server does.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { batch } from '../lib/control.mjs';
import { readMail, startMailServer } from '../lib/mail_server.mjs';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack;
let server;
let answer = () => '';
before(async () => {
  server = await startMailServer((to, count) => answer(to, count));
  stack = await startStack({ batch: false, smtp: server.url });
});
after(async () => {
  await stack?.stop();
  await server?.close();
});

const states = () => stack.sql('SELECT id, state, tries FROM outbox ORDER BY id');
const due = () => stack.sql("UPDATE outbox SET next_try_at = UTC_TIMESTAMP(6) WHERE state = 'waiting'");

test('C18 a server that is busy, hangs up or goes mute gets the mail again, with the same Message-ID', async () => {
  const waiting = states().length;
  assert.ok(waiting >= 2);
  for (const said of ['451 busy', 'cut', 'mute']) {
    answer = () => said;
    const done = await batch(stack, ['mail']);
    assert.equal(done.code, 0, done.err);
    due();
  }
  assert.deepEqual([...new Set(states().map(([, state, tries]) => `${state} ${tries}`))], ['waiting 3']);
  answer = () => '';
  const done = await batch(stack, ['mail']);
  assert.equal(done.code, 0, done.err);
  assert.deepEqual([...new Set(states().map(([, state]) => state))], ['sent']);
  assert.equal(stack.value('SELECT COUNT(*) FROM outbox WHERE sealed IS NOT NULL'), '0', 'a token is left');
  // Taken twice (mute, then sent): the same bytes, so that a mail server may drop one.
  const ids = server.mails.map(({ raw }) => readMail(raw).headers.get('message-id'));
  assert.equal(ids.length, 2 * waiting);
  assert.equal(new Set(ids).size, waiting);
  assert.equal(new Set(server.mails.map(({ raw }) => raw)).size, waiting);
  const again = await batch(stack, ['mail']);
  assert.equal(again.code, 0);
  assert.equal(server.mails.length, 2 * waiting);
});

test('a quote by mail: plain text first, HTML under 20 kB, one link that opens it', async () => {
  const mail = server.mails.map(({ raw }) => readMail(raw)).find((one) => one.text.includes('Q-2026-00005'));
  const link = /http\S+\/l\/[\w-]{43}/.exec(mail.text)?.[0];
  assert.ok(link, mail.text);
  assert.ok(mail.html.includes(link));
  assert.ok(mail.html.length < 20000);
  assert.doesNotMatch(mail.html, /<img|<script|src=|url\(/);
  assert.doesNotMatch(mail.text, /&(amp|#39|quot|lt);/);
  const visitor = new Visitor(stack.site);
  await visitor.get(link);
  assert.equal(visitor.status, 200);
  assert.match(visitor.html, /Q-2026-00005/);
});

test('the words of a customer come back harmless; the seller gets the question', async () => {
  const mark = 'x"><script>alert(1)</script>\n.\nBcc: a@b.example & ÿ 漢 end';
  const visitor = new Visitor(stack.site);
  await visitor.get(stack.link);
  await visitor.submit(/\/ask$/, { text: mark });
  assert.equal(visitor.status, 200);
  server.mails.length = 0;
  assert.equal((await batch(stack, ['mail'])).code, 0);
  assert.equal(server.mails.length, 1);
  const mail = readMail(server.mails[0].raw);
  assert.equal(mail.headers.get('bcc'), undefined);
  assert.match(mail.text.replaceAll('\r', ''), /> x"><script>alert\(1\)<\/script>\n> \.\n> Bcc: a@b\.example & ÿ 漢 end/);
  assert.match(mail.html, /x&quot;&gt;&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
  assert.doesNotMatch(mail.html, /<script/);
});

test('C18 a server that refuses: given up, an item for a person, the others leave', async () => {
  const visitor = new Visitor(stack.site);
  for (const words of ['first', 'second']) {
    await visitor.get(stack.link);
    await visitor.submit(/\/ask$/, { text: words });
  }
  let n = 0;
  answer = () => (n++ === 0 ? '550 nobody here' : '');
  const done = await batch(stack, ['mail']);
  assert.equal(done.code, 1, 'something needs a look');
  assert.deepEqual(stack.sql("SELECT state, COUNT(*) FROM outbox WHERE template = 'quote_question' GROUP BY state ORDER BY 1"), [['sent', '2'], ['dead', '1']]);
  assert.deepEqual(stack.sql('SELECT kind, subject_kind FROM operator_item WHERE closed_at IS NULL'), [['mail_refused', 'outbox']]);
  answer = () => '';
});

test('what is wrong with one mail stays with it: the others of its group leave', async () => {
  const visitor = new Visitor(stack.site);
  for (const words of ['good', 'bad', 'good too']) {
    await visitor.get(stack.link);
    await visitor.submit(/\/ask$/, { text: words });
  }
  const [, bad] = stack.sql("SELECT id FROM outbox WHERE state = 'waiting' ORDER BY id").map(([id]) => id);
  stack.sql(`UPDATE outbox SET template = 'nobody_wrote_it' WHERE id = ${bad}`);
  server.mails.length = 0;
  const done = await batch(stack, ['mail']);
  assert.equal(done.code, 1, 'something needs a look');
  assert.equal(server.mails.length, 2);
  assert.deepEqual(stack.sql(`SELECT state, tries FROM outbox WHERE id = ${bad}`), [['dead', '1']]);
  assert.deepEqual(stack.sql("SELECT COUNT(*) FROM outbox WHERE state = 'waiting'"), [['0']]);
  assert.deepEqual(stack.sql(`SELECT kind FROM operator_item WHERE closed_at IS NULL AND subject_id = ${bad}`), [['mail_refused']]);
});

test('a server that takes nothing from us uses up no mail: an item says so until one leaves again', async () => {
  const visitor = new Visitor(stack.site);
  for (const words of ['third', 'fourth']) {
    await visitor.get(stack.link);
    await visitor.submit(/\/ask$/, { text: words });
  }
  stack.sql('UPDATE operator_item SET closed_at = UTC_TIMESTAMP(6) WHERE closed_at IS NULL');
  server.mails.length = 0;
  for (const said of ['535 5.7.8 credentials', '550 5.7.1 sender refused', '454 not now']) {
    server.sender = said;
    assert.equal((await batch(stack, ['mail'])).code, 1, 'somebody has to look');
    due();
  }
  assert.deepEqual(stack.sql("SELECT COUNT(*), MAX(tries) FROM outbox WHERE state = 'waiting'"), [['2', '0']]);
  assert.deepEqual(stack.sql('SELECT kind, subject_kind FROM operator_item WHERE closed_at IS NULL'), [['mail_away', 'house']]);
  server.sender = '552 5.3.4 too large'; // about this one mail
  await batch(stack, ['mail']);
  assert.deepEqual(stack.sql("SELECT state FROM outbox WHERE state = 'waiting'"), []);
  server.sender = '250 ok';
  await visitor.get(stack.link);
  await visitor.submit(/\/ask$/, { text: 'fifth' });
  assert.equal((await batch(stack, ['mail'])).code, 0);
  assert.deepEqual(stack.sql("SELECT kind FROM operator_item WHERE closed_at IS NULL AND kind = 'mail_away'"), []);
});

test('a password never goes in the clear: without TLS the server is none', async () => {
  const tenant = `${stack.dir}/tenants/login.conf`;
  writeFileSync(tenant, readFileSync(stack.tenant, 'utf8').replace(/^(mail\.smtp = .*)$/m, '$1\nmail.user = house'), { mode: 0o640 });
  const visitor = new Visitor(stack.site);
  await visitor.get(stack.link);
  await visitor.submit(/\/ask$/, { text: 'sixth' });
  const before = server.mails.length;
  assert.equal((await batch(stack, ['mail'], { tenant })).code, 1);
  assert.equal(server.mails.length, before);
  assert.equal(stack.value("SELECT COUNT(*) FROM operator_item WHERE closed_at IS NULL AND kind = 'mail_away'"), '1');
  due();
  assert.equal((await batch(stack, ['mail'])).code, 0);
  assert.equal(server.mails.length, before + 1);
});

test('two batches at once send each mail once', async () => {
  const visitor = new Visitor(stack.site);
  for (let i = 0; i < 8; i++) {
    await visitor.get(stack.link);
    await visitor.submit(/\/ask$/, { text: `question ${i}` });
  }
  server.mails.length = 0;
  await Promise.all([batch(stack, ['mail']), batch(stack, ['mail'])]);
  assert.equal(server.mails.length, 8);
  assert.equal(new Set(server.mails.map(({ raw }) => readMail(raw).headers.get('message-id'))).size, 8);
});

test('an invoice and a signed quote wait for their documents and carry them', async () => {
  server.mails.length = 0;
  const visitor = new Visitor(stack.site);
  await visitor.get(stack.link);
  await visitor.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await visitor.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  await visitor.submit(/^\/pay\//, {});
  await visitor.submit((form) => form.fields.some(([name]) => name === 'number'), { number: '4242424242424242', expiry: '12/34', cvc: '123', name: 'C L' });
  await visitor.submit(/\/refresh$/, {}).catch(() => {}); // unless the webhook was faster
  await stack.settle();
  const before = stack.value("SELECT COUNT(*) FROM outbox WHERE template = 'invoice_new'");
  assert.equal(before, '1');
  assert.equal((await batch(stack, ['mail'])).code, 0);
  due();
  assert.equal((await batch(stack, ['mail'])).code, 0);
  const mails = server.mails.map(({ raw }) => readMail(raw));
  const kinds = mails.map((mail) => mail.files.map((file) => file.name).join()).sort();
  assert.deepEqual(kinds.map((name) => name.replace(/\d+/g, 'n')), ['', 'INV-n-n.pdf', 'Q-n-n.pdf']);
  for (const mail of mails) for (const file of mail.files) assert.equal(file.bytes.subarray(0, 5).toString(), '%PDF-');
  const order = mails.find((mail) => mail.files[0]?.name.startsWith('Q-'));
  assert.match(order.text, /[0-9a-f]{64}/);
});

test('an invoice of nothing stays in the portal, unless the house wants it mailed', async () => {
  const seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
  const give = async () => {
    await seller.get(`${stack.site}/admin/quotes/new`);
    await seller.submit(/quotes\/new$/, { customer: stack.value('SELECT number FROM customer ORDER BY id LIMIT 1'), template: '' });
    const quote = /quotes\/([^/]+)\/edit/.exec(seller.url)[1];
    await seller.submit(/\/edit$/, { acceptance: 'signature' }, { button: 'add-once' });
    await seller.submit(/\/edit$/, { 'line.0.description': 'A gift', 'line.0.price': '0' }, { button: 'save' });
    await seller.get(`${stack.site}/admin/quotes/${quote}/send`);
    await seller.submit(/\/send$/, {});
    const mail = stack.value(`SELECT o.id FROM outbox o JOIN quote q ON q.id = o.quote_id WHERE q.number = '${quote}' AND o.template = 'quote_sent'`);
    await seller.get(`${stack.site}/admin/outbox/${mail}`);
    const visitor = new Visitor(stack.site);
    await visitor.get(/href="([^"]*\/l\/[^"]+)"/.exec(seller.html)[1]);
    await visitor.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
    await visitor.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
    await stack.settle();
    const [[id, number, total]] = stack.sql("SELECT id, number, total_minor FROM invoice WHERE kind = 'invoice' ORDER BY id DESC LIMIT 1");
    assert.equal(total, '0');
    assert.notEqual(stack.value(`SELECT COUNT(*) FROM document WHERE kind = 'invoice' AND ref_id = ${id}`), '0'); // made all the same
    return { number, state: stack.value(`SELECT state FROM outbox WHERE template = 'invoice_new' AND invoice_id = ${id}`), visitor };
  };
  const kept = await give();
  assert.equal(kept.state, 'needless');
  await seller.get(`${stack.site}/admin/settings/company`);
  await seller.submit(/settings\/company$/, { mail_empty: true });
  assert.equal(stack.value('SELECT mail_empty_invoices FROM company_version ORDER BY id DESC LIMIT 1'), '1');
  await seller.get(`${stack.site}/admin/taxes/settings`); // another page of the house's settings keeps it
  await seller.submit(/taxes\/settings$/, { recheck_days: '20' });
  const mailed = await give();
  assert.equal(mailed.state, 'sent');
  await seller.get(`${stack.site}/admin/settings/company`);
  assert.ok(seller.form(/settings\/company/).fields.some(([name, value]) => name === 'mail_empty' && value === '1'));
});
