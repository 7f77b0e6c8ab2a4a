// A contract that passes to another customer, as both see it: the one before keeps their own invoices and loses the contract,
// whatever link or cookie they hold; the next one sees nothing of before. What a card is kept for is said before it is given.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, seller, first, next, number, theirs, quote;
const value = (sql) => stack.value(sql);
const plain = (html) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

async function visit(customer, letter) {
  stack.sql(`INSERT INTO link (kind, object_id, token_hash, created_at, expires_at) VALUES ('manage', ${customer}, UNHEX(SHA2('${letter.repeat(43)}', 256)),
    UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL 1 DAY)`);
  const visitor = new Visitor(stack.site, { language: 'en' });
  await visitor.get(`${stack.site}/l/${letter.repeat(43)}`);
  return visitor;
}

before(async () => {
  stack = await startStack({ batch: false, language: 'en' });
  first = new Visitor(stack.site, { language: 'en' });
  await first.get(stack.link);
  await first.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await first.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  await first.submit(/^\/pay\/[^/]+$/, {});
  await first.submit((form) => form.fields.some(([name]) => name === 'number'), { number: '4242424242424242', expiry: '12/34', cvc: '123', name: 'C L' });
  await stack.settle();
  number = value('SELECT number FROM subscription');
  theirs = value('SELECT number FROM invoice ORDER BY id LIMIT 1');
  quote = value('SELECT q.number FROM quote q JOIN sales_order o ON o.quote_id = q.id');
  seller = new Visitor(stack.site, { language: 'en' });
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
}, { timeout: 120000 });
after(() => stack?.stop());

test('a link to pay an invoice says that its card is kept for the next ones', { timeout: 60000 }, async () => {
  const due = value('SELECT due_on FROM subscription');
  stack.sql("UPDATE payment_method SET state = 'refused'"); // nothing debits the next invoice by itself
  assert.equal((await stack.batch('clock', '--to', due)).code, 0);
  await stack.settle();
  const open = value("SELECT i.number FROM invoice i JOIN receivable r ON r.invoice_id = i.id WHERE r.state = 'open' ORDER BY i.id DESC LIMIT 1");
  await first.get(`${stack.site}/pay/${open}`);
  assert.equal(first.status, 200);
  assert.match(plain(first.html), /Your card is kept by the payment service for the next invoices of this subscription only/);
});

test('the contract passes on: who had it sees and does nothing of it any more, and keeps their own invoices', { timeout: 60000 }, async () => {
  const other = value(`SELECT c.id FROM customer c WHERE c.state = 'active' AND c.id <> (SELECT customer_id FROM subscription) ORDER BY c.id LIMIT 1`);
  await first.get(`${stack.site}/my/subscriptions/${number}`);
  assert.equal(first.status, 200);
  const press = first.fill(first.form(/\/card$/), {});
  await seller.get(`${stack.site}/admin/subscriptions/${number}/amend/transfer`);
  await seller.submit((f) => f.method === 'GET' && f.buttons.some((b) => b.value === 'preview'), { customer: value(`SELECT number FROM customer WHERE id = ${other}`) },
    { button: 'preview' });
  await seller.submit((f) => f.method === 'POST' && /transfer$/.test(f.action));
  assert.equal(value('SELECT customer_id FROM subscription'), other);
  next = await visit(other, 'n');
  for (const path of ['', '/end', '/change', '/pause', '/mandate', '/card']) {
    await first.get(`${stack.site}/my/subscriptions/${number}${path}`);
    assert.equal(first.status, 404, path);
  }
  await first.send('POST', press.url, press.body);
  assert.equal(first.status, 404);
  await first.get(`${stack.site}/my`);
  assert.match(plain(first.html), new RegExp(theirs));
  assert.ok(!first.html.includes(`/my/subscriptions/${number}`));
  await first.get(`${stack.site}/done/${quote}`);
  assert.equal(first.status, 200);
  assert.ok(!first.html.includes(`/my/subscriptions/${number}`));
  await first.get(`${stack.site}/my/invoices/${theirs}.pdf`);
  assert.equal(first.status, 200);
});

test('the next customer sees the contract and none of the documents of before', { timeout: 60000 }, async () => {
  await next.get(`${stack.site}/my/subscriptions/${number}`);
  assert.equal(next.status, 200);
  assert.ok(!next.html.includes(theirs));
  assert.doesNotMatch(plain(next.html), /4242/);
  await next.get(`${stack.site}/my/invoices/${theirs}.pdf`);
  assert.equal(next.status, 404);
});
