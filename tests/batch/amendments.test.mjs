// Changes whose day has come: applied once, before the day's renewals, whoever runs and how often.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { batch, bringBack, keep, seed } from '../lib/control.mjs';
import { startStack } from '../lib/stack.mjs';
import { difference, state } from '../lib/state.mjs';

const MANY = 450; // more than one page of what is due
let stack;
let today;
before(async () => {
  stack = await startStack({ batch: false });
  today = (await batch(stack, ['clock'])).out.trim();
  seed(stack, { subscriptions: MANY, due: today });
  // two thirds change today: half of these get more of their line, the others pause
  const made = `'planned', '${today}', 0, 'seller:1', '${today}', UTC_TIMESTAMP(6), 'EUR'`;
  const columns = 'subscription_id, kind, state, effective_on, credit, made_by, made_on, made_at, currency';
  stack.sql(`INSERT INTO amendment (${columns}) SELECT id, IF(id % 3 = 0, 'lines', 'pause'), ${made} FROM subscription WHERE id % 3 < 2;
    INSERT INTO amendment_item (amendment_id, place, act, slot, quantity_e4) SELECT id, 1, 'set', 1, 70000 FROM amendment WHERE kind = 'lines'`);
  await keep(stack, 'planned');
});
after(() => stack?.stop());

const now = () => state(stack.database, 'tacite_demo');
const value = (sql) => Number(stack.value(sql));
async function clean() {
  const done = await batch(stack, ['verify']);
  assert.equal(done.code, 0, done.out + done.err);
}

let once;
test('one run applies every change before it bills, and the same run again changes nothing', async () => {
  const dry = await batch(stack, ['--dry-run', 'amend']);
  assert.equal(dry.code, 0, dry.err);
  assert.equal(value("SELECT COUNT(*) FROM amendment WHERE state <> 'planned'"), 0);
  const done = await batch(stack, ['renew']);
  assert.equal(done.code, 0, done.err);
  assert.equal(value("SELECT COUNT(*) FROM amendment WHERE state = 'applied'"), MANY * 2 / 3);
  assert.equal(value("SELECT COUNT(*) FROM subscription WHERE state = 'paused' AND mrr_e4 = 0 AND due_on IS NULL"), MANY / 3);
  assert.equal(value('SELECT COUNT(*) FROM invoice'), MANY * 2 / 3);
  assert.equal(value('SELECT COUNT(*) FROM invoice_line l JOIN subscription_line s ON s.id = l.subscription_line_id WHERE s.amendment_id IS NOT NULL AND l.quantity_e4 = 70000'), MANY / 3);
  await clean();
  once = now();
  assert.equal((await batch(stack, ['renew'])).code, 0);
  assert.deepEqual(difference(once, now()), []);
});

test('two batches at once apply each change once', async () => {
  await bringBack(stack, 'planned');
  const both = await Promise.all([batch(stack, ['amend']), batch(stack, ['amend'])]);
  assert.ok(both.every(({ code }) => code === 0), both.map(({ err }) => err).join('\n'));
  assert.equal(value("SELECT COUNT(*) FROM amendment WHERE state = 'applied'"), MANY * 2 / 3);
  assert.equal(value('SELECT COUNT(*) FROM subscription_pause'), MANY / 3);
  assert.equal((await batch(stack, ['renew'])).code, 0);
  await clean();
});

test('a change that is not possible any more fails with its reason, and the others go on', async () => {
  await bringBack(stack, 'planned');
  const gone = stack.value("SELECT subscription_id FROM amendment WHERE kind = 'lines' ORDER BY id LIMIT 1");
  stack.sql(`UPDATE subscription_line SET until_on = '${today}' WHERE subscription_id = ${gone}`);
  const done = await batch(stack, ['amend']);
  assert.equal(done.code, 1, done.err);
  assert.deepEqual(stack.sql("SELECT state, failure, subscription_id FROM amendment WHERE state = 'failed'"), [['failed', 'This line is not in force on that day.', gone]]);
  assert.deepEqual(stack.sql("SELECT kind, subject_id FROM operator_item WHERE closed_at IS NULL AND kind = 'amendment_failed'"), [['amendment_failed', gone]]);
  assert.equal(value("SELECT COUNT(*) FROM amendment WHERE state = 'applied'"), MANY * 2 / 3 - 1);
});
