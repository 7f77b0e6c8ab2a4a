// What was sent stays what it is: the plan is edited through its form while a customer reads, signs and pays; quotes of
// before the terms were kept get them from the plan as it stands; withdrawing a quote closes its page at the gateway.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, seller;
before(async () => {
  stack = await startStack({ batch: false, language: 'en', workers: 2 });
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
});
after(() => stack?.stop());

const card = (page) => page.submit((form) => form.fields.some(([name]) => name === 'number'), { number: '4242424242424242', expiry: '12/34', cvc: '123', name: 'C L' });
const terms = () => stack.sql('SELECT t.* FROM quote_version_terms t ORDER BY t.version_id');
// What the page says, without what is of the request: tokens, and the day's greeting.
const said = (page) => page.html.replace(/<input type="hidden"[^>]*>/g, '').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').trim();

async function editPlan(id, changes) {
  await seller.get(`${stack.site}/admin/plans/${id}`);
  await seller.submit(/\/plans\/\d+$/, changes);
  assert.equal(seller.status, 200, said(seller));
}

// A quote of the standard template, sent; gives its number and its customer, who reads it.
async function sent() {
  await seller.get(`${stack.site}/admin/quotes/new`);
  await seller.submit(/\/quotes\/new$/, { customer: stack.value('SELECT number FROM customer ORDER BY id LIMIT 1'),
    template: stack.value("SELECT template_id FROM quote_template_version WHERE acceptance = 'signature_and_payment' AND plan_id IS NOT NULL ORDER BY id LIMIT 1") });
  const number = stack.value('SELECT number FROM quote ORDER BY id DESC LIMIT 1');
  await seller.get(`${stack.site}/admin/quotes/${number}/send`);
  await seller.submit(/\/send$/, {});
  await seller.get(`${stack.site}/admin/outbox/${stack.value("SELECT id FROM outbox WHERE template = 'quote_sent' ORDER BY id DESC LIMIT 1")}`);
  const customer = new Visitor(stack.site);
  await customer.get(seller.html.match(/https?:\/\/[^"<\s]+\/l\/[\w-]+/)[0]);
  assert.equal(customer.status, 200);
  return { number, customer, quote: customer.url };
}

async function sign(customer) {
  await customer.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await customer.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
}

test('a plan that is edited changes neither the page nor what is signed, paid and run', { timeout: 60000 }, async () => {
  const { number, customer, quote } = await sent();
  const plan = stack.value(`SELECT v.plan_id FROM quote q JOIN quote_version v ON v.id = q.current_version_id WHERE q.number = '${number}'`);
  const before = said(customer);
  const edited = { name: 'Another', unit: 'year', every: '1', anchor: 'calendar', timing: 'arrears', trial: '14', trial_unit: 'day', trial_end: 'stop',
    term: '2', term_unit: 'period', commitment: '24', notice: '60', max_missed: '9' };
  await editPlan(plan, edited);
  for (let i = 0; i < 4; i++) { // each worker
    await customer.get(quote);
    assert.equal(said(customer), before);
  }
  await seller.get(`${stack.site}/admin/quotes/${number}`);
  assert.doesNotMatch(said(seller), /Another|year/);
  await seller.get(`${stack.site}/admin/quotes?q=${number}`);
  assert.doesNotMatch(said(seller), /Another/);
  await sign(customer);
  assert.match(customer.url, /\/pay\//, said(customer));
  await editPlan(plan, { ...edited, name: 'A third', unit: 'week', anchor: 'start', trial: '7', term: '0', commitment: '0', notice: '0' });
  await customer.submit(/^\/pay\/[^/]+$/, {});
  assert.ok(customer.url.startsWith(stack.sandbox), customer.url);
  await card(customer);
  await stack.settle();
  const [version] = stack.sql(`SELECT v.today_minor, g.today_minor FROM quote q JOIN quote_version v ON v.id = q.current_version_id JOIN signature g ON g.quote_id = q.id
    WHERE q.number = '${number}' AND q.state = 'confirmed'`);
  assert.equal(version[0], version[1]);
  assert.equal(stack.value('SELECT total_minor FROM invoice ORDER BY id DESC LIMIT 1'), version[1]);
  assert.deepEqual(stack.sql('SELECT unit, count, trial_until_on, term_until_on, commitment_until_on, notice_days FROM subscription ORDER BY id DESC LIMIT 1'),
    stack.sql(`SELECT t.unit, t.count, NULL, NULL, IF(t.commitment_months > 0, s.started_on + INTERVAL t.commitment_months MONTH, NULL), t.notice_days
      FROM quote_version_terms t JOIN subscription s ORDER BY t.version_id DESC, s.id DESC LIMIT 1`));
  assert.equal(stack.value('SELECT COUNT(*) FROM operator_item WHERE closed_at IS NULL'), '0');
  const done = await stack.batch('verify');
  assert.equal(done.code, 0, done.out);
});

test('versions that were sent before the terms were kept have those of the plan as it stands', async () => {
  const { number, customer, quote } = await sent();
  const before = said(customer);
  const [kept] = terms().slice(-1);
  stack.sql('DROP TABLE quote_version_terms; DROP TRIGGER quote_version_keeps_its_terms; DROP TRIGGER quote_version_begins_as_a_draft');
  stack.sql('source schema/0027_quote_terms.sql');
  for (const file of readdirSync('schema').sort()) // what came to the table since
    for (const [change] of readFileSync(`schema/${file}`, 'utf8').matchAll(/^ALTER TABLE quote_version_terms\b[^;]*;/gm)) stack.sql(change);
  assert.deepEqual(terms().slice(-1)[0], kept);
  assert.equal(stack.value(`SELECT COUNT(*) FROM quote_version v LEFT JOIN quote_version_terms t ON t.version_id = v.id
    WHERE (v.state <> 'draft' AND v.plan_id IS NOT NULL) <> (t.version_id IS NOT NULL)`), '0');
  await customer.get(quote);
  assert.equal(said(customer), before);
  assert.equal(stack.value(`SELECT state FROM quote WHERE number = '${number}'`), 'sent');
});

test('withdrawing a signed quote closes its page at the gateway; nothing waits for a person', async () => {
  const { number, customer } = await sent();
  await sign(customer);
  await customer.submit(/^\/pay\/[^/]+$/, {});
  const page = customer.url;
  assert.ok(page.startsWith(stack.sandbox), page);
  assert.ok(customer.form((form) => form.fields.some(([name]) => name === 'number')), 'the page is open');
  await seller.get(`${stack.site}/admin/quotes/${number}/withdraw`);
  await seller.submit(/\/withdraw$/);
  assert.equal(seller.status, 200);
  assert.equal(stack.value(`SELECT state FROM quote WHERE number = '${number}'`), 'withdrawn');
  assert.equal(stack.value('SELECT state FROM attempt ORDER BY id DESC LIMIT 1'), 'declined');
  const answer = await fetch(page);
  assert.doesNotMatch(await answer.text(), /name="number"/);
  await stack.settle();
  assert.equal(stack.value("SELECT COUNT(*) FROM operator_item WHERE closed_at IS NULL AND kind = 'money_unexpected'"), '0');
});

test('where the gateway did not answer, the batch closes the page; what was paid before is for a person', async () => {
  const open = async () => {
    const { number, customer } = await sent();
    await sign(customer);
    await customer.submit(/^\/pay\/[^/]+$/, {});
    assert.ok(customer.url.startsWith(stack.sandbox), customer.url);
    return { number, customer, page: customer.url };
  };
  const left = await open();
  stack.sql(`UPDATE quote SET state = 'withdrawn' WHERE number = '${left.number}'`); // as when another was taken
  stack.sql('UPDATE attempt SET next_check_at = UTC_TIMESTAMP(6) WHERE id = (SELECT MAX(id) FROM attempt)');
  await stack.batch('run');
  assert.equal(stack.value('SELECT state FROM attempt ORDER BY id DESC LIMIT 1'), 'declined');
  assert.doesNotMatch(await (await fetch(left.page)).text(), /name="number"/);

  const paid = await open();
  const form = paid.customer.fill(paid.customer.form((f) => f.fields.some(([name]) => name === 'number')), { number: '4242424242424242', expiry: '12/34', cvc: '123', name: 'C L' });
  await fetch(form.url, { method: 'POST', body: form.body, redirect: 'manual', headers: { 'Content-Type': 'application/x-www-form-urlencoded', Cookie: paid.customer.cookieHeader(), Origin: stack.sandbox } });
  await seller.get(`${stack.site}/admin/quotes/${paid.number}/withdraw`);
  await seller.submit(/\/withdraw$/);
  assert.equal(stack.value('SELECT state FROM attempt ORDER BY id DESC LIMIT 1'), 'operator');
  assert.equal(stack.value("SELECT COUNT(*) FROM operator_item WHERE closed_at IS NULL AND kind = 'money_unexpected'"), '1');
  assert.equal(stack.value(`SELECT COUNT(*) FROM sales_order o JOIN quote q ON q.id = o.quote_id WHERE q.number = '${paid.number}'`), '0');
});

test('terms of sale of 100 kB are saved; what is above the form\'s limit is told as too large', async () => {
  const text = `${'Article. '.repeat(4000)}${'é'.repeat(11000)}`; // six bytes of the form each
  await seller.get(`${stack.site}/admin/settings/company`);
  const form = seller.fill(seller.form(/settings\/company/), { terms: text });
  assert.ok(form.body.length > 100000 && form.body.length < 128 * 1024, String(form.body.length));
  await seller.submit(/settings\/company/, { terms: text });
  assert.equal(seller.status, 200);
  assert.equal(stack.value('SELECT SHA2(terms, 256) = SHA2(\'' + text + '\', 256) FROM company_version ORDER BY id DESC LIMIT 1'), '1');
  await seller.get(`${stack.site}/admin/settings/company`);
  await seller.send('POST', form.url, `${form.body}&more=${'x'.repeat(128 * 1024)}`);
  assert.equal(seller.status, 413);
});
