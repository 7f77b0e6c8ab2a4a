// The gateway took another amount than was asked: no order starts from it, a person is asked, and the
// customer cannot be charged a second time meanwhile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batch } from '../lib/control.mjs';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

const LESS = '4000990000000103';
const card = (page, number) => page.submit((form) => form.fields.some(([name]) => name === 'number'), { number, expiry: '12/34', cvc: '123', name: 'C L' });
const captures = async (stack) => (await (await fetch(`${stack.sandbox}/sandbox/ledger.tsv`)).text()).trim().split('\n').length - 1;
const counts = (stack) => ['sales_order', 'subscription', 'invoice', 'payment'].map((table) => `${table} ${stack.value(`SELECT COUNT(*) FROM ${table}`)}`).join(', ');
const asked = (stack) => stack.sql("SELECT kind FROM operator_item WHERE closed_at IS NULL AND kind = 'amount_differs'").flat();
const later = (day, days) => new Date(Date.parse(day) + days * 864e5).toISOString().slice(0, 10);

async function signed(stack) {
  const visitor = new Visitor(stack.site);
  await visitor.get(stack.link);
  await visitor.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await visitor.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  return visitor;
}

test('a cent less than asked: no order, one item for a person, no second charge until it is closed', { timeout: 60000 }, async () => {
  const stack = await startStack({ batch: false });
  try {
    const visitor = await signed(stack);
    const place = visitor.url;
    const press = async () => {
      await visitor.get(place);
      assert.equal(visitor.status, 200);
      await visitor.submit(/^\/pay\/[^/]+$/, {});
      if (visitor.url.startsWith(stack.sandbox)) await card(visitor, LESS);
    };
    await press();
    await stack.settle();
    const still = async () => {
      assert.equal(await captures(stack), 1, 'captures');
      assert.equal(counts(stack), 'sales_order 0, subscription 0, invoice 0, payment 0');
      assert.deepEqual(stack.sql('SELECT state FROM attempt'), [['operator']]);
      assert.deepEqual(asked(stack), ['amount_differs']);
    };
    await still();
    await press();
    assert.match(visitor.url, /\/pay\/[^/]+\/return$/);
    await stack.settle();
    await still();

    const seller = new Visitor(stack.site); // gave the money back, say, and says that it is done
    await seller.get(`${stack.site}/admin/login`);
    await seller.submit(/login/, { email: stack.email, password: stack.password });
    await seller.get(`${stack.site}/admin/`);
    await seller.submit(/\/items\/\d+\/done$/, {});
    assert.deepEqual(asked(stack), []);
    await visitor.get(place);
    await visitor.submit(/^\/pay\/[^/]+$/, {});
    await card(visitor, '4242424242424242');
    await stack.settle();
    assert.equal(counts(stack), 'sales_order 1, subscription 1, invoice 1, payment 1');
    assert.equal((await stack.batch('verify')).code, 0);
  } finally { await stack.stop(); }
});

test('a renewal that takes a cent less is not charged again the next days', { timeout: 60000 }, async () => {
  const stack = await startStack({ batch: false });
  try {
    const visitor = await signed(stack);
    await visitor.submit(/^\/pay\/[^/]+$/, {});
    await card(visitor, '4242424242424242');
    await stack.settle();
    const subscription = stack.value('SELECT number FROM subscription');
    await visitor.get(`${stack.site}/my/subscriptions/${subscription}`);
    await visitor.submit(/\/card$/, {});
    await card(visitor, LESS);
    await stack.settle();
    assert.equal(stack.value('SELECT m.last4 FROM payment_method m JOIN subscription s ON s.payment_method_id = m.id'), LESS.slice(-4));
    assert.equal(await captures(stack), 1);
    const today = (await stack.batch('clock')).out.trim();
    for (const days of [31, 32, 33, 36]) {
      assert.equal((await batch(stack, ['clock', '--to', later(today, days)])).code, 0);
      await stack.settle();
      assert.equal(await captures(stack), 2, `captures after ${days} days`);
    }
    assert.equal(counts(stack), 'sales_order 1, subscription 1, invoice 2, payment 1');
    assert.deepEqual(asked(stack), ['amount_differs']);
  } finally { await stack.stop(); }
});
