// Dunning from the declined debit to the payment or the end, day by day and after days without a run.
import assert from 'node:assert/strict';
import { after as finish, before, beforeEach, test } from 'node:test';
import { after, batch, bringBack, payUntilDone, run, sound, startLife } from '../fault/life.mjs';
import { Visitor } from '../lib/visitor.mjs';

const NEVER_PAYS = '4000990000000012', LOST = '4000990000000020', PAYS_THIRD = '4000990000000038';
let stack, due;
before(async () => { stack = await startLife(); }, { timeout: 120000 });
beforeEach(async () => { await bringBack(stack, 'signed'); stack.mails.mails.length = 0; });
finish(() => stack?.stop());

async function on(day) {
  const moved = await batch(stack, ['clock', '--to', day]);
  assert.equal(moved.code, 0, moved.err);
  await run(stack, 1);
}
// The first invoice is paid, the card kept; a month later the renewal is due.
async function renewed(card) {
  await payUntilDone(stack, { card });
  await run(stack, 1);
  due = stack.value('SELECT due_on FROM subscription');
  await on(due);
}
const sentTemplates = () => stack.sql("SELECT template FROM outbox WHERE template IN ('pay_failed', 'pay_reminder', 'closed_unpaid', 'receipt') ORDER BY id").map(([name]) => name);
const tries = () => Number(stack.value('SELECT COUNT(*) FROM attempt'));
const state = () => stack.value('SELECT state FROM subscription');
const dunning = () => stack.sql('SELECT state, steps_done, next_on FROM dunning_case')[0];

test('S11, never paid: tries after 3, 7 and 12 days, reminders after 3 and 10, the end after 15', { timeout: 120000 }, async () => {
  await renewed(NEVER_PAYS);
  assert.deepEqual(sentTemplates(), ['pay_failed']);
  assert.deepEqual(dunning().slice(0, 2), ['open', '1']);
  const story = [];
  for (let day = 1; day <= 17; day++) {
    const before = [tries(), sentTemplates().length, state()];
    await on(after(due, day));
    await run(stack, 1); // a second run of the day does nothing
    const mails = sentTemplates().slice(before[1]);
    if (tries() > before[0] || mails.length || state() !== before[2]) story.push(`${day}:${' try'.repeat(tries() - before[0])}${mails.map((name) => ` ${name}`).join('')}${state() !== before[2] ? ` ${state()}` : ''}`);
  }
  assert.deepEqual(story, ['3: try pay_reminder', '4: past_due', '7: try', '10: pay_reminder', '12: try', '15: closed_unpaid ended']);
  assert.deepEqual(stack.sql('SELECT state, ends_on, end_reason, due_on FROM subscription'), [['ended', after(due, 15), 'unpaid', null]]);
  assert.equal(dunning()[0], 'closed');
  assert.equal(stack.value('SELECT collect_on FROM receivable WHERE state = "open"'), null);
  const last = stack.mails.mails.map(({ raw }) => raw).filter((raw) => /Dernier|Last/.test(raw));
  assert.equal(last.length, 1, 'the last reminder says so');
  await sound(stack);
});

test('S10, paid by the third try: the rest is dropped, the subscription is active again', { timeout: 60000 }, async () => {
  await renewed(PAYS_THIRD);
  await on(after(due, 3));
  await on(after(due, 5));
  assert.equal(state(), 'past_due');
  await on(after(due, 7));
  assert.equal(state(), 'active');
  assert.equal(dunning()[0], 'paid');
  await on(after(due, 16));
  assert.deepEqual(sentTemplates(), ['pay_failed', 'pay_reminder', 'receipt']);
  assert.equal(tries(), 4);
  await sound(stack);
});

test('twenty days without a run: one reminder and one try; the end comes a day later', { timeout: 60000 }, async () => {
  await renewed(NEVER_PAYS);
  await on(after(due, 20));
  assert.deepEqual(sentTemplates(), ['pay_failed', 'pay_reminder']);
  assert.equal(tries(), 3);
  assert.equal(state(), 'past_due');
  await on(after(due, 21));
  assert.equal(state(), 'ended', stack.sql('SELECT * FROM dunning_case').join() + stack.sql('SELECT state, decline_code, kind FROM attempt').join(' | '));
  await sound(stack);
});

