// Cards that end: told 30 and 7 days before, once each, and not debited after: the customer is asked for another one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { batch, seed, storeCards } from '../lib/control.mjs';

let stack;
const mails = (template) => stack.sql(`SELECT dedup_key FROM outbox WHERE template = '${template}' ORDER BY id`).map(([key]) => key);
const at = async (day, ...pieces) => {
  assert.equal((await batch(stack, ['clock', '--to', day])).code, 0);
  for (const piece of pieces) assert.ok([0, 1].includes((await batch(stack, [piece])).code), piece);
};
before(async () => {
  stack = await startStack({ batch: false, language: 'en' });
  await at('2027-01-31');
  seed(stack, { subscriptions: 3, due: '2027-05-01' });
  const ids = stack.sql('SELECT id FROM subscription ORDER BY id DESC LIMIT 3').map(([id]) => Number(id)).reverse();
  stack.sql(storeCards(stack, ids.map((id) => [id, 'approve'])));
  stack.sql(`UPDATE payment_method SET exp_year = 2027, exp_month = 3; UPDATE payment_method SET exp_year = 2027, exp_month = 4 ORDER BY id DESC LIMIT 1`);
}, { timeout: 120000 });
after(() => stack?.stop());

test('thirty days, seven days, once each', { timeout: 60000 }, async () => {
  await at('2027-02-28', 'run');
  assert.deepEqual(mails('card_expiring'), []); // 31 days
  await at('2027-03-01', 'run', 'run');
  assert.equal(mails('card_expiring').length, 2);
  assert.ok(mails('card_expiring').every((key) => key.endsWith(' 30')));
  await at('2027-03-23', 'run');
  assert.equal(mails('card_expiring').length, 2);
  await at('2027-03-24', 'run', 'run');
  assert.deepEqual(mails('card_expiring').map((key) => key.split(' ')[2]), ['30', '30', '7', '7']);
  // The one of April was told late: the nearer notice alone.
  await at('2027-04-25', 'run');
  assert.deepEqual(mails('card_expiring').map((key) => key.split(' ')[2]), ['30', '30', '7', '7', '7']);
});

test('a card that has expired is not debited: its holder is asked once, the invoice stays open', { timeout: 60000 }, async () => {
  const tried = () => stack.value("SELECT COUNT(*) FROM attempt WHERE kind = 'off_session'");
  await at('2027-05-01', 'run', 'run');
  assert.equal(tried(), '0');
  assert.equal(mails('card_expired').length, 3);
  assert.equal(stack.value("SELECT COUNT(*) FROM receivable WHERE state = 'open' AND collect_on IS NULL"), '3');
  assert.equal(stack.value("SELECT COUNT(*) FROM payment_method WHERE state = 'active'"), '3', 'the old card stays until a new one is stored');
});
