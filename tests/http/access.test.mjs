// Ways in: a forgotten password, a new link for a customer, a link sent again and revoked by the seller.
// Each token works as often as it should and not once more; nobody learns who exists.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, current;
before(async () => {
  stack = await startStack({ batch: false });
  current = stack.password;
});
after(() => stack?.stop());

async function signedIn(password = stack.password) {
  const visitor = new Visitor(stack.site);
  await visitor.get(`${stack.site}/admin/login`);
  await visitor.submit(/login/, { email: stack.email, password });
  return visitor;
}
const words = (visitor) => /<main[\s\S]*<\/main>/.exec(visitor.html)[0].replace(/value="[^"]*"/g, '').replace(/\s+/g, ' ');

// The link of the newest mail of a kind, as the outbox of a test house shows it.
async function linkOf(template) {
  const seller = await signedIn(current);
  await seller.get(`${stack.site}/admin/outbox/${stack.value(`SELECT MAX(id) FROM outbox WHERE template = '${template}'`)}`);
  return new URL(/href="(\/l\/[\w-]{43})"/.exec(seller.html)[1], stack.site).href;
}
test('a forgotten password: the same words for everybody, one use, the old one ends', async () => {
  const known = new Visitor(stack.site);
  await known.get(`${stack.site}/admin/forgot`);
  await known.submit(/forgot/, { email: stack.email });
  const unknown = new Visitor(stack.site);
  await unknown.get(`${stack.site}/admin/forgot`);
  await unknown.submit(/forgot/, { email: 'nobody@example.com' });
  assert.equal(known.status, 200);
  assert.equal(words(known), words(unknown));
  assert.equal(stack.value("SELECT COUNT(*) FROM outbox WHERE template = 'password_reset'"), '1');

  const link = await linkOf('password_reset');
  const visitor = new Visitor(stack.site);
  await visitor.get(link);
  assert.doesNotMatch(visitor.url, /\/l\//);
  for (const [password, again] of [['short', 'short'], ['correct horse battery', 'other horse battery'], ['password1234', 'password1234']]) {
    await visitor.submit(/reset/, { password, again });
    assert.equal(visitor.status, 422, password);
  }
  await visitor.submit(/reset/, { password: 'une phrase assez longue 7', again: 'une phrase assez longue 7' });
  assert.equal(visitor.status, 200);
  current = 'une phrase assez longue 7';
  assert.equal((await signedIn(stack.password)).status, 422, 'the old password still works');
  assert.equal((await signedIn()).status, 422);
  assert.equal((await signedIn(current)).status, 200);
  const second = new Visitor(stack.site);
  await second.get(link);
  assert.equal(second.status, 404, 'the link works twice');
});

test('a customer asks for a new link: only address and number together, one use', async () => {
  const [[email, number]] = stack.sql("SELECT v.email, q.number FROM quote q JOIN customer c ON c.id = q.customer_id JOIN customer_version v ON v.id = c.current_version_id WHERE q.state = 'sent' LIMIT 1");
  const said = new Set();
  for (const [address, document] of [['nobody@example.com', number], [email, 'Q-1999-00001'], [email, number]]) {
    const visitor = new Visitor(stack.site);
    await visitor.get(`${stack.site}/link`);
    await visitor.submit(/\/link$/, { email: address, number: document });
    said.add(words(visitor));
  }
  assert.equal(said.size, 1, 'the words tell who exists');
  assert.equal(stack.value("SELECT COUNT(*) FROM outbox WHERE template = 'link_new'"), '1');
  const link = await linkOf('link_new');
  const visitor = new Visitor(stack.site);
  await visitor.get(link);
  assert.match(visitor.url, /\/my$/);
  assert.equal(visitor.status, 200);
  assert.ok(visitor.html.includes(number));
  const second = new Visitor(stack.site);
  await second.get(link);
  assert.equal(second.status, 404);
  await visitor.submit(/\/my\/leave$/);
  await visitor.send('GET', `${stack.site}/my`);
  assert.notEqual(visitor.status, 200, 'leaving leaves nothing open');
});

test('declined with a reason: the seller is told, nothing can be signed any more', async () => {
  const seller = await signedIn(current);
  const visitor = new Visitor(stack.site);
  const number = stack.value("SELECT number FROM quote WHERE state = 'sent' AND number NOT IN (SELECT q.number FROM quote q JOIN link l ON l.kind = 'quote' AND l.object_id = q.id WHERE l.used_at IS NOT NULL) ORDER BY id LIMIT 1");
  await seller.get(`${stack.site}/admin/quotes/${number}`);
  await seller.submit(/\/again$/);
  await visitor.get(await linkOf('quote_sent'));
  await visitor.get(`${stack.site}/q/${number}/decline`);
  await visitor.submit(/\/decline$/, { reason: 'Too early <for> us' });
  assert.equal(visitor.status, 200);
  assert.equal(stack.value(`SELECT state FROM quote WHERE number = '${number}'`), 'declined');
  assert.equal(stack.value("SELECT COUNT(*) FROM outbox WHERE template = 'quote_declined'"), '1');
  await visitor.get(`${stack.site}/q/${number}/sign`);
  assert.equal(visitor.status, 409);
  await seller.get(`${stack.site}/admin/quotes/${number}`);
  assert.ok(seller.html.includes('Too early &lt;for&gt; us'));
});

test('sent again, the first link ends; revoked, the second too, and with it the open visit', async () => {
  const seller = await signedIn(current);
  const visitor = new Visitor(stack.site);
  await visitor.get(stack.link);
  const quote = new URL(visitor.url).pathname;
  const number = quote.split('/')[2];
  await seller.get(`${stack.site}/admin/quotes/${number}`);
  await seller.submit(/\/again$/);
  await visitor.send('GET', stack.site + quote);
  assert.notEqual(visitor.status, 200, 'the first visit lives on');
  const old = new Visitor(stack.site);
  await old.get(stack.link);
  assert.equal(old.status, 404);
  const fresh = new Visitor(stack.site);
  const link = await linkOf('quote_sent');
  await fresh.get(link);
  assert.equal(fresh.status, 200);
  await seller.get(`${stack.site}/admin/quotes/${number}`);
  await seller.submit(/\/revoke$/);
  await fresh.send('GET', stack.site + quote);
  assert.notEqual(fresh.status, 200);
});
