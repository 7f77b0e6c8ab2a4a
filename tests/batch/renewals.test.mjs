// Renewals in numbers: a bad one does not stop the others, two batches at once, a run again, a run that
// is told to end in its middle.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { batch, bringBack, keep, seed } from '../lib/control.mjs';
import { startStack } from '../lib/stack.mjs';
import { difference, state } from '../lib/state.mjs';

const MANY = 1500; // more than one batch can do before it hears of a signal
let stack;
let today;
before(async () => {
  stack = await startStack({ batch: false });
  today = (await batch(stack, ['clock'])).out.trim();
  seed(stack, { subscriptions: MANY, due: today });
  await keep(stack, 'due');
});
after(() => stack?.stop());

const now = () => state(stack.database, 'tacite_demo');
const count = (table) => Number(stack.value(`SELECT COUNT(*) FROM ${table}`));
async function clean() {
  const done = await batch(stack, ['verify']);
  assert.equal(done.code, 0, done.out + done.err);
}

let once; // the state after one undisturbed run
test('one run bills everything that is due; the same run again changes nothing', async () => {
  const done = await batch(stack, ['renew']);
  assert.equal(done.code, 0, done.err);
  assert.equal(count('invoice'), MANY);
  await clean();
  once = now();
  const again = await batch(stack, ['renew']);
  assert.equal(again.code, 0, again.err);
  assert.deepEqual(difference(once, now()), []);
});

test('two batches at once leave what one leaves', async () => {
  await bringBack(stack, 'due');
  const done = await Promise.all([batch(stack, ['renew']), batch(stack, ['renew'])]);
  assert.deepEqual(done.map((one) => one.code), [0, 0], done.map((one) => one.err).join('\n'));
  await clean();
  // Who takes which group is open: numbers may be given in another order, never twice or left out.
  const bare = (rows) => Object.fromEntries(Object.entries(rows).map(([table, list]) => [table,
    list.map((row) => row.replace(/INV-2026-\d+/g, 'INV').replace(/#\d+/g, '#').replace(/\b(sequence|source_id|invoice_id|ref_id|subject_id)=\S+/g, '$1')).sort()]));
  assert.deepEqual(difference(bare(once), bare(now())), []);
});

test('SIGTERM in the middle leaves whole groups, and the next run completes', async () => {
  await bringBack(stack, 'due');
  let stopped = 0;
  for (let after_ms = 30; after_ms < 1000 && count('invoice') < MANY; after_ms += 45) {
    const done = await batch(stack, ['renew'], { killAfter: after_ms, signal: 'SIGTERM' });
    assert.equal(done.signal === null ? done.code : 0, 0, done.err); // before the handler stands, the signal itself ends it
    const billed = count('invoice');
    assert.equal(billed, Number(stack.value('SELECT COUNT(*) FROM subscription WHERE next_index = 2')));
    assert.equal(billed, count('receivable'));
    stopped += billed > 0 && billed < MANY;
    await clean();
  }
  assert.ok(stopped > 0, 'no run was ended in its middle');
  const done = await batch(stack, ['renew']);
  assert.equal(done.code, 0, done.err);
  await clean();
  assert.deepEqual(difference(once, now()), []);
});

test('one bad subscription is set aside with its reason; the other 199 of its group renew', async () => {
  await bringBack(stack, 'due');
  stack.sql('UPDATE subscription SET due_on = NULL WHERE id > (SELECT id FROM (SELECT id FROM subscription ORDER BY id LIMIT 1 OFFSET 199) x)');
  const bad = stack.value('SELECT id FROM subscription ORDER BY id LIMIT 1 OFFSET 77');
  stack.sql(`UPDATE subscription_line SET tax_class = 'nowhere' WHERE subscription_id = ${bad} AND position = 1`);
  const done = await batch(stack, ['renew']);
  assert.equal(done.code, 1, 'something needs a look');
  assert.equal(count('invoice'), 199);
  assert.equal(stack.value(`SELECT COUNT(*) FROM billing_period WHERE subscription_id = ${bad}`), '0');
  assert.match(stack.value(`SELECT error FROM subscription WHERE id = ${bad}`), /nowhere/);
  assert.deepEqual(stack.sql('SELECT kind, subject_kind, subject_id FROM operator_item WHERE closed_at IS NULL'), [['renewal_failed', 'subscription', bad]]);
  await clean();
  // Once more finds the same, without a second item; put right, it is billed.
  await batch(stack, ['renew']);
  assert.equal(stack.value('SELECT COUNT(*) FROM operator_item'), '1');
  stack.sql(`UPDATE subscription_line SET tax_class = 'standard' WHERE subscription_id = ${bad}`);
  stack.sql(`UPDATE subscription SET due_on = '${today}', error = '' WHERE id = ${bad}`);
  const put_right = await batch(stack, ['renew']);
  assert.equal(put_right.code, 0, put_right.err);
  assert.equal(count('invoice'), 200);
  await clean();
});

test('a month later the same in one run as day by day', async () => {
  await bringBack(stack, 'due');
  stack.sql('UPDATE subscription SET due_on = NULL WHERE id > (SELECT id FROM (SELECT id FROM subscription ORDER BY id LIMIT 1 OFFSET 29) x)');
  stack.sql(`UPDATE subscription SET due_on = DATE_ADD('${today}', INTERVAL id % 28 DAY), anchor_on = DATE_SUB(DATE_ADD('${today}', INTERVAL id % 28 DAY), INTERVAL 1 MONTH),
    started_on = anchor_on WHERE due_on IS NOT NULL`);
  await keep(stack, 'spread');
  const on = (days) => new Date(Date.parse(today) + days * 864e5).toISOString().slice(0, 10);
  for (let day = 3; day <= 63; day += 3) {
    assert.equal((await batch(stack, ['clock', '--to', on(day)])).code, 0);
    assert.equal((await batch(stack, ['renew'])).code, 0);
  }
  await clean();
  // The days of issue differ, what was billed does not.
  const billed = () => stack.sql(`SELECT p.subscription_id, p.period_index, p.from_on, p.until_on, l.position, l.net_minor, l.tax_rate_ppm FROM billing_period p
    JOIN invoice_line l ON l.invoice_id = p.invoice_id AND l.period_from_on = p.from_on ORDER BY 1, 2, 5`).map((row) => row.join(' '));
  const daily = billed();
  assert.ok(daily.length >= 30 * 2 * 2);
  await bringBack(stack, 'spread');
  assert.equal((await batch(stack, ['clock', '--to', on(63)])).code, 0);
  assert.equal((await batch(stack, ['renew'])).code, 0);
  await clean();
  assert.deepEqual(billed(), daily);
});
