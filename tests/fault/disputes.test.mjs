// Disputes: the gateway's events in every order give the same rows; the money is booked out once and in once; while one is
// open nothing is debited, refunded or reminded; a lost one becomes what a person chooses, once.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { after as finish, before, test } from 'node:test';
import { again } from '../lib/control.mjs';
import { Visitor } from '../lib/visitor.mjs';
import { batch, bringBack, keep, payUntilDone, run, startLife } from './life.mjs';

let stack, secret, intent, seller;
const value = (text) => stack.value(text);
const act = (fields) => fetch(`${stack.sandbox}/sandbox/disputes`, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) });
const books = () => value(`SELECT IFNULL(GROUP_CONCAT(CONCAT(e.source_kind, ' ', j.account, ' ', j.debit_minor - j.credit_minor) ORDER BY e.id, j.position), '')
  FROM journal_entry e JOIN journal_item j ON j.entry_id = e.id WHERE e.source_kind LIKE 'dispute%'`) ?? '';
const seen = () => stack.sql('SELECT state, status, out_on IS NOT NULL, in_on IS NOT NULL, ended_on IS NOT NULL FROM dispute')[0];
const told = () => stack.sql("SELECT REPLACE(body, '\\n', ' ') FROM tacite_sandbox.event WHERE type LIKE 'charge.dispute.%' ORDER BY id").map(([text]) => text.replace(/\\n/g, ' '));
async function bring(text) {
  const at = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${at}.${text}`).digest('hex');
  const answer = await fetch(`${stack.site}/hook/stripe`, { method: 'POST', body: text, headers: { 'Content-Type': 'application/json', 'Stripe-Signature': `t=${at},v1=${signature}` } });
  assert.equal(answer.status, 200);
}
const orders = (list) => (list.length < 2 ? [list] : list.flatMap((one, i) => orders(list.toSpliced(i, 1)).map((rest) => [one, ...rest])));
async function sound() {
  const verified = await batch(stack, ['verify']);
  assert.equal(verified.code, 0, verified.out + verified.err);
}

before(async () => {
  stack = await startLife();
  await payUntilDone(stack);
  await run(stack);
  intent = value('SELECT intent_ref FROM attempt');
  [, secret] = /webhook.secret = (\S+)/.exec(readFileSync(`${stack.dir}/keys/gateway`, 'utf8'));
  const conf = `${stack.dir}/sandbox.conf`; // we bring the events ourselves
  writeFileSync(conf, readFileSync(conf, 'utf8').replace(/^webhook.url = .*$/m, 'webhook.url = http://127.0.0.1:1/hook'));
  await again(stack, 'sandbox');
  await keep(stack, 'paid');
}, { timeout: 120000 });
finish(() => stack?.stop());

test('opened: the money on 416, an item with the deadline, no refund, no debit', { timeout: 60000 }, async () => {
  assert.equal((await act({ intent })).status, 303);
  for (const text of told()) { await bring(text); await bring(text); }
  assert.deepEqual(seen(), ['open', 'needs_response', '1', '0', '0']);
  assert.equal(books(), 'dispute 416 69816,dispute 511 -69816');
  assert.equal(value('SELECT state FROM attempt'), 'reversed');
  assert.match(value("SELECT detail FROM operator_item WHERE kind = 'dispute_open' AND closed_at IS NULL"), /^fraudulent \d{4}-\d\d-\d\d$/);
  seller = new Visitor(stack.site, { language: 'en' });
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
  await seller.get(`${stack.site}/admin/payments/${value('SELECT id FROM attempt')}/refund`);
  assert.match(seller.html, /Il ne reste rien à rembourser/);
  await seller.get(`${stack.site}/admin/disputes/${value('SELECT id FROM dispute')}`);
  assert.equal(seller.status, 200);
  assert.match(seller.html, /Répondre à la passerelle/);
  await sound();
  // A month later the renewal is invoiced, and not debited while the bank decides.
  await batch(stack, ['clock', '--to', new Date(Date.parse(stack.today) + 32 * 864e5).toISOString().slice(0, 10)]);
  await batch(stack, ['run']);
  assert.equal(value("SELECT COUNT(*) FROM invoice WHERE kind = 'invoice'"), '2');
  assert.equal(value("SELECT COUNT(*) FROM attempt WHERE kind = 'off_session'"), '0');
  await sound();
});

for (const end of ['won', 'lost'])
  test(`${end}: its events in every order`, { timeout: 240000 }, async () => {
    await bringBack(stack, 'paid');
    await act({ intent });
    const before_ = told();
    for (const order of [before_, before_.toReversed(), [before_[1]]]) { // known as open, in either order, or by one event alone
      await bringBack(stack, 'paid');
      await act({ intent });
      const now = told();
      for (const i of order.map((text) => before_.indexOf(text))) await bring(now[i]);
      assert.deepEqual(seen(), ['open', 'needs_response', '1', '0', '0']);
    }
    await bringBack(stack, 'paid');
    await act({ intent });
    await act({ dispute: value('SELECT ref FROM tacite_sandbox.dispute'), status: end });
    await keep(stack, end);
    const count = told().length;
    assert.equal(count, end === 'won' ? 4 : 3);
    for (const order of orders([...Array(count).keys()])) {
      await bringBack(stack, end);
      const events = told();
      for (const i of order) await bring(events[i]);
      assert.deepEqual(seen(), [end, end, end === 'won' ? '0' : '1', '0', '1'], `${order}`);
      assert.equal(books(), end === 'won' ? '' : 'dispute 416 69816,dispute 511 -69816', `${order}`);
      assert.equal(value('SELECT state FROM attempt'), end === 'won' ? 'succeeded' : 'reversed');
      if (order.length === count && order.every((n, i) => n === i)) await sound();
    }
  });

test('open first, then won: out once, in once', { timeout: 60000 }, async () => {
  await bringBack(stack, 'paid');
  await act({ intent });
  for (const text of told()) await bring(text);
  await act({ dispute: value('SELECT ref FROM tacite_sandbox.dispute'), status: 'won' });
  for (const text of told().toReversed()) await bring(JSON.stringify({ ...JSON.parse(text), id: `evt_again_${JSON.parse(text).id}` }));
  assert.deepEqual(seen(), ['won', 'won', '1', '1', '1']);
  assert.equal(books(), 'dispute 416 69816,dispute 511 -69816,dispute_won 511 69816,dispute_won 416 -69816');
  assert.equal(value('SELECT state FROM attempt'), 'succeeded');
  assert.equal(value("SELECT COUNT(*) FROM operator_item WHERE kind LIKE 'dispute%' AND closed_at IS NULL"), '0');
  await sound();
});

for (const [then, wanted] of [['open', ['reopened', '69816', 'dispute_lost 416 -69816,dispute_lost 411 69816,dispute_lost 44587 -11636,dispute_lost 44571 11636']],
  ['bad', ['written_off', '0', 'dispute_lost 654 69816,dispute_lost 416 -69816']]])
  test(`lost, and chosen: ${then}, pressed twice`, { timeout: 60000 }, async () => {
    await bringBack(stack, 'paid');
    await act({ intent });
    await act({ dispute: value('SELECT ref FROM tacite_sandbox.dispute'), status: 'lost' });
    for (const text of told()) await bring(text);
    const page = `${stack.site}/admin/disputes/${value('SELECT id FROM dispute')}`;
    seller = new Visitor(stack.site, { language: 'en' });
    await seller.get(`${stack.site}/admin/login`);
    await seller.submit(/login/, { email: stack.email, password: stack.password });
    await seller.get(page);
    await seller.submit(/\/disputes\//, {});
    assert.equal(seller.status, 422);
    await seller.get(page);
    const { url, body } = seller.fill(seller.form(/\/disputes\//), { then });
    for (let i = 0; i < 2; i++) {
      await seller.send('POST', url, body);
      assert.equal(seller.status, 303);
    }
    assert.deepEqual([value('SELECT state FROM dispute'), value('SELECT open_minor FROM receivable'), books().split(',').slice(2).join(',')], wanted);
    assert.equal(value("SELECT COUNT(*) FROM operator_item WHERE kind LIKE 'dispute%' AND closed_at IS NULL"), '0');
    await sound();
  });
