// Recurrence through the pages: what a plan's form refuses beside its fields, an aligned first period that is the same
// on the quote, on the gateway's page and on the invoice, a payment-only quote of which nothing is due, a trial's end,
// a planned end and taking it back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { makeTemplate } from '../lib/templates.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, seller;
before(async () => {
  stack = await startStack({ batch: false });
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
});
after(() => stack?.stop());

const today = async () => (await stack.batch('clock')).out.trim();
const errors = (html) => [...html.matchAll(/<p class="ui-error" id="f-([\w-]+)-err">/g)].map(([, id]) => id);
const card = (page) => page.submit((form) => form.fields.some(([name]) => name === 'number'), { number: '4242424242424242', expiry: '12/34', cvc: '123', name: 'C L' });
async function moveTo(day) {
  assert.equal((await stack.batch('clock', '--to', day)).code, 0);
  const done = await stack.batch('run');
  assert.equal(done.code, 0, done.out + done.err);
}
const later = (day, days) => new Date(Date.parse(day) + days * 864e5).toISOString().slice(0, 10);
const clean = async () => { const done = await stack.batch('verify'); assert.equal(done.code, 0, done.out + done.err); };

async function plan(name, changes) {
  await seller.get(`${stack.site}/admin/plans/new`);
  await seller.submit(/\/plans\/new$/, { name, every: '1', unit: 'month', ...changes });
}

