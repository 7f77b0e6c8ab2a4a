// Another card of the customer's: allowed on the page of a subscription by whoever sees all of the customer's, with the words
// that are kept; charged when the own card is refused for good, by the schedule; taken back, never again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, seller, first, customer, own, other;
const plain = (html) => html.replace(/<[^>]*>/g, ' ').replace(/&#39;/g, "'").replace(/&amp;/g, '&').replace(/&nbsp;|\u00a0|\u202f/g, ' ').replace(/\s+/g, ' ');
const clock = async (on) => { assert.equal((await stack.batch('clock', '--to', on)).code, 0); await stack.settle(); };
const plus = (on, days) => new Date(Date.parse(on) + days * 864e5).toISOString().slice(0, 10);
const tried = (number) => stack.sql(`SELECT a.state, m.last4, a.tried_on FROM attempt a JOIN payable y ON y.id = a.payable_id JOIN receivable r ON r.invoice_id = y.invoice_id
  JOIN subscription s ON s.id = r.subscription_id JOIN payment_method m ON m.id = a.payment_method_id WHERE s.number = '${number}' AND a.kind = 'off_session' ORDER BY a.id`);

async function bought(visitor, card) {
  await visitor.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await visitor.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  await visitor.submit(/^\/pay\/[^/]+$/, {});
  await visitor.submit((form) => form.fields.some(([name]) => name === 'number'), { number: card, expiry: '12/34', cvc: '123', name: 'C L' });
  await stack.settle();
  return stack.value('SELECT number FROM subscription ORDER BY id DESC LIMIT 1');
}

before(async () => {
  stack = await startStack({ batch: false, language: 'en' });
  first = new Visitor(stack.site, { language: 'en' });
  await first.get(stack.link);
  own = await bought(first, '4000990000000020'); // pays here; renewals are declined for good
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
  await seller.get(`${stack.site}/admin/quotes/new`);
  await seller.submit(/\/quotes\/new$/, { customer: stack.value("SELECT c.number FROM customer c JOIN subscription s ON s.customer_id = c.id LIMIT 1"),
    template: stack.value("SELECT template_id FROM quote_template_version WHERE acceptance = 'signature_and_payment' AND plan_id IS NOT NULL ORDER BY id LIMIT 1") });
  const quote = stack.value('SELECT number FROM quote ORDER BY id DESC LIMIT 1');
  await seller.get(`${stack.site}/admin/quotes/${quote}/send`);
  await seller.submit(/\/send$/, {});
  await seller.get(`${stack.site}/admin/outbox/${stack.value("SELECT id FROM outbox WHERE template = 'quote_sent' ORDER BY id DESC LIMIT 1")}`);
  const second = new Visitor(stack.site, { language: 'en' });
  await second.get(seller.html.match(/https?:\/\/[^"<\s]+\/l\/[\w-]+/)[0]);
  other = await bought(second, '5555555555554444');
  assert.notEqual(own, other);
  stack.sql(`INSERT INTO link (kind, object_id, token_hash, created_at, expires_at) SELECT 'manage', customer_id, UNHEX(SHA2('${'m'.repeat(43)}', 256)), UTC_TIMESTAMP(6),
    UTC_TIMESTAMP(6) + INTERVAL 1 DAY FROM subscription WHERE number = '${own}'`);
  customer = new Visitor(stack.site, { language: 'en' });
  await customer.get(`${stack.site}/l/${'m'.repeat(43)}`);
}, { timeout: 120000 });
after(() => stack?.stop());

test('only who sees all of the customer\'s sees and allows another card; twice is once', { timeout: 60000 }, async () => {
  const page = `${stack.site}/my/subscriptions/${own}`;
  const card = stack.value(`SELECT payment_method_id FROM subscription WHERE number = '${other}'`);
  await first.get(page);
  assert.equal(first.status, 200);
  assert.doesNotMatch(first.html, /4444|reserve/);
  await customer.get(page);
  assert.match(plain(customer.html), /If this card no longer pays When the card of subscription .* has expired, or its bank refuses it for good.*Mastercard card ending in 4444/);
  const { url, body } = customer.fill(customer.form(/\/reserve\/\d+$/), {});
  for (const [visitor, at, status] of [[customer, `${page}/reserve/999999`, 404], [customer, `${page}/reserve/x`, 404],
    [customer, `${page}/reserve/${stack.value(`SELECT payment_method_id FROM subscription WHERE number = '${own}'`)}`, 404], [first, `${page}/reserve/${card}`, 404]]) {
    await visitor.send('POST', at, visitor === first ? first.fill(first.form(/\/card$/), {}).body : body);
    assert.equal(visitor.status, status, at);
  }
  assert.equal(stack.value('SELECT COUNT(*) FROM reserve_card'), '0');
  for (let i = 0; i < 2; i++) {
    await customer.send('POST', url, body);
    assert.equal(customer.status, 303);
    assert.equal(customer.location, `/my/subscriptions/${own}?did=reserve`);
  }
  const [[words, language, kept]] = stack.sql('SELECT agreed_text, language, payment_method_id FROM reserve_card');
  assert.match(words.replace(/\u00a0/g, ' '), new RegExp(`^When the card of subscription ${own} has expired.*4444, valid until 12/2034\\. I can take this back`));
  assert.deepEqual([language, kept], ['en', card]);
  await customer.get(`${page}?did=reserve`);
  assert.match(plain(customer.html), /Your other card pays when .* Mastercard card ending in 4444, valid until 12\/2034: allowed by you on .* Take this back/);
  assert.equal(stack.value("SELECT COUNT(*) FROM activity WHERE kind = 'method.reserve'"), '1');
  assert.throws(() => stack.sql("UPDATE reserve_card SET agreed_text = ''"), /as it was said/);
});

test('the renewal: the own card is refused for good, the allowed one pays by the schedule; taken back, it never does', { timeout: 180000 }, async () => {
  const due = stack.value(`SELECT due_on FROM subscription WHERE number = '${own}'`);
  await clock(due);
  assert.deepEqual(tried(own), [['declined', '0020', due]]);
  for (const days of [1, 2, 3]) await clock(plus(due, days));
  assert.deepEqual(tried(own), [['declined', '0020', due], ['succeeded', '4444', plus(due, 3)]]);
  assert.equal(stack.value(`SELECT SUM(open_minor) FROM receivable r JOIN subscription s ON s.id = r.subscription_id WHERE s.number = '${own}'`), '0');
  const [[last4, minor]] = stack.sql(`SELECT l.last4, l.amount_minor FROM tacite_sandbox.ledger l JOIN attempt a ON a.attempt_key = l.attempt WHERE a.kind = 'off_session' AND a.state = 'succeeded'
    AND a.tried_on = '${plus(due, 3)}'`);
  assert.equal(last4, '4444');
  assert.ok(Number(minor) > 0);
  await seller.get(`${stack.site}/admin/invoices/${stack.value(`SELECT i.number FROM invoice i JOIN subscription s ON s.id = i.subscription_id WHERE s.number = '${own}' ORDER BY i.id DESC LIMIT 1`)}`);
  assert.match(plain(seller.html), /Stored card ending in 4444.*Stored card ending in 0020|Stored card ending in 0020.*Stored card ending in 4444/);

  await customer.get(`${stack.site}/my/subscriptions/${own}`);
  await customer.submit(/\/reserve\/\d+\/end$/, {});
  assert.match(plain(customer.html), /Only the card of this subscription pays it from now on\./);
  assert.equal(stack.value('SELECT COUNT(*) FROM reserve_card WHERE withdrawn_at IS NOT NULL'), '1');
  assert.throws(() => stack.sql('UPDATE reserve_card SET withdrawn_at = NULL'), /as it was said/);
  const next = stack.value(`SELECT due_on FROM subscription WHERE number = '${own}'`);
  for (const days of [0, 3, 7, 12]) await clock(plus(next, days));
  assert.equal(tried(own).length, 2, 'nothing was tried after the word was taken back');
  const verified = await stack.batch('verify');
  assert.equal(verified.code, 0, verified.out);
});
