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
const thaw = 'DROP TRIGGER IF EXISTS subscription_line_only_ends; '; // what no program of ours may do
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

test('X03 S07, eight batches at once leave what one leaves', async () => {
  await bringBack(stack, 'due');
  const done = await Promise.all(Array.from({ length: 8 }, () => batch(stack, ['renew'])));
  assert.deepEqual(done.map((one) => one.code), Array(8).fill(0), done.map((one) => one.err).join('\n'));
  await clean();
  // Who takes which group is open: numbers may be given in another order, never twice or left out.
  const bare = (rows) => Object.fromEntries(Object.entries(rows).map(([table, list]) => [table,
    list.map((row) => row.replace(/INV-2026-\d+/g, 'INV').replace(/#\d+/g, '#').replace(/\b(sequence|source_id|invoice_id|ref_id|subject_id)=\S+/g, '$1')).sort()]));
  assert.deepEqual(difference(bare(once), bare(now())), []);
});

test('X04 SIGTERM in the middle leaves whole groups, and the next run completes', async () => {
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

test('X08 one bad subscription is set aside with its reason; the other 199 of its group renew', async () => {
  await bringBack(stack, 'due');
  stack.sql('UPDATE subscription SET due_on = NULL WHERE id > (SELECT id FROM (SELECT id FROM subscription ORDER BY id LIMIT 1 OFFSET 199) x)');
  const bad = stack.value('SELECT id FROM subscription ORDER BY id LIMIT 1 OFFSET 77');
  stack.sql(`${thaw}UPDATE subscription_line SET tax_class = 'nowhere' WHERE subscription_id = ${bad} AND position = 1`);
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
  stack.sql(`${thaw}UPDATE subscription_line SET tax_class = 'standard' WHERE subscription_id = ${bad}`);
  stack.sql(`UPDATE subscription SET due_on = '${today}', error = '' WHERE id = ${bad}`);
  const put_right = await batch(stack, ['renew']);
  assert.equal(put_right.code, 0, put_right.err);
  assert.equal(count('invoice'), 200);
  await clean();
});

// Forty lives of eight kinds, due on the days of a month: monthly; weekly; a line in arrears; all in arrears; an end
// inside the 40 days; a trial that ends in them; a term that renews in them; pairs of a customer who wants one invoice.
function fortyLives() {
  stack.sql('UPDATE subscription SET due_on = NULL WHERE id > (SELECT id FROM (SELECT id FROM subscription ORDER BY id LIMIT 1 OFFSET 39) x)');
  const mine = (kind) => `due_on IS NOT NULL AND id % 8 = ${kind}`;
  const lines = (kind, more = '') => `${thaw}UPDATE subscription_line l JOIN subscription s ON s.id = l.subscription_id SET l.timing = 'arrears' WHERE s.due_on IS NOT NULL AND s.id % 8 = ${kind}${more}`;
  stack.sql(`UPDATE subscription SET due_on = DATE_ADD('${today}', INTERVAL id % 28 DAY) WHERE due_on IS NOT NULL`);
  stack.sql(`UPDATE subscription SET anchor_on = DATE_SUB(due_on, INTERVAL 1 MONTH), month_day = DAY(due_on), started_on = anchor_on, next_index = 1 WHERE due_on IS NOT NULL`);
  stack.sql(`UPDATE subscription SET unit = 'week', anchor_on = DATE_SUB(due_on, INTERVAL 1 WEEK), started_on = anchor_on WHERE ${mine(1)}`);
  stack.sql(lines(2, ' AND l.position = 1'));
  stack.sql(lines(3));
  stack.sql(`UPDATE subscription SET ends_on = DATE_ADD('${today}', INTERVAL 35 DAY), end_reason = 'told' WHERE ${mine(4)}`);
  stack.sql(`UPDATE subscription SET trial_until_on = due_on, started_on = DATE_SUB(due_on, INTERVAL 14 DAY), anchor_on = due_on, state = 'trial', next_index = 0 WHERE ${mine(5)}`);
  stack.sql(`UPDATE subscription SET term_unit = 'month', term_count = 1, term_until_on = due_on WHERE ${mine(6)}`);
  const [first, ...others] = stack.sql(`SELECT id, customer_id FROM subscription WHERE ${mine(7)} ORDER BY id`);
  stack.sql(`UPDATE subscription SET customer_id = ${first[1]}, consolidated = 1, due_on = DATE_ADD('${today}', INTERVAL 5 + id % 16 DIV 8 DAY),
    anchor_on = DATE_SUB(due_on, INTERVAL 1 MONTH), month_day = DAY(due_on), started_on = anchor_on WHERE ${mine(7)}`);
  stack.sql(`UPDATE customer SET consolidated = 1 WHERE id = ${first[1]}`);
  stack.sql(thaw + 'UPDATE subscription_line l JOIN subscription s ON s.id = l.subscription_id SET l.from_on = IFNULL(s.trial_until_on, s.started_on) WHERE s.due_on IS NOT NULL');
  assert.ok(others.length >= 4);
}
const on = (days) => new Date(Date.parse(today) + days * 864e5).toISOString().slice(0, 10);
// Every document without its number and its days: what it bills, of whom, and its sums.
const documents = () => stack.sql(`SELECT i.customer_id, i.net_minor, i.vat_minor, i.total_minor,
    GROUP_CONCAT(x.subscription_id, ' ', l.description, ' ', l.period_from_on, ' ', l.period_until_on, ' ', l.net_minor, ' ', l.tax_rate_ppm ORDER BY l.position SEPARATOR '; ')
    FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id JOIN subscription_line x ON x.id = l.subscription_line_id GROUP BY i.id`).map((row) => row.join(' | ')).sort();
const lives = () => stack.sql('SELECT id, state, next_index, arrears_index, due_on, term_until_on, ends_on, end_reason FROM subscription WHERE due_on IS NOT NULL OR state = \'ended\' ORDER BY id').map((row) => row.join(' '));

test('X06 S06, forty days in one run give the documents of forty daily runs, but for their days of issue', { timeout: 120000 }, async () => {
  await bringBack(stack, 'due');
  fortyLives();
  await keep(stack, 'lives');
  for (let day = 1; day <= 40; day++) {
    assert.equal((await batch(stack, ['clock', '--to', on(day)])).code, 0);
    assert.equal((await batch(stack, ['renew'])).code, 0);
  }
  await clean();
  const daily = documents();
  const then = lives();
  assert.ok(daily.length >= 60, `${daily.length} documents`);
  assert.ok(daily.some((text) => text.split('; ').length >= 4), 'none for several subscriptions');
  assert.ok(then.filter((text) => text.includes(' ended ')).length >= 4);
  await bringBack(stack, 'lives');
  assert.equal((await batch(stack, ['clock', '--to', on(40)])).code, 0);
  assert.equal((await batch(stack, ['renew'])).code, 0);
  await clean();
  assert.deepEqual(documents(), daily);
  assert.deepEqual(lives(), then);
  const again = documents();
  assert.equal((await batch(stack, ['renew'])).code, 0);
  assert.deepEqual(documents(), again);
});

test('X05 X06 S06, by default more than two missed days of one subscription wait for a person', async () => {
  await bringBack(stack, 'lives');
  stack.sql('UPDATE subscription SET max_missed = DEFAULT');
  assert.equal((await batch(stack, ['clock', '--to', on(40)])).code, 0);
  await batch(stack, ['renew']);
  await clean();
  const held = stack.sql('SELECT id, unit, next_index FROM subscription WHERE held_on IS NOT NULL');
  assert.ok(held.length >= 3);
  for (const [id, unit, next] of held) {
    assert.equal(unit, 'week', `subscription ${id}`); // five or six weeks; nobody else missed more than two
    assert.equal(next, '1');
    assert.equal(stack.value(`SELECT COUNT(*) FROM billing_period WHERE subscription_id = ${id}`), '0');
    assert.equal(stack.value(`SELECT COUNT(*) FROM operator_item WHERE kind = 'renewal_held' AND subject_id = ${id} AND closed_at IS NULL`), '1');
  }
  assert.equal(stack.value("SELECT COUNT(*) FROM subscription WHERE unit = 'month' AND due_on <= (SELECT test_clock_on FROM house)"), '0');
});