// The demo's ready quote as a new one with that plan and acceptance, sent; gives its customer's link.
async function sent(planName, acceptance) {
  const plan_id = stack.value(`SELECT id FROM plan WHERE name = '${planName}'`);
  const template = makeTemplate(stack, { plan: plan_id, acceptance, lines: [{ kind: 'recurring', description: 'Licence', unit_price_e4: 310000 }] });
  await seller.get(`${stack.site}/admin/quotes/new`);
  await seller.submit(/\/quotes\/new$/, { customer: stack.value('SELECT number FROM customer ORDER BY id LIMIT 1'), template });
  const number = stack.value('SELECT number FROM quote ORDER BY id DESC LIMIT 1');
  await seller.get(`${stack.site}/admin/quotes/${number}/send`);
  await seller.submit(/\/send$/, {});
  await seller.get(`${stack.site}/admin/outbox/${stack.value("SELECT id FROM outbox WHERE template = 'quote_sent' ORDER BY id DESC LIMIT 1")}`);
  const link = seller.html.match(/https?:\/\/[^"<\s]+\/l\/[\w-]+/)[0];
  const customer = new Visitor(stack.site);
  await customer.get(link);
  assert.equal(customer.status, 200);
  return { number, customer };
}

test('what does not go together is refused beside its field, and everything typed is kept', async () => {
  const refused = async (changes, ...fields) => {
    await plan('Refused', changes);
    assert.equal(seller.status, 422, JSON.stringify(changes));
    assert.deepEqual(errors(seller.html), fields, JSON.stringify(changes));
    assert.match(seller.html, /value="Refused"/);
  };
  await refused({ anchor: 'month_day', anchor_day: '0' }, 'anchor_day');
  await refused({ anchor: 'month_day', anchor_day: '32' }, 'anchor_day');
  await refused({ anchor: 'weekday', anchor_day: '1' }, 'anchor');
  await refused({ unit: 'week', anchor: 'last_day' }, 'anchor');
  await refused({ unit: 'week', anchor: 'weekday', anchor_day: '8' }, 'anchor_day');
  await refused({ unit: 'day', anchor: 'calendar' }, 'anchor');
  await refused({ unit: 'year', term: '6', term_unit: 'month' }, 'term');
  await refused({ term: '1', term_unit: 'month', notice: '45' }, 'notice');
  await refused({ term: '6', term_unit: 'month', term_renews: false, commitment: '12' }, 'commitment');
  await refused({ trial: '13', trial_unit: 'month' }, 'trial');
  await refused({ trial: '367' }, 'trial');
  await refused({ dunning: '999' }, 'dunning');
  assert.equal(stack.value("SELECT COUNT(*) FROM plan WHERE name = 'Refused'"), '0');
});

test('an aligned start: one amount on the quote, at the gateway, on the invoice; then whole months', { timeout: 60000 }, async () => {
  await moveTo(`${later(`${(await today()).slice(0, 7)}-28`, 7).slice(0, 7)}-15`); // the 15th of next month
  await plan('Calendar', { anchor: 'calendar', term: '12', term_unit: 'month', notice: '30' });
  assert.equal(seller.status, 200, seller.html.slice(0, 500));
  const { number, customer } = await sent('Calendar', 'payment');
  const first = await today();
  const days = new Date(Date.UTC(Number(first.slice(0, 4)), Number(first.slice(5, 7)), 0)).getUTCDate();
  const net = Math.round((3100 * (days - 14)) / days);
  const gross = net + Math.round(net / 5);
  const shown = (cents) => (cents / 100).toFixed(2);
  assert.match(customer.html, new RegExp(shown(net)), 'the quote shows the part');
  assert.match(customer.html, new RegExp(shown(gross)));
  assert.match(customer.html, /first of|first from/);
  await customer.get(`${stack.site}/pay/${number}`);
  await customer.submit(/^\/pay\/[^/]+$/, {});
  assert.ok(customer.url.startsWith(stack.sandbox), customer.url);
  assert.match(customer.html, new RegExp(shown(gross)), 'the gateway asks for it');
  await moveTo(later(first, 1)); // the money comes on the next day
  await card(customer);
  await stack.settle();
  const invoice = stack.sql('SELECT net_minor, total_minor FROM invoice ORDER BY id DESC LIMIT 1')[0];
  assert.deepEqual(invoice, [String(net), String(gross)], 'the invoice is what was asked for');
  assert.equal(stack.value("SELECT COUNT(*) FROM operator_item WHERE kind = 'amount_differs'"), '0');
  const [s] = stack.sql('SELECT number, anchor_on, started_on, due_on, term_until_on FROM subscription ORDER BY id DESC LIMIT 1');
  assert.equal(s[1], `${first.slice(0, 7)}-01`);
  assert.equal(s[2], first);
  await moveTo(s[3]);
  assert.equal(stack.value('SELECT net_minor FROM invoice ORDER BY id DESC LIMIT 1'), '3100');
  for (const page of [seller, customer]) {
    await page.get(`${stack.site}/${page === seller ? 'admin' : 'my'}/subscriptions/${s[0]}`);
    assert.equal(page.status, 200);
    assert.match(page.html, /on day 1 of the month|le 1 du mois/);
    assert.match(page.html, /then tacitly renewed for 12 months|puis tacitement reconduit pour 12 mois/);
  }
  await clean();
});

test('the end of a subscription: refused before its term, agreed, taken back, and come', { timeout: 60000 }, async () => {
  const number = stack.value('SELECT number FROM subscription ORDER BY id DESC LIMIT 1');
  const place = `${stack.site}/admin/subscriptions/${number}`;
  const due = stack.value('SELECT due_on FROM subscription ORDER BY id DESC LIMIT 1');
  const typed = (day) => (seller.html.includes('lang="fr"') ? day.split('-').reverse().join('/') : day.split('-').reverse().join('/'));
  await seller.get(`${place}/end`);
  await seller.submit(/\/end$/, { last: typed(later(due, -1)) });
  assert.equal(seller.status, 422);
  assert.deepEqual(errors(seller.html), ['last'], 'inside the term');
  await seller.submit(/\/end$/, { last: typed(later(due, -2)), agreed: true });
  assert.equal(seller.status, 422, 'before what is billed');
  await seller.submit(/\/end$/, { last: '' });
  assert.equal(seller.status, 422);
  await seller.submit(/\/end$/, { last: typed(later(due, 9)), agreed: true });
  assert.equal(seller.status, 200);
  assert.equal(stack.value('SELECT ends_on FROM subscription ORDER BY id DESC LIMIT 1'), later(due, 10));
  await seller.submit(/\/end\/undo$/, {});
  assert.equal(stack.value('SELECT ends_on FROM subscription ORDER BY id DESC LIMIT 1'), null);
  await seller.get(`${place}/end`);
  await seller.submit(/\/end$/, { last: typed(later(due, -1)), agreed: true });
  assert.equal(stack.value("SELECT COUNT(*) FROM outbox WHERE template IN ('end_planned', 'end_undone')"), '3');
  const before = stack.value('SELECT COUNT(*) FROM invoice');
  await moveTo(due);
  assert.deepEqual(stack.sql('SELECT state, end_reason, due_on FROM subscription ORDER BY id DESC LIMIT 1'), [['ended', 'told', null]]);
  assert.equal(stack.value('SELECT COUNT(*) FROM invoice'), before, 'all was billed in advance');
  await seller.get(place);
  assert.doesNotMatch(seller.html, /\/end"/);
  assert.equal(stack.value("SELECT COUNT(*) FROM outbox WHERE template = 'subscription_ended'"), '1');
  await clean();
});

test('a quote that asks for payment alone and of which nothing is due is signed; its trial ends into billing', { timeout: 60000 }, async () => {
  await plan('Trial', { trial: '14', trial_card: true });
  const { number, customer } = await sent('Trial', 'payment');
  assert.match(customer.html, /Free trial of 14 days/);
  await customer.get(`${stack.site}/q/${number}/sign`);
  await customer.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  assert.match(customer.url, /\/done\//);
  assert.equal(customer.status, 200);
  assert.match(customer.html, /store a card now/);
  assert.equal(stack.value(`SELECT state FROM quote WHERE number = '${number}'`), 'confirmed');
  const [s] = stack.sql('SELECT id, state, trial_until_on FROM subscription ORDER BY id DESC LIMIT 1');
  assert.equal(s[1], 'trial');
  assert.equal(stack.value(`SELECT COUNT(*) FROM invoice WHERE subscription_id = ${s[0]}`), '0');
  await moveTo(later(s[2], -4));
  assert.equal(stack.value("SELECT COUNT(*) FROM outbox WHERE template = 'trial_ending'"), '0');
  await moveTo(later(s[2], -3));
  assert.equal(stack.value("SELECT COUNT(*) FROM outbox WHERE template = 'trial_ending'"), '1');
  await moveTo(s[2]);
  assert.equal(stack.value("SELECT COUNT(*) FROM outbox WHERE template = 'trial_ending'"), '1');
  assert.equal(stack.value(`SELECT state FROM subscription WHERE id = ${s[0]}`), 'active');
  assert.deepEqual(stack.sql(`SELECT net_minor FROM invoice WHERE subscription_id = ${s[0]}`), [['3100']]);
  await clean();
});
