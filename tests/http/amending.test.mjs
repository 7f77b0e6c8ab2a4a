// Changes of a subscription through the pages: what is previewed is invoiced to the cent, a repeated form does nothing
// twice, and a customer changes no more than the plan allows, whatever is forged.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after as finish, before, test } from 'node:test';
import { after, batch, payUntilDone, run, startLife } from '../fault/life.mjs';
import { readMail } from '../lib/mail_server.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, seller, number;
const value = (sql) => stack.value(sql);
const mine = () => `/my/subscriptions/${number}`;
before(async () => {
  stack = await startLife();
  await payUntilDone(stack);
  await run(stack);
  number = value('SELECT number FROM subscription');
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
  await batch(stack, ['clock', '--to', after(stack.today, 12)]);
}, { timeout: 120000 });
finish(() => stack?.stop());

function customer() {
  const visitor = new Visitor(stack.site);
  visitor.cookies = new Map([...stack.cookies].map(([origin, jar]) => [origin, new Map(jar)]));
  return visitor;
}
const preview = (visitor, changes) => visitor.submit((form) => form.method === 'GET' && form.buttons.some((b) => b.value === 'preview'), changes, { button: 'preview' });
const confirming = (form) => form.method === 'POST' && /\/(amend\/\w+|change)$/.test(form.action);
// The amount of the card's last, strong row in minor units, however it is written.
const asked = (html) => Number(/ui-strong[\s\S]*?<dd[^>]*>([^<]*)</.exec(html)[1].replace(/&#?\w+;/g, '').replace(/\D/g, ''));
const count = () => Number(value('SELECT COUNT(*) FROM amendment'));
const newest = () => Number(value("SELECT total_minor FROM invoice WHERE kind = 'invoice' ORDER BY id DESC LIMIT 1"));

test('the seller: preview, confirmation, the same confirmation again', async () => {
  await seller.get(`${stack.site}/admin/subscriptions/${number}/amend/lines`);
  await preview(seller, { 'line.0.quantity': '9' });
  assert.equal(seller.status, 200);
  assert.match(seller.html, /days of|jours sur/);
  const wanted = asked(seller.html);
  const invoices = Number(value('SELECT COUNT(*) FROM invoice'));
  const { url, body } = seller.fill(seller.form(confirming));
  await seller.send('POST', url, body);
  assert.equal(seller.status, 303);
  assert.equal(newest(), wanted);
  await seller.send('POST', url, body);
  assert.equal(seller.status, 303);
  assert.equal(Number(value('SELECT COUNT(*) FROM invoice')), invoices + 1);
  assert.equal(count(), 1);
});

test('its mail says what changed, the arithmetic that was shown, what is charged and the bill that follows, as text and as HTML', async () => {
  await run(stack);
  const mail = stack.mails.mails.map(({ raw }) => readMail(raw)).findLast(({ html }) => /Ce qui change/.test(html));
  assert.ok(mail, 'no mail of the change left');
  assert.ok(mail.html.length < 20000);
  const figures = (text) => text.replace(/&#?\w+;/g, ' ').replace(/[\s\u00a0\u202f]+/g, ' ');
  const euros = (minor) => `${Math.floor(minor / 100)},${String(minor % 100).padStart(2, '0')} €`;
  const invoice = stack.sql("SELECT net_minor, vat_minor, total_minor FROM invoice WHERE kind = 'invoice' ORDER BY id DESC LIMIT 1")[0].map(Number);
  for (const text of [mail.text, mail.html.replace(/<[^>]*>/g, ' ')].map(figures)) {
    assert.match(text, /de \d+ \S* ?à 9/);
    assert.match(text, /\d+ jours sur \d+ de \d+,\d\d €/);
    for (const minor of invoice) assert.ok(text.includes(euros(minor)), `${euros(minor)} in ${text}`);
    assert.match(text, /Prochaine facture régulière/);
    assert.ok(text.includes(`/my/subscriptions/${number}`));
  }
});

test('its invoice says the days of how many, on paper and on its page; one of whole periods says its period alone', async () => {
  const paper = async (of) => {
    const answer = await fetch(`${stack.site}/admin/invoices/${of}.pdf`, { headers: { cookie: seller.cookieHeader() } });
    return execFileSync('pdftotext', ['-', '-'], { input: Buffer.from(await answer.arrayBuffer()), encoding: 'utf8' }).replace(/[\s\u00a0\u202f]+/g, ' ');
  };
  const [first, share] = stack.sql('SELECT number FROM invoice ORDER BY id').map(([one]) => one);
  const kept = stack.sql(`SELECT DATEDIFF(period_until_on, period_from_on), share_of_days FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id WHERE i.number = '${share}'`)[0].map(Number);
  assert.ok(kept[0] > 0 && kept[0] < kept[1], `${kept}`);
  const words = new RegExp(`${kept[0]} jours? sur ${kept[1]}, du \\d+ \\S+ \\d{4} au \\d+ \\S+ \\d{4}`);
  assert.match(await paper(share), words);
  assert.match(await paper(first), /Du \d+ \S+ \d{4} au /);
  assert.doesNotMatch(await paper(first), /jours? sur/);
  await seller.get(`${stack.site}/admin/invoices/${share}`);
  assert.match(seller.html, words);
});

test('the seller: wrong quantities and days are said beside their fields, nothing is done', async () => {
  for (const [changes, id] of [[{ 'line.0.quantity': '0' }, 'f-line-0-quantity'], [{ 'line.0.quantity': '-2' }, 'f-line-0-quantity'],
    [{ 'line.0.quantity': '1000000000000' }, 'f-line-0-quantity'], [{ 'line.0.quantity': '4', when: 'date', on: '31/02/2027' }, 'f-on'],
    [{ 'line.0.quantity': '4', when: 'date', on: '01/01/2020' }, 'f-on']]) {
    await seller.get(`${stack.site}/admin/subscriptions/${number}/amend/lines`);
    await preview(seller, changes);
    assert.equal(seller.status, 422, JSON.stringify(changes));
    assert.match(seller.html, new RegExp(`id="${id}-err"`), JSON.stringify(changes));
    assert.doesNotMatch(seller.html, /method="post" action="[^"]*amend/);
  }
  assert.equal(count(), 1);
});

test('the seller adds a line at a price of his own with a discount: refused beside the field, shown, invoiced to the cent', async () => {
  const open = async () => {
    await seller.get(`${stack.site}/admin/subscriptions/${number}/amend/lines`);
    return /<option value="(r\d+)"/.exec(seller.html)[1];
  };
  const product = await open();
  for (const [changes, field] of [[{ 'add.0.price': '-1' }, 'price'], [{ 'add.0.price': '1.00001' }, 'price'], [{ 'add.0.discount': '101' }, 'discount'],
    [{ 'add.0.discount': '10', 'add.0.off': '5' }, 'off'], [{ 'add.0.off': '1.005' }, 'off'], [{ 'add.0.periods': '3' }, 'discount'],
    [{ 'add.0.product': product.replace('r', 'o'), 'add.0.discount': '5', 'add.0.periods': '3' }, 'periods'], [{ 'add.0.periods': '-1' }, 'periods']]) {
    await open();
    await preview(seller, { 'add.0.product': product, ...changes });
    assert.equal(seller.status, 422, JSON.stringify(changes));
    assert.match(seller.html, new RegExp(`id="f-add-0-${field}-err"`), JSON.stringify(changes));
  }
  await open();
  await preview(seller, { 'add.0.product': product, 'add.0.price': '30', 'add.0.discount': '10', 'add.0.periods': '2' });
  assert.equal(seller.status, 200);
  assert.match(seller.html, /10\s?%|10&#160;%|10\u00a0%|10\u202f%/);
  const wanted = asked(seller.html);
  assert.ok(wanted > 0 && wanted <= 3240, `${wanted}`);
  const before = count();
  await seller.submit(confirming);
  assert.match(seller.url, /did=amended/);
  assert.equal(newest(), wanted);
  assert.equal(count(), before + 1);
  assert.deepEqual(stack.sql('SELECT unit_price_e4, discount_ppm, discount_periods FROM subscription_line ORDER BY id DESC LIMIT 1'), [['300000', '100000', '2']]);
});

// What was shown is confirmed, or shown again: never another sum without a word.
async function shownAgain(visitor) {
  const wanted = asked(visitor.html);
  const before = [count(), value('SELECT COUNT(*) FROM invoice')];
  moved++;
  assert.equal((await batch(stack, ['clock', '--to', after(stack.today, 12 + moved)])).code, 0);
  await visitor.submit(confirming);
  assert.equal(visitor.status, 409);
  assert.match(visitor.html, /This comes to something else|n’est plus celui qui était affiché/);
  assert.deepEqual([count(), value('SELECT COUNT(*) FROM invoice')], before);
  assert.ok(asked(visitor.html) < wanted, 'a day less is cheaper');
  return asked(visitor.html);
}
let moved = 0;

test('a sum that is another one by now is shown again instead of being charged: the seller', async () => {
  await seller.get(`${stack.site}/admin/subscriptions/${number}/amend/lines`);
  await preview(seller, { 'line.0.quantity': '10' });
  const wanted = await shownAgain(seller);
  await seller.submit(confirming);
  assert.match(seller.url, /did=amended/);
  assert.equal(newest(), wanted);
});

test('S14: less at the period end, taken back before it takes effect: no money, no trace on the contract', async () => {
  const visitor = customer();
  const invoices = value('SELECT COUNT(*) FROM invoice');
  await visitor.get(stack.site + mine());
  await visitor.get(`${stack.site}${mine()}/change`);
  await preview(visitor, { 'line.0.quantity': '2' });
  assert.equal(visitor.status, 200);
  await visitor.submit(confirming);
  assert.match(visitor.url, /did=changed/);
  assert.equal(value("SELECT CONCAT(kind, ' ', state, ' ', made_by LIKE 'visit:%') FROM amendment ORDER BY id DESC LIMIT 1"), 'lines planned 1');
  await visitor.submit(/\/undo$/);
  assert.match(visitor.url, /did=undone/);
  assert.equal(value('SELECT COUNT(*) FROM invoice'), invoices);
  assert.equal(value("SELECT COUNT(*) FROM subscription_line WHERE until_on IS NULL AND quantity_e4 = 100000"), '1');
});

test('S13: a customer at level 1 adds, and a forged decrease is refused and noted', async () => {
  stack.sql('UPDATE plan SET customer_level = 1'); // a page that only shows may know it half a minute later (store/kept)
  const visitor = customer();
  await visitor.get(`${stack.site}${mine()}/change`);
  await preview(visitor, { 'line.0.quantity': '11' });
  assert.equal(visitor.status, 200, visitor.html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').slice(0, 900));
  const wanted = await shownAgain(visitor);
  await visitor.submit(confirming);
  assert.match(visitor.url, /did=changed/);
  assert.equal(newest(), wanted);
  await visitor.get(`${stack.site}${mine()}/change`);
  await preview(visitor, { 'line.0.quantity': '12' });
  const { url, body } = visitor.fill(visitor.form(confirming));
  const before = count();
  await visitor.send('POST', url, body.replace('quantity=12', 'quantity=3'));
  assert.equal(visitor.status, 403);
  stack.sql('UPDATE plan SET customer_level = 0');
  await visitor.send('POST', url, body);
  assert.equal(visitor.status, 403);
  assert.equal(count(), before);
  assert.equal(value("SELECT COUNT(*) FROM audit WHERE action = 'subscription.amend' AND result = 'refused'"), '2');
});

test('S15: a pause at the period end and the resumption, by the customer', async () => {
  stack.sql('UPDATE plan SET customer_pause = 1');
  const visitor = customer();
  await visitor.get(`${stack.site}${mine()}/pause`);
  assert.equal(visitor.status, 200);
  await visitor.submit(/\/pause$/, {});
  assert.match(visitor.url, /did=changed/);
  await batch(stack, ['clock', '--to', after(stack.today, 45)]);
  await run(stack);
  assert.equal(value('SELECT state FROM subscription'), 'paused');
  await visitor.get(stack.site + mine());
  await visitor.submit(/\/resume$/, {});
  assert.equal(value('SELECT state FROM subscription'), 'active');
  await run(stack);
  assert.equal(value('SELECT DATEDIFF(due_on, anchor_on) > 27 FROM subscription'), '1');
  const done = await batch(stack, ['verify']);
  assert.equal(done.code, 0, done.out + done.err);
});

test("another customer's subscription is not there", async () => {
  const visitor = new Visitor(stack.site);
  for (const path of ['change', 'pause']) {
    await visitor.get(`${stack.site}${mine()}/${path}`);
    assert.match(visitor.url, /\/link$/);
  }
});

test('S24: contracts ticked in the list go to another seller, and nothing else changes', async () => {
  stack.sql("INSERT INTO seller_user (email, name, password, language, created_at) VALUES ('paul@nord.example', 'Paul Renard', 'x', 'fr', UTC_TIMESTAMP(6))");
  const paul = value("SELECT id FROM seller_user WHERE name = 'Paul Renard'");
  const figures = () => value('SELECT CONCAT(COUNT(*), " ", SUM(mrr_e4)) FROM subscription');
  const before = figures();
  const path = `${stack.site}/admin/hand-over`;
  for (const changes of [{ owner: paul }, { 'pick.0.on': '1', owner: '' }, { 'pick.0.on': '1', owner: '999999' }]) {
    await seller.get(path);
    await seller.submit((form) => form.method === 'POST' && /hand-over/.test(form.action), changes);
    assert.equal(seller.status, 422, JSON.stringify(changes));
    assert.equal(value('SELECT COUNT(*) FROM transfer_event'), '0');
  }
  await seller.get(path);
  const { url, body } = seller.fill(seller.form((form) => form.method === 'POST' && /hand-over/.test(form.action)), { 'pick.0.on': '1', owner: paul });
  await seller.send('POST', url, body);
  assert.equal(seller.status, 303);
  await seller.send('POST', url, body);
  assert.equal(seller.status, 303);
  assert.equal(value('SELECT owner_id FROM subscription'), paul);
  assert.equal(value('SELECT CONCAT(COUNT(*), " ", SUM(mrr_e4)) FROM transfer_event'), '2 0');
  assert.equal(figures(), before);
  await seller.get(`${stack.site}/admin/subscriptions/${number}/amend/owner`);
  await preview(seller, { owner: paul });
  assert.equal(seller.status, 422); // it is his already, so he is not among the choices
});

test('a renewal quote is made, edited like any other, and told apart', async () => {
  stack.sql("UPDATE subscription SET discounts = '50000:0:0:;0:200:0:BIENVENUE'");
  const choice = `${stack.site}/admin/subscriptions/${number}/amend`;
  await seller.get(choice);
  const { url, body } = seller.fill(seller.form(/renewal-quote$/));
  await seller.send('POST', url, body);
  assert.equal(seller.status, 303);
  await seller.send('POST', url, body);
  assert.equal(seller.status, 303);
  assert.equal(value('SELECT COUNT(*) FROM quote WHERE contract_id IS NOT NULL'), '1');
  const quote = value('SELECT number FROM quote WHERE contract_id IS NOT NULL');
  await seller.get(`${stack.site}/admin/quotes/${quote}/edit`);
  assert.equal(seller.status, 200);
  const discounts = () => value(`SELECT discounts FROM quote_version v JOIN quote q ON q.id = v.quote_id WHERE q.number = '${quote}' ORDER BY v.id DESC LIMIT 1`);
  const field = (name) => seller.form(/\/edit$/).fields.find(([n]) => n === name)[1];
  assert.match(seller.html.replace(/<[^>]*>/g, ''), /BIENVENUE/);
  assert.equal(field('off_percent'), '5');
  await seller.submit(/\/edit$/, { off_percent: '7' }, { button: 'save' });
  assert.equal(discounts(), '70000:0:0:;0:200:0:BIENVENUE', 'what the coupon gave stays');
  await seller.get(`${stack.site}/admin/quotes/${quote}`);
  await seller.submit(/\/coupon$/, { coupon: value('SELECT code FROM coupon LIMIT 1') }, { button: 'enter' });
  assert.equal(seller.status, 422);
  assert.match(seller.html, /id="f-coupon-err"/, 'a third discount has no room');
  await seller.get(`${stack.site}/admin/quotes/${quote}/edit`);
  await seller.submit(/\/edit$/, { keep: false, off_percent: '' }, { button: 'save' });
  assert.equal(discounts(), null, 'none is left');
  await seller.get(`${stack.site}/admin/quotes/${quote}`);
  assert.ok(seller.html.includes(number));
  stack.sql("UPDATE subscription SET ends_on = DATE_ADD(due_on, INTERVAL 1 YEAR), end_reason = 'told'");
  await seller.get(choice);
  await seller.submit(/renewal-quote$/);
  assert.equal(seller.status, 422);
  stack.sql("UPDATE subscription SET ends_on = NULL, end_reason = ''");
});

test("a renewal's notice and minimum duration: before and after on the quote's page, refused beside the field where a consumer would be worse off", async () => {
  const quote = value('SELECT number FROM quote WHERE contract_id IS NOT NULL');
  const edit = `${stack.site}/admin/quotes/${quote}/edit`;
  const text = () => seller.html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  stack.sql("UPDATE subscription SET term_unit = 'month', term_count = 12, term_renews = 1, term_until_on = DATE_ADD(started_on, INTERVAL 1 YEAR), notice_days = 10");
  await seller.get(edit);
  await seller.submit(/\/edit$/, { commitment: '6', notice: '45', duration: 'fixed', term: '12', term_unit: 'month', term_renews: true }, { button: 'save' });
  assert.equal(seller.status, 200, 'a business agrees on what it likes');
  await seller.get(`${stack.site}/admin/quotes/${quote}`);
  assert.match(text(), /(Before and after|Avant et après).*(Notice|Préavis) 10 (days|jours).*(Notice|Préavis) 45 (days|jours)/);
  assert.match(text(), /(Committed until|Engagé jusqu)/);
  assert.doesNotMatch(text(), /The change cannot be made|La modification n.est pas possible/);
  stack.sql('UPDATE customer_version SET is_company = 0');
  await seller.get(`${stack.site}/admin/quotes/${quote}`);
  assert.match(text(), /The change cannot be made|La modification n.est pas possible/);
  await seller.get(edit);
  await seller.submit(/\/edit$/, { notice: '46' }, { button: 'save' });
  assert.equal(seller.status, 422);
  assert.match(seller.html, /id="f-notice-err"/);
  assert.equal(seller.form(/\/edit$/).fields.find(([n]) => n === 'notice')[1], '46', 'what was typed stays');
  await seller.get(edit);
  await seller.submit(/\/edit$/, { notice: '9' }, { button: 'save' });
  assert.equal(seller.status, 200, 'a shorter one may come at any time');
  stack.sql('UPDATE customer_version SET is_company = 1');
});
