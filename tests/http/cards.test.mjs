// Stored cards in the customer's hands: a new one takes the place of the old one wherever that one pays.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { batch, seed, storeCards } from '../lib/control.mjs';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, mine, customer;
before(async () => {
  stack = await startStack({ batch: false, language: 'en' });
  seed(stack, { subscriptions: 4, due: '2030-01-01' });
  mine = stack.sql('SELECT id, number, customer_id FROM subscription ORDER BY id DESC LIMIT 4').reverse();
  stack.sql(storeCards(stack, [[mine[0][0], 'approve'], [mine[3][0], 'approve']]));
  const method = stack.value(`SELECT payment_method_id FROM subscription WHERE id = ${mine[0][0]}`);
  // Two more of the same customer, and one of another customer, who has a card of their own.
  stack.sql(`UPDATE subscription SET customer_id = ${mine[0][2]}, payment_method_id = ${method} WHERE id IN (${mine[1][0]}, ${mine[2][0]})`);
  assert.throws(() => stack.sql(`UPDATE subscription SET payment_method_id = ${method} WHERE id = ${mine[3][0]}`), /its own customer/);
  const token = 'manage'.padEnd(43, 'x');
  stack.sql(`INSERT INTO link (kind, object_id, token_hash, created_at, expires_at) VALUES ('manage', ${mine[0][2]}, UNHEX(SHA2('${token}', 256)),
    UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL 90 DAY)`);
  customer = new Visitor(stack.site);
  await customer.get(`${stack.site}/l/${token}`);
}, { timeout: 60000 });
after(() => stack?.stop());

const methods = () => stack.sql(`SELECT payment_method_id FROM subscription WHERE id IN (${mine.map(([id]) => id)}) ORDER BY id`).flat();
const replace = async (number, card) => {
  await customer.get(`${stack.site}/my/subscriptions/${number}`);
  await customer.submit(/\/card$/, {});
  assert.ok(customer.url.startsWith(stack.sandbox), customer.url);
  await customer.submit((form) => form.fields.some(([name]) => name === 'number'), { number: card, expiry: '12/40', cvc: '123', name: 'C L' });
  if (/\/card$/.test(customer.url)) await customer.submit(/\/card\/refresh$/, {});
};

test('one card that is replaced goes on for all that it pays; another customer keeps theirs', { timeout: 60000 }, async () => {
  const [old, , , theirs] = methods();
  await customer.get(`${stack.site}/my/subscriptions/${mine[0][1]}`);
  assert.ok(customer.html.includes(`A new card also pays for your other subscriptions with this card: ${mine[1][1]}, ${mine[2][1]}`), customer.html);
  await replace(mine[0][1], '5555555555554444');
  const now = methods();
  assert.deepEqual(now, [now[0], now[0], now[0], theirs]);
  assert.notEqual(now[0], old);
  assert.deepEqual(stack.sql(`SELECT state FROM payment_method WHERE id IN (${old}, ${now[0]}) ORDER BY id`).flat(), ['replaced', 'active'], 'nobody uses the old one');
  assert.equal(stack.value(`SELECT COUNT(*) FROM activity WHERE kind = 'method.replaced' AND subject_id IN (${mine.map(([id]) => id)})`), '3');
  assert.equal((await batch(stack, ['mail'])).code <= 1, true);
  await replace(mine[1][1], '4242424242424242');
  const then = methods();
  assert.deepEqual(then.slice(0, 3), [then[0], then[0], then[0]]);
  assert.deepEqual(stack.sql(`SELECT state FROM payment_method WHERE id = ${now[0]}`).flat(), ['replaced'], 'nobody uses it');
});

test('a page for a card that is given up stores nothing, and says so', { timeout: 60000 }, async () => {
  const before_ = methods();
  await customer.get(`${stack.site}/my/subscriptions/${mine[0][1]}`);
  await customer.submit(/\/card$/, {});
  const session = stack.value("SELECT session_ref FROM method_setup ORDER BY id DESC LIMIT 1");
  stack.sql(`UPDATE tacite_sandbox.session SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE WHERE ref = '${session}'`);
  await customer.get(`${stack.site}/my/subscriptions/${mine[0][1]}/card`);
  await customer.submit(/\/card\/refresh$/, {});
  assert.match(customer.url, /cancel=1$/);
  assert.match(customer.html, /without storing a card/);
  assert.deepEqual(methods(), before_);
});

test('a page for a card that the gateway refuses to open: said, the customer made anew with the next try', { timeout: 60000 }, async () => {
  stack.sql(`UPDATE customer SET gateway_customer = 'cus_deleted' WHERE id = ${mine[0][2]}`);
  await customer.get(`${stack.site}/my/subscriptions/${mine[0][1]}`);
  await customer.submit(/\/card$/, {});
  assert.equal(customer.status, 503);
  assert.match(customer.html, /The card that we have stays/);
  await replace(mine[0][1], '5555555555554444');
  assert.equal(new Set(methods().slice(0, 3)).size, 1);
});
