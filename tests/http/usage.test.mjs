// Usage through the pages: reports and what is refused beside its field, a file that is checked first, taking one back,
// and the invoice that bills what was used, once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { makeTemplate } from '../lib/templates.mjs';
import { Visitor, forms } from '../lib/visitor.mjs';

let stack, seller, number, today, plan;
const day = (days) => new Date(Date.parse(today) + days * 864e5).toISOString().slice(0, 10);
const count = () => Number(stack.value('SELECT COUNT(*) FROM usage_record'));
const errors = (html) => [...html.matchAll(/<p class="ui-error" id="f-([\w-]+)-err">/g)].map(([, id]) => id);
const text = () => /<main[\s\S]*<\/main>/.exec(seller.html)[0].replace(/<[^>]*>/g, ' ').replace(/&#39;/g, "'").replace(/\s+/g, ' ');

before(async () => {
  stack = await startStack({ batch: false, language: 'en' });
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
  today = (await stack.batch('clock')).out.trim();
  plan = stack.value("SELECT name FROM plan WHERE unit = 'month' LIMIT 1");
  const customer = stack.value('SELECT number FROM customer LIMIT 1');
  await upload('subscriptions', `reference;customer;plan;start;next_period;next_arrears;description;unit;timing;quantity;price\n`
    + `U-1;${customer};${plan};${day(-9)};${day(-9)};${day(-9)};Desk;;advance;1;10\nU-1;;;;;;Traffic;GB;usage;1;0.2\n`);
  await seller.follow();
  await seller.submit(/\/admin\/import\/subscriptions\/\d+/, {});
  number = stack.value("SELECT number FROM subscription WHERE external_ref = 'U-1'");
  assert.equal((await stack.batch('renew')).code, 0);
});
after(() => stack?.stop());

async function upload(kind, file) {
  const at = `${stack.site}/admin/import/${kind}`;
  await seller.get(at);
  const data = new FormData();
  for (const [name, value] of forms(seller.html).find((f) => f.action === `/admin/import/${kind}`).fields) if (name !== 'file') data.append(name, value);
  data.append('file', new Blob([file], { type: 'text/csv' }), 'x.csv');
  const response = await fetch(at, { method: 'POST', headers: { Cookie: seller.cookieHeader(), Origin: stack.site, 'Accept-Language': 'en' }, body: data, redirect: 'manual' });
  [seller.status, seller.html, seller.location, seller.url] = [response.status, await response.text(), response.headers.get('location'), at];
}

async function report(fields) {
  await seller.get(`${stack.site}/admin/subscriptions/${number}/usage`);
  assert.equal(seller.status, 200);
  await seller.submit(/\/usage$/, { line: '2', quantity: '1', day: today, reference: '', ...fields });
}

test('what is refused stands beside its field, and nothing is written', async () => {
  for (const [fields, at, words] of [
    [{ quantity: '0' }, 'quantity'], [{ quantity: '-1' }, 'quantity'], [{ quantity: '1000000000000' }, 'quantity'], [{ quantity: '' }, 'quantity'],
    [{ quantity: '0.00001' }, 'quantity'], [{ quantity: 'x' }, 'quantity'], [{ day: '2026-02-30' }, 'day'], [{ day: '' }, 'day'],
    [{ day: day(-10) }, 'day', /starts on/], [{ day: day(1) }, 'day', /still to come/], [{ line: '1' }, 'line'], [{ line: '' }, 'line'], [{ reference: 'x'.repeat(61) }, 'reference']]) {
    await report({ reference: 'kept', ...fields });
    assert.equal(seller.status, 422, JSON.stringify(fields));
    assert.deepEqual(errors(seller.html), [at], JSON.stringify(fields));
    if (words) assert.match(text(), words);
    if (!fields.reference) assert.match(seller.html, /value="kept"/);
  }
  assert.equal(count(), 0);
});

test('a report is listed, its repetition changes nothing, another with its reference is refused', async () => {
  await report({ quantity: '12.5', reference: 'meter-1' });
  assert.match(seller.url, /did=reported$/);
  assert.match(text(), /12\.5 meter-1 Not billed yet Take back/);
  await report({ quantity: '12.5', reference: 'meter-1' });
  assert.equal(seller.status, 200);
  assert.match(seller.url, /did=reported$/);
  assert.equal(count(), 1);
  await report({ quantity: '12.6', reference: 'meter-1' });
  assert.deepEqual(errors(seller.html), ['reference']);
  await seller.get(`${stack.site}/admin/subscriptions/${number}`);
  assert.match(text(), /Traffic per unit used, billed afterwards[^€]*12\.5 GB/);
});

test('a file is checked first, and tells line and column', async () => {
  const head = 'subscription;line;day;quantity;reference\n';
  await upload('usage', `${head}U-1;2;${today};0;f-1\nU-1;2;${day(1)};1;f-2\nU-9;2;${today};1;f-3\n`);
  assert.equal(seller.status, 422);
  const rows = [...seller.html.matchAll(/<tr><th scope="row">Line (\d+)<\/th><td><code>([^<]*)<\/code>/g)].map((m) => `${m[1]} ${m[2]}`);
  assert.deepEqual(rows, ['2 quantity', '3 day', '4 subscription']);
  await upload('usage', `${head}U-1;;${today};2,5;f-1\n${number};2;${today};5;f-2\n`);
  await seller.follow();
  assert.match(text(), /New 2 Changed 0 Unchanged 0/);
  assert.equal(count(), 1);
  await seller.submit(/\/admin\/import\/usage\/\d+/, {});
  assert.equal(count(), 3);
});

test('one is taken back with a reason; the rest is billed once, later reports are refused with the first open day', async () => {
  const id = stack.value("SELECT id FROM usage_record WHERE reference = 'f-2'");
  const undo = `${stack.site}/admin/subscriptions/${number}/usage/${id}/undo`;
  await seller.get(undo);
  await seller.submit(/\/undo$/, { reason: '' });
  assert.deepEqual(errors(seller.html), ['reason']);
  await seller.submit(/\/undo$/, { reason: 'read twice' });
  assert.match(seller.url, /did=usage_undone$/);
  await seller.get(undo);
  await seller.submit(/\/undo$/, { reason: 'again' });
  assert.equal(seller.status, 422);
  assert.throws(() => stack.sql('UPDATE usage_record SET quantity_e4 = 1'), /never changed/);
  assert.throws(() => stack.sql('DELETE FROM usage_record'), /never deleted/);

  const due = stack.value("SELECT due_on FROM subscription WHERE external_ref = 'U-1'");
  assert.equal((await stack.batch('clock', '--to', due)).code, 0);
  for (let i = 0; i < 2; i++) assert.equal((await stack.batch('renew')).code, 0);
  assert.deepEqual(stack.sql(`SELECT l.quantity_e4, l.net_minor, l.period_from_on, l.period_until_on FROM invoice_line l JOIN subscription_line x ON x.id = l.subscription_line_id
    WHERE x.timing = 'usage'`), [['150000', '300', day(-9), due]]);
  assert.equal((await stack.batch('verify')).code, 0);
  await report({ day: today });
  assert.equal(seller.status, 422);
  assert.match(text(), /already: the first open day is/);
  assert.deepEqual(errors(seller.html), ['day']);
});

test('a quote shows the price per unit used, and nothing of it is due today', async () => {
  const template = makeTemplate(stack, { plan: `(SELECT id FROM plan WHERE name = '${plan}')`,
    lines: [{ kind: 'recurring', timing: 'usage', description: 'Traffic', quantity_e4: 70000, unit_price_e4: 2000 }] });
  await seller.get(`${stack.site}/admin/quotes/new`);
  await seller.submit(/\/quotes\/new$/, { customer: stack.value('SELECT number FROM customer LIMIT 1'), template });
  await seller.get(`${stack.site}/admin/quotes/${stack.value('SELECT number FROM quote ORDER BY id DESC LIMIT 1')}`);
  assert.match(text(), /per unit used, billed afterwards/);
  assert.match(text(), /as used/);
  assert.match(text(), /€0\.20/);
  assert.match(text(), /Due today excl\. VAT €0\.00/);
});
