// A discount of a running contract through the pages: what is wrong is said beside its field and everything typed stays, what
// the card foresees is invoiced to the cent, a code is counted once, and the customer sees what holds.
import assert from 'node:assert/strict';
import { after as finish, before, test } from 'node:test';
import { after, batch, payUntilDone, run, startLife } from '../fault/life.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, seller, number, path;
const value = (sql) => stack.value(sql);
const count = (table) => Number(value(`SELECT COUNT(*) FROM ${table}`));
const text = (html) => html.replace(/<[^>]*>/g, ' ').replace(/&#?\w+;/g, ' ').replace(/\s+/g, ' ');
before(async () => {
  stack = await startLife();
  await payUntilDone(stack);
  await run(stack);
  number = value('SELECT number FROM subscription');
  stack.sql("UPDATE subscription SET discounts = ''");
  for (const [code, rest] of [['PAST', "'EUR', '2020-01-01', '2020-02-01', 0"], ['SOON', "'EUR', '2099-01-01', NULL, 0"], ['GONE', "'EUR', '2020-01-01', NULL, 1"],
    ['ONCE', "'EUR', '2020-01-01', NULL, 1"]])
    stack.sql(`INSERT INTO coupon (code, ppm, currency, from_on, until_on, max_redemptions, periods, created_at) VALUES ('${code}', 250000, ${rest}, 2, UTC_TIMESTAMP(6))`);
  stack.sql("UPDATE coupon SET redeemed = 1 WHERE code = 'GONE'");
  stack.sql("INSERT INTO coupon (code, amount_minor, currency, from_on, created_at) VALUES ('DOLLARS', 500, 'USD', '2020-01-01', UTC_TIMESTAMP(6))");
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
  await batch(stack, ['clock', '--to', after(stack.today, 5)]);
  path = `${stack.site}/admin/subscriptions/${number}/amend/discount`;
}, { timeout: 120000 });
finish(() => stack?.stop());

const preview = (changes) => seller.submit((form) => form.method === 'GET' && form.buttons.some((b) => b.value === 'preview'), changes, { button: 'preview' });
const confirming = (form) => form.method === 'POST' && /\/amend\/discount$/.test(form.action);
const typed = (name) => seller.form((form) => form.method === 'GET' && form.buttons.some((b) => b.value === 'preview')).fields.find(([n]) => n === name)?.[1];
// The card's bills to come: what each comes to with the change, in minor units.
const foreseen = () => [.../<caption>[\s\S]*?<tbody>([\s\S]*?)<\/tbody>/.exec(seller.html)[1].matchAll(/<tr>[\s\S]*?<td[^>]*>([^<]*)<\/td><td[^>]*>([^<]*)<\/td><\/tr>/g)]
  .map(([, before, after_]) => [before, after_].map((amount) => Number(amount.replace(/&#?\w+;/g, '').replace(/\D/g, ''))));
const newest = () => Number(value("SELECT total_minor FROM invoice WHERE kind = 'invoice' ORDER BY id DESC LIMIT 1"));
async function untilNextBill() {
  const due = value('SELECT due_on FROM subscription');
  await batch(stack, ['clock', '--to', due]);
  await run(stack);
}
async function customer() {
  const visitor = new Visitor(stack.site);
  visitor.cookies = new Map([...stack.cookies].map(([origin, jar]) => [origin, new Map(jar)]));
  await visitor.get(`${stack.site}/my/subscriptions/${number}`);
  return text(visitor.html);
}

test('what is wrong is said beside its field, and everything typed stays', async () => {
  const wrong = [[{ percent: '0' }, 'percent'], [{ percent: '-5' }, 'percent'], [{ percent: '101' }, 'percent'], [{ percent: '10.12345' }, 'percent'], [{ percent: 'ten' }, 'percent'],
    [{ amount: '0' }, 'amount'], [{ amount: '-1' }, 'amount'], [{ amount: '1.005' }, 'amount'], [{ amount: '9999999' }, 'amount'], [{ percent: '10', amount: '5' }, 'amount'],
    [{ percent: '10', periods: '0' }, 'periods'], [{ percent: '10', periods: '-1' }, 'periods'], [{ percent: '10', periods: '1001' }, 'periods'], [{ periods: '3' }, 'percent'],
    [{}, 'percent'], [{ coupon: 'NOPE-1' }, 'coupon'], [{ coupon: 'été' }, 'coupon'], [{ coupon: 'past' }, 'coupon'], [{ coupon: 'soon' }, 'coupon'], [{ coupon: 'gone' }, 'coupon'],
    [{ coupon: 'dollars' }, 'coupon'], [{ percent: '10', when: 'date' }, 'on'], [{ percent: '10', when: 'date', on: '31/02/2027' }, 'on'],
    [{ percent: '10', when: 'date', on: '01/01/2020' }, 'on'], [{ percent: '10', when: 'date', on: '01/01/2099' }, 'on']];
  for (const [changes, field] of wrong) {
    await seller.get(path);
    await preview({ ...changes, reason: 'parce que' });
    assert.equal(seller.status, 422, JSON.stringify(changes));
    assert.match(seller.html, new RegExp(`id="f-${field}-err"`), JSON.stringify(changes));
    for (const [name, what] of Object.entries({ ...changes, reason: 'parce que' })) if (name !== 'when') assert.equal(typed(name), what, JSON.stringify(changes));
    assert.doesNotMatch(seller.html, /method="post" action="[^"]*amend/, JSON.stringify(changes));
  }
  assert.equal(count('amendment') + count('amendment_discount') + Number(value("SELECT COUNT(*) FROM coupon_redemption WHERE amendment_id IS NOT NULL")), 0);
});

test('ten percent for two periods: foreseen, planned once, seen by the customer, invoiced to the cent, over', async () => {
  await seller.get(path);
  await preview({ percent: '10', periods: '2' });
  assert.equal(seller.status, 200);
  const bills = foreseen();
  assert.equal(bills.length, 3);
  assert.ok(bills[0][1] < bills[0][0] && bills[1][1] < bills[1][0] && bills[2][1] === bills[2][0], JSON.stringify(bills));
  const { url, body } = seller.fill(seller.form(confirming));
  for (let i = 0; i < 2; i++) {
    await seller.send('POST', url, body);
    assert.equal(seller.status, 303);
  }
  assert.equal(count('amendment'), 1);
  assert.deepEqual(stack.sql('SELECT kind, state FROM amendment'), [['discount', 'planned']]);
  assert.match(await customer(), /(A change is planned|Un changement est prévu).*(Begins|Commence).*10/);
  for (const [i, [, wanted]] of bills.entries()) {
    await untilNextBill();
    assert.equal(newest(), wanted, `bill ${i + 1}`);
    if (i === 0) {
      assert.match(await customer(), /(Discount|Remise) 10\s*%.*(on 1 more invoice|encore sur 1 facture)/);
      await seller.get(`${stack.site}/admin/subscriptions/${number}`);
      assert.match(text(seller.html), /10\s*%.*(on 1 more invoice|encore sur 1 facture)/);
    }
  }
  assert.doesNotMatch(await customer(), /(on \d more invoice|encore sur \d facture)/);
});

test('a code: counted when it is planned, given back when that is undone, counted once; then it is ended', async () => {
  const used = () => Number(value("SELECT redeemed FROM coupon WHERE code = 'ONCE'"));
  const plan = async (changes) => {
    await seller.get(path);
    await preview(changes);
    assert.equal(seller.status, 200, text(seller.html));
    await seller.submit(confirming);
    assert.match(seller.url, /did=amended/);
  };
  await seller.get(path);
  await preview({ coupon: 'once' });
  assert.equal(used(), 0, 'a preview uses nothing');
  await plan({ coupon: ' once ' });
  assert.equal(used(), 1);
  await seller.get(`${stack.site}/admin/coupons/${value("SELECT id FROM coupon WHERE code = 'ONCE'")}`);
  assert.ok(seller.html.includes(`/admin/subscriptions/${number}`));
  await seller.get(`${stack.site}/admin/subscriptions/${number}`);
  await seller.submit(/amendments\/\d+\/undo$/);
  assert.match(seller.url, /did=amend_undone/);
  assert.equal(used(), 0);
  await plan({ coupon: 'ONCE', amount: '5' });
  await untilNextBill();
  assert.equal(used(), 1);
  assert.match(await customer(), /ONCE.*25\s*%/);
  assert.equal(value('SELECT coupon FROM invoice_line ORDER BY id DESC LIMIT 1'), 'ONCE', 'the line that it is taken off names it');
  await seller.get(`${stack.site}/admin/invoices/${value("SELECT number FROM invoice WHERE kind = 'invoice' ORDER BY id DESC LIMIT 1")}`);
  assert.match(text(seller.html), /(coupon|code promo) ONCE/);
  await seller.get(path);
  await preview({ percent: '5' });
  assert.match(seller.html, /id="f-percent-err"/, 'two stand already');
  await seller.get(path);
  await preview({ coupon: 'ONCE', 'standing.0.end': true });
  assert.match(seller.html, /id="f-coupon-err"/);
  assert.match(text(seller.html), /ONCE/, 'what stands is still told');
  await plan({ 'standing.0.end': true, 'standing.1.end': true });
  const before = newest();
  await untilNextBill();
  assert.ok(newest() > before);
  assert.doesNotMatch(await customer(), /ONCE: |ONCE :/);
  assert.equal(value("SELECT COUNT(*) FROM invoice_line WHERE coupon <> '' AND invoice_id = (SELECT MAX(id) FROM invoice WHERE kind = 'invoice')"), '0', 'nothing is left of it');
  assert.equal(used(), 1);
  assert.equal(value('SELECT discounts FROM subscription_discounts ORDER BY amendment_id LIMIT 1'), null, 'what held at first: nothing');
  const done = await batch(stack, ['verify']);
  assert.equal(done.code, 0, done.out + done.err);
});