test('C19 the bank asks for the customer: a link to pay, no other try, and the subscription stays through its grace', { timeout: 60000 }, async () => {
  await payUntilDone(stack, { card: '4242424242424242' });
  await run(stack, 1);
  stack.sql("UPDATE tacite_sandbox.method SET card = 'authenticate_always'");
  due = stack.value('SELECT due_on FROM subscription');
  await on(due);
  assert.equal(tries(), 2);
  assert.deepEqual(sentTemplates().filter((name) => name !== 'receipt'), ['pay_failed']);
  await on(after(due, 2));
  assert.equal(state(), 'active');
  await on(after(due, 7));
  assert.equal(tries(), 2, 'nobody but the customer can confirm it');
  await sound(stack);
});

test('C20 a lost card is not tried again; the customer pays by the link and everything stops', { timeout: 60000 }, async () => {
  await renewed(LOST);
  for (const day of [3, 7, 10]) await on(after(due, day));
  assert.equal(tries(), 2);
  assert.deepEqual(sentTemplates(), ['pay_failed', 'pay_reminder', 'pay_reminder']);
  const visitor = new Visitor(stack.site);
  const reminder = stack.mails.mails.map(({ raw }) => raw.replace(/=\r?\n/g, '').replace(/=3D/g, '=')).filter((raw) => /Rappel|Reminder|rappel/.test(raw)).pop();
  await visitor.get(reminder.match(/https?:\/\/[^"<\s]+\/l\/[\w-]+/)[0]);
  await visitor.submit(/^\/pay\/[^/]+$/, {});
  await visitor.submit((form) => form.fields.some(([name]) => name === 'number'), { number: '4242424242424242', expiry: '12/34', cvc: '123', name: 'C L' });
  await run(stack, 1);
  assert.equal(dunning()[0], 'paid');
  assert.equal(state(), 'active');
  await on(after(due, 16));
  assert.equal(state(), 'active');
  await sound(stack);
});

test('paid by transfer: the invoice asks on its day, the first reminder comes three days later', { timeout: 60000 }, async () => {
  await payUntilDone(stack, { card: NEVER_PAYS });
  stack.sql('UPDATE subscription SET payment_method_id = NULL');
  await run(stack, 1);
  due = stack.value('SELECT due_on FROM subscription');
  await on(due);
  assert.deepEqual(stack.sql('SELECT i.issued_on, r.due_on FROM invoice i JOIN receivable r ON r.invoice_id = i.id ORDER BY i.id DESC LIMIT 1'), [[due, due]]);
  assert.deepEqual(sentTemplates(), []);
  await on(after(due, 2));
  assert.deepEqual(sentTemplates(), []);
  await on(after(due, 3));
  assert.deepEqual(sentTemplates(), ['pay_reminder']);
  assert.equal(dunning()[0], 'open');
  await sound(stack);
});

test('a closing that was agreed: five days, announced by the mail of the third; or never', { timeout: 120000 }, async () => {
  await payUntilDone(stack, { card: NEVER_PAYS });
  stack.sql('UPDATE subscription SET close_days = 5');
  await run(stack, 1);
  due = stack.value('SELECT due_on FROM subscription');
  await on(due);
  stack.sql('UPDATE subscription SET close_days = -1'); // the case keeps what it was opened with
  for (const day of [3, 4]) await on(after(due, day));
  assert.deepEqual(sentTemplates(), ['pay_failed', 'pay_reminder']);
  assert.equal(state(), 'past_due');
  const last = stack.mails.mails.map(({ raw }) => raw).filter((raw) => /Dernier|Last/.test(raw));
  assert.equal(last.length, 1, 'the mail before it announces the end');
  await on(after(due, 5));
  assert.deepEqual(stack.sql('SELECT state, ends_on, end_reason FROM subscription'), [['ended', after(due, 5), 'unpaid']]);
  assert.equal(tries(), 3);
  await sound(stack);

  await bringBack(stack, 'signed');
  await payUntilDone(stack, { card: NEVER_PAYS });
  stack.sql('UPDATE subscription SET close_days = -1');
  await run(stack, 1);
  due = stack.value('SELECT due_on FROM subscription');
  for (const day of [0, 3, 7, 10, 12, 15, 16, 30]) await on(after(due, day));
  assert.equal(state(), 'past_due', 'a person decides');
  assert.equal(dunning()[0], 'done');
  await sound(stack);
});

test('a person stops it: nothing more is sent or ended', { timeout: 60000 }, async () => {
  await renewed(NEVER_PAYS);
  const seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login$/, { email: stack.email, password: stack.password });
  const number = stack.value('SELECT i.number FROM invoice i JOIN dunning_case k ON k.invoice_id = i.id');
  await seller.get(`${stack.site}/admin/dunning/${number}`);
  assert.equal(seller.status, 200);
  await seller.submit(/\/stop$/, { reason: '' });
  assert.equal(seller.status, 422);
  await seller.submit(/\/stop$/, { reason: 'Deux <fois> & "plus"' });
  assert.equal(seller.status, 200);
  assert.match(seller.html, /Deux &lt;fois&gt; &amp; &quot;plus&quot;/);
  await on(after(due, 31));
  assert.equal(dunning()[0], 'stopped');
  assert.deepEqual(sentTemplates().filter((name) => name !== 'receipt'), ['pay_failed', 'pay_failed']); // the next period's own decline
  assert.notEqual(state(), 'ended');
});

test('a step that blocks: the customer pays before anything else is changed', { timeout: 60000 }, async () => {
  await renewed(NEVER_PAYS);
  stack.sql('UPDATE plan SET customer_level = 2, customer_pause = 1');
  const customer = new Visitor(stack.site);
  await customer.get(stack.mails.mails.map(({ raw }) => raw.replace(/=\r?\n/g, '').replace(/=3D/g, '=')).map((raw) => raw.match(/https?:\/\/[^"<\s]+\/l\/[\w-]+/)).filter(Boolean)[0][0]);
  const path = `${stack.site}/my/subscriptions/${stack.value('SELECT number FROM subscription')}/pause`;
  await customer.get(path);
  const before = customer.status;
  stack.sql('UPDATE dunning_case SET blocked = 1');
  await customer.get(path);
  assert.deepEqual([before, customer.status], [200, 403]);
});

test('a rule that is changed counts for what becomes due from then on', { timeout: 60000 }, async () => {
  await renewed(NEVER_PAYS);
  const seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login$/, { email: stack.email, password: stack.password });
  await seller.get(`${stack.site}/admin/dunning/rules/1`);
  const errors = () => [...seller.html.matchAll(/href="#f-([\w-]+)"/g)].map(([, id]) => id);
  await seller.submit(/\/rules\/1$/, { 'step.6.days': '2' });
  assert.equal(seller.status, 422);
  assert.deepEqual(errors(), ['step-6-days']);
  await seller.submit(/\/rules\/1$/, { 'step.6.days': '366' });
  assert.deepEqual(errors(), ['step-6-days']);
  await seller.submit(/\/rules\/1$/, { 'step.6.days': '20', 'step.7.days': '30' });
  assert.deepEqual(errors(), ['step-7-action']);
  await seller.submit(/\/rules\/1$/, { 'step.6.days': '20', 'step.7.days': '' });
  assert.equal(seller.status, 200);
  assert.deepEqual(stack.sql('SELECT name, standard FROM dunning_rule WHERE replaced_by IS NULL'), [['Standard', '1']]);
  assert.equal(stack.value('SELECT COUNT(*) FROM plan WHERE dunning_rule_id = 1'), '0');
  for (const day of [3, 7, 10, 12, 15]) await on(after(due, day));
  assert.equal(state(), 'ended', 'the open case follows the rule that it began with');
});
