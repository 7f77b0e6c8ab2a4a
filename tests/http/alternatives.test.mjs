// Alternatives through the pages: made once from a quote, shown on each other, ended when one is withdrawn or taken.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, seller;
before(async () => {
  stack = await startStack({ batch: false, language: 'en' });
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
});
after(() => stack?.stop());

test('a copy of the offer, once, in the editor; each shows the other; none for a decided quote', async () => {
  const [number, id] = stack.sql("SELECT number, id FROM quote WHERE state = 'sent' LIMIT 1")[0];
  const page = `${stack.site}/admin/quotes/${number}`;
  await seller.get(page);
  const press = seller.fill(seller.form(/\/alternative$/));
  const sent = async () => { const answer = await fetch(press.url, { method: 'POST', body: press.body, redirect: 'manual',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Cookie: seller.cookieHeader(), Origin: stack.site } }); return [answer.status, answer.headers.get('location')]; };
  const first = await sent();
  assert.deepEqual(await sent(), first, 'pressed twice it is made once');
  assert.equal(first[0], 303);
  assert.match(first[1], /\/admin\/quotes\/Q-\d+-\d+\/edit$/);
  const other = stack.sql(`SELECT number, state FROM quote WHERE alternative_of = ${id}`);
  assert.equal(other.length, 1);
  assert.equal(other[0][1], 'draft');
  const lines = (n) => stack.sql(`SELECT l.position, l.description, l.quantity_e4, l.unit_price_e4 FROM quote_line l JOIN quote q ON q.current_version_id = l.version_id WHERE q.number = '${n}' ORDER BY 1`);
  assert.deepEqual(lines(other[0][0]), lines(number));
  await seller.get(page);
  assert.ok(seller.html.includes(`/admin/quotes/${other[0][0]}"`));
  await seller.get(`${stack.site}/admin/quotes/${other[0][0]}`);
  assert.ok(seller.html.includes(`/admin/quotes/${number}"`));
  await seller.get(`${page}/withdraw`);
  await seller.submit(/\/withdraw$/);
  await seller.get(page);
  assert.doesNotMatch(seller.html, /\/alternative"/);
  assert.equal(stack.value(`SELECT state FROM quote WHERE number = '${other[0][0]}'`), 'draft', 'withdrawing one leaves the others');
});
