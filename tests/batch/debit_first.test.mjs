// Debit first: a period is asked for and debited, and invoiced once it is paid; what is not paid leaves nothing.
import assert from 'node:assert/strict';
import { after as finish, before, beforeEach, test } from 'node:test';
import { after, batch, bringBack, payUntilDone, run, sound, startLife } from '../fault/life.mjs';
import { Visitor } from '../lib/visitor.mjs';

const PAYS = '4242424242424242', NEVER_PAYS = '4000990000000012', PAYS_THIRD = '4000990000000038';
let stack, due;
before(async () => { stack = await startLife(); }, { timeout: 120000 });
beforeEach(async () => { await bringBack(stack, 'signed'); stack.mails.mails.length = 0; });
finish(() => stack?.stop());

async function on(day, env = {}) {
  const moved = await batch(stack, ['clock', '--to', day]);
  assert.equal(moved.code, 0, moved.err);
  await run(stack, 1);
}
// The first invoice is paid by what the quote asks for; from then on the subscription is debited first.
async function begun(card) {
  await payUntilDone(stack, { card });
  await run(stack, 1);
  stack.sql('UPDATE subscription SET debit_first = 1');
  due = stack.value('SELECT due_on FROM subscription');
}
const invoices = () => stack.sql('SELECT number, issued_on FROM invoice ORDER BY id');
const entries = () => Number(stack.value('SELECT COUNT(*) FROM journal_entry'));
const claims = () => stack.sql("SELECT state, open_minor, collect_on FROM receivable WHERE state IN ('pending', 'dropped') ORDER BY invoice_id");
const state = () => stack.value('SELECT state FROM subscription');
const tries = () => Number(stack.value('SELECT COUNT(*) FROM attempt'));
const templates = () => stack.sql("SELECT template FROM outbox WHERE template IN ('invoice_new', 'pay_failed', 'pay_reminder', 'closed_unpaid', 'receipt', 'renewal_due') ORDER BY id").map(([name]) => name);
const gapless = () => assert.deepEqual(stack.sql('SELECT series FROM invoice GROUP BY series HAVING MAX(sequence) <> COUNT(*)'), []);
async function seller() {
  const visitor = new Visitor(stack.site);
  await visitor.get(`${stack.site}/admin/login`);
  await visitor.submit(/login$/, { email: stack.email, password: stack.password });
  return visitor;
}
const linkOf = (pattern) => stack.mails.mails.map(({ raw }) => raw.replace(/=\r?\n/g, '').replace(/=3D/g, '=')).filter((raw) => pattern.test(raw)).pop().match(/https?:\/\/[^"<\s]+\/l\/[\w-]+/)[0];

test('paid: the invoice is made by the payment, with its period, its entries and the next number', { timeout: 60000 }, async () => {
  await begun(PAYS);
  const first = invoices(), mrr = stack.value('SELECT mrr_e4 FROM subscription');
  const asked = await batch(stack, ['clock', '--to', due]);
  assert.equal(asked.code, 0);
  assert.equal((await batch(stack, ['renew'])).code, 0); // asks, and does not debit
  assert.deepEqual(invoices(), first);
  assert.equal(claims().length, 1);
  const amount = claims()[0][1];
  const mails = templates().length;
  await run(stack, 1);
  assert.deepEqual(claims(), []);
  assert.equal(invoices().length, 2);
  assert.equal(invoices()[1][1], due);
  gapless();
  assert.deepEqual(stack.sql('SELECT total_minor, open_minor, state, paid_on FROM receivable ORDER BY invoice_id DESC LIMIT 1'), [[amount, '0', 'paid', due]]);
  assert.equal(stack.value('SELECT from_on FROM billing_period ORDER BY invoice_id DESC LIMIT 1'), due);
  assert.equal(stack.value('SELECT mrr_e4 FROM subscription'), mrr);
  assert.ok(Number(stack.value('SELECT SUM(d.amount_minor) FROM deferral d WHERE d.invoice_id = (SELECT MAX(id) FROM invoice)')) > 0);
  assert.ok(stack.value('SELECT due_on FROM subscription') > due);
  assert.deepEqual(templates().slice(mails), ['invoice_new', 'receipt']);
  await run(stack, 2);
  assert.equal(invoices().length, 2);
  await sound(stack);
});

test('never paid: the same steps as of an invoice, and at the end nothing was invoiced or booked', { timeout: 120000 }, async () => {
  await begun(NEVER_PAYS);
  const first = invoices();
  await run(stack, 1);
  const booked = () => Number(stack.value(`SELECT COUNT(*) FROM journal_entry WHERE source_kind <> 'deferral'`)), before = booked();
  const story = [];
  for (let day = 0; day <= 17; day++) {
    const [tried, mailed, was] = [tries(), templates().length, state()];
    await on(after(due, day));
    await run(stack, 1);
    const mails = templates().slice(mailed);
    if (tries() > tried || mails.length || state() !== was) story.push(`${day}:${' try'.repeat(tries() - tried)}${mails.map((name) => ` ${name}`).join('')}${state() !== was ? ` ${state()}` : ''}`);
  }
  assert.deepEqual(story, ['0: try pay_failed', '3: try pay_reminder', '4: past_due', '7: try', '10: pay_reminder', '12: try', '15: closed_unpaid ended']);
  assert.deepEqual(invoices(), first);
  assert.equal(booked(), before);
  assert.deepEqual(claims(), [['dropped', '0', null]]);
  assert.equal(stack.value("SELECT COUNT(*) FROM operator_item WHERE open_key = 1 AND kind = 'renewal_declined'"), '0');
  await on(after(due, 45));
  assert.deepEqual(invoices(), first);
  await sound(stack);
});

test('paid by the third try: the invoice has that day and the period from its own', { timeout: 60000 }, async () => {
  await begun(PAYS_THIRD);
  for (const day of [0, 3, 5, 7]) await on(after(due, day));
  assert.equal(state(), 'active');
  assert.deepEqual(invoices().map(([, day]) => day).slice(1), [after(due, 7)]);
  assert.equal(stack.value('SELECT from_on FROM billing_period ORDER BY invoice_id DESC LIMIT 1'), due);
  assert.equal(stack.value('SELECT state FROM dunning_case'), 'paid');
  assert.equal(stack.value("SELECT COUNT(*) FROM operator_item WHERE open_key = 1 AND kind = 'renewal_declined'"), '0');
  gapless();
  await sound(stack);
});

test('the customer pays by the link: pages say what waits, and the invoice comes with the payment', { timeout: 90000 }, async () => {
  await begun(NEVER_PAYS);
  await on(due);
  const number = stack.value('SELECT number FROM subscription');
  const admin = await seller();
  await admin.get(`${stack.site}/admin/subscriptions/${number}`);
  assert.equal(admin.status, 200);
  assert.match(admin.html, /pas encore payée|not paid yet/);
  await admin.get(`${stack.site}/admin/`);
  assert.match(admin.html, new RegExp(number));
  await admin.get(`${stack.site}/admin/dunning`);
  await admin.get(`${stack.site}${admin.html.match(/\/admin\/dunning\/R-\d+/)[0]}`);
  assert.equal(admin.status, 200);
  await admin.get(`${stack.site}/admin/subscriptions/${number}`);
  await admin.submit(/\/link$/, {});
  assert.equal(admin.status, 200);
  await run(stack, 1);
  const visitor = new Visitor(stack.site);
  await visitor.get(linkOf(/\/l\//));
  assert.match(visitor.url, /\/pay\/R-\d+$/);
  assert.match(visitor.html, new RegExp(number));
  assert.doesNotMatch(visitor.html, /\.pdf/);
  const asked = visitor.url;
  await visitor.get(`${stack.site}/my`); // where the page leads: what is asked for, and no more
  assert.equal(visitor.status, 200);
  assert.match(visitor.html, new RegExp(`(Renewal of|Renouvellement de) ${number}`));
  assert.doesNotMatch(visitor.html, /no subscription yet|pas encore d’abonnement/);
  await visitor.get(asked);
  await visitor.submit(/^\/pay\/[^/]+$/, {});
  await visitor.submit((form) => form.fields.some(([name]) => name === 'number'), { number: PAYS, expiry: '12/34', cvc: '123', name: 'C L' });
  await run(stack, 1);
  assert.equal(invoices().length, 2);
  await visitor.get(visitor.url.replace(/\/return.*/, ''));
  assert.match(visitor.url, /\/done\/R-\d+$/);
  assert.match(visitor.html, new RegExp(invoices()[1][0]));
  assert.equal(state(), 'active');
  assert.equal(stack.value('SELECT m.last4 FROM subscription s JOIN payment_method m ON m.id = s.payment_method_id'), '4242');
  await on(stack.value('SELECT due_on FROM subscription'));
  assert.equal(invoices().length, 3);
  gapless();
  await sound(stack);
});

for (const point of ['C12', 'C13', 'C14', 'C15', 'C16', 'C04', 'C06', 'C07', 'C08'])
  test(`${point} killed there: one capture and one invoice in the end`, { timeout: 60000 }, async () => {
    await begun(PAYS);
    assert.equal((await batch(stack, ['clock', '--to', due])).code, 0);
    await batch(stack, ['run'], { env: { TACITE_CRASH_AT: point } });
    await run(stack, 3);
    stack.sql('UPDATE attempt SET sending_at = UTC_TIMESTAMP(6) - INTERVAL 1 HOUR WHERE state = "sending"');
    await run(stack, 2);
    assert.equal(invoices().length, 2);
    assert.deepEqual(claims(), []);
    gapless();
    await sound(stack);
  });

test('two batches at once ask and debit once', { timeout: 60000 }, async () => {
  await begun(PAYS);
  assert.equal((await batch(stack, ['clock', '--to', due])).code, 0);
  await Promise.all([1, 2, 3].map(() => batch(stack, ['run'])));
  await run(stack, 1);
  assert.equal(invoices().length, 2);
  await sound(stack);
});

test('nothing stored: a link to pay, and no invoice until then; the end of the contract drops it', { timeout: 60000 }, async () => {
  await begun(PAYS);
  stack.sql('UPDATE subscription SET payment_method_id = NULL');
  const first = invoices();
  await on(due);
  assert.equal(templates().filter((name) => name === 'renewal_due').length, 1);
  await on(after(due, 1));
  assert.equal(templates().filter((name) => name === 'renewal_due').length, 1);
  assert.deepEqual(invoices(), first);
  stack.sql(`UPDATE subscription SET ends_on = '${due}', end_reason = 'told'`);
  await on(after(due, 2));
  assert.equal(state(), 'ended');
  assert.deepEqual(claims().map(([word]) => word), ['dropped']);
  assert.deepEqual(invoices(), first);
  await sound(stack);
});

test('another amount is asked once the contract asks another: its end inside the period', { timeout: 60000 }, async () => {
  await begun(NEVER_PAYS);
  await on(due);
  const [[, asked]] = claims();
  stack.sql(`UPDATE subscription SET ends_on = '${after(due, 10)}', end_reason = 'told'`);
  await on(after(due, 1));
  assert.equal(claims().length, 1);
  assert.ok(Number(claims()[0][1]) < Number(asked));
});
