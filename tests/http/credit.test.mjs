// Credit notes through the pages: wrong input, the arithmetic before the effect, the note in lists, on both invoices'
// pages, in the portal, as a sealed file and in the outbox; what it leaves pays the next renewal before the card does;
// verify names a note that somebody changed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, customer, seller, number, form;
const count = (what) => Number(stack.value(`SELECT COUNT(*) FROM ${what}`));
const notes = () => count("invoice WHERE kind = 'credit_note'");
const plain = (html) => html.replace(/<[^>]*>/g, ' ').replace(/&#39;/g, "'").replace(/&amp;/g, '&').replace(/&nbsp;|\u00a0|\u202f/g, ' ').replace(/\s+/g, ' ');
const said = () => plain(seller.html);
const errors = () => Object.fromEntries([...seller.html.matchAll(/<p class="ui-error" id="f-([^"]*)-err">([\s\S]*?)<\/p>/g)]
  .map(([, id, words]) => [id, plain(words).replace('Error:', '').trim()]));
const compute = (changes, button = 'preview') => seller.submit(/\/credit$/, { scope: 'lines', reason: 'Goodwill', ...changes }, { button });
const captured = async () => (await (await fetch(`${stack.sandbox}/sandbox/ledger.tsv`)).text()).trim().split('\n').slice(1).map((line) => line.split('\t'));

before(async () => {
  stack = await startStack({ batch: false, language: 'en' });
  customer = new Visitor(stack.site);
  await customer.get(stack.link);
  await customer.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await customer.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  await customer.submit(/^\/pay\/[^/]+$/, {});
  await customer.submit((f) => f.fields.some(([name]) => name === 'number'), { number: '4242424242424242', expiry: '12/34', cvc: '123', name: 'C L' });
  await stack.settle();
  number = stack.value('SELECT number FROM invoice');
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
  form = `${stack.site}/admin/invoices/${number}/credit`;
}, { timeout: 120000 });
after(() => stack?.stop());

test('what cannot be credited is said at its field, and nothing is issued', { timeout: 60000 }, async () => {
  await seller.get(`${stack.site}/admin/invoices/${number}`);
  assert.match(seller.html, new RegExp(`href="/admin/invoices/${number}/credit"`));
  for (const [changes, wanted] of [
    [{ reason: '' }, { reason: /Enter the reason/ }],
    [{}, { scope: /at least one line/ }],
    [{ 'line.0.amount': '0' }, { 'line-0-amount': /above zero/ }],
    [{ 'line.0.amount': '-5' }, { 'line-0-amount': /above zero/ }],
    [{ 'line.0.amount': '78.31' }, { 'line-0-amount': /At most €78.30 is left/ }],
    [{ 'line.0.amount': '1.005' }, { 'line-0-amount': /at most 2 decimals/ }],
    [{ 'line.0.amount': '99999999999999999999' }, { 'line-0-amount': /enter a number/ }],
    [{ 'line.1.amount': 'ten' }, { 'line-1-amount': /enter a number/ }],
    [{ 'line.0.quantity': '4' }, { 'line-0-quantity': /At most 3/ }],
    [{ 'line.0.quantity': '0' }, { 'line-0-quantity': /above zero/ }],
    [{ 'line.0.amount': '1', 'line.0.quantity': '1' }, { 'line-0-quantity': /not both/ }],
    [{ scope: 'rest', 'line.0.amount': '1' }, { scope: /lines/ }],
    [{ reason: 'x'.repeat(301), 'line.0.amount': '1' }, { reason: /at most 300/ }],
  ]) {
    for (const button of ['preview', 'issue']) {
      await seller.get(form);
      assert.equal(seller.status, 200);
      await compute(changes, seller.form(/\/credit$/).buttons.some((b) => b.value === button) ? button : 'preview');
      assert.equal(seller.status, 422, JSON.stringify(changes));
      const found = errors();
      for (const [id, words] of Object.entries(wanted)) assert.match(found[id] ?? '', words, JSON.stringify({ changes, found }));
      for (const [name, value] of Object.entries(changes)) // what was typed stands there again
        if (name.startsWith('line.')) assert.deepEqual(seller.form(/\/credit$/).fields.find(([n]) => n === name)?.[1], value);
    }
  }
  for (const bad of ['line.9.amount=1', 'nothing=1', 'scope=rest&scope=rest']) {
    await seller.get(form);
    const { url, body } = seller.fill(seller.form(/\/credit$/), { reason: 'x' }, { name: 'do', value: 'issue' });
    await seller.send('POST', url, `${body}&${bad}`);
    assert.equal(seller.status, 400, bad);
  }
  await seller.get(form.replace(number, 'INV-2026-99999'));
  assert.equal(seller.status, 404);
  assert.equal(notes(), 0);
});

test('a part of a line: computed first, issued once, seen everywhere', { timeout: 60000 }, async () => {
  await seller.get(form);
  await compute({ 'line.0.quantity': '1' });
  assert.equal(seller.status, 200);
  assert.match(said(), /Total excl\. VAT €26\.10 VAT 20 ?% on €26\.10 €5\.22 Total incl\. VAT €31\.32/);
  assert.match(said(), /€31\.32 becomes the customer's credit/);
  assert.equal(notes(), 0, 'computing issues nothing');
  // another amount than the one that was shown is shown first
  await compute({ 'line.0.quantity': '', 'line.0.amount': '10' }, 'issue');
  assert.equal(seller.status, 200);
  assert.match(said(), /Total incl\. VAT €12\.00/);
  assert.equal(notes(), 0);
  await compute({ 'line.0.quantity': '1', 'line.0.amount': '' });
  const { url, body } = seller.fill(seller.form(/\/credit$/), {}, { name: 'do', value: 'issue' });
  await seller.send('POST', url, body);
  const place = seller.location;
  assert.equal(seller.status, 303);
  await seller.send('POST', url, body); // a second press
  assert.equal(seller.status, 303);
  assert.equal(seller.location, place);
  assert.equal(notes(), 1);
  const note = stack.value("SELECT number FROM invoice WHERE kind = 'credit_note'");
  assert.match(note, /^CN-\d{4}-00001$/);
  await seller.get(new URL(place, stack.site).href);
  assert.match(said(), new RegExp(`Credit note ${note}`));
  assert.match(said(), new RegExp(`Corrects Invoice ${number}`));
  assert.match(said(), /Goodwill/);
  await seller.get(`${stack.site}/admin/invoices/${number}`);
  assert.match(said(), new RegExp(`${note}: €31\\.32`));
  for (const path of ['/admin/invoices', '/admin/invoices?view=credit', `/admin/customers/${stack.value('SELECT c.number FROM customer c JOIN invoice i ON i.customer_id = c.id LIMIT 1')}`]) {
    await seller.get(stack.site + path);
    assert.match(said(), new RegExp(`${note}[^€]*-€31\\.32`), path);
  }
  assert.match(said(), /credit of €31\.32/);
  await customer.get(`${stack.site}/my`);
  assert.match(plain(customer.html), new RegExp(`${note}.*Credit note for ${number}`));
  await customer.get(`${stack.site}/pay/${note}`);
  assert.equal(customer.status, 404, 'nobody owes a credit note');
  await seller.get(`${stack.site}/admin/invoices/${note}/credit`);
  assert.equal(seller.status, 404);
  assert.equal(count("outbox WHERE template = 'credit_note'"), 1);
  await stack.settle();
  await customer.get(`${stack.site}/my/invoices/${note}.pdf`);
  assert.equal(customer.status, 200);
  assert.match(customer.html, /^%PDF/);
  assert.equal((await stack.batch('verify')).code, 0);
});

test('the credit pays the next renewal before the card does', { timeout: 120000 }, async () => {
  const before = (await captured()).length;
  const due = stack.value('SELECT due_on FROM subscription');
  assert.equal((await stack.batch('clock', '--to', due)).code, 0);
  await stack.settle();
  const [total, used] = stack.sql(`SELECT i.total_minor, a.amount_minor FROM invoice i JOIN credit_allocation a ON a.invoice_id = i.id
    WHERE i.kind = 'invoice' ORDER BY i.id DESC LIMIT 1`)[0].map(Number);
  assert.equal(used, 3132);
  const charges = await captured();
  assert.equal(charges.length, before + 1);
  assert.ok(charges.at(-1).includes(String(total - used)), `${charges.at(-1)} takes ${total - used}`);
  assert.equal(count("receivable WHERE state = 'open'"), 0);
  assert.equal(count('customer_credit WHERE left_minor > 0'), 0);
  assert.equal((await stack.batch('verify')).code, 0);
});

test('everything that is left, then nothing is', { timeout: 60000 }, async () => {
  await seller.get(form);
  const stale = seller.fill(seller.form(/\/credit$/), { scope: 'rest', reason: 'Twice' }, { name: 'do', value: 'issue' });
  await seller.get(form);
  await seller.submit(/\/credit$/, { scope: 'rest', reason: 'Cancelled' }, { button: 'preview' });
  assert.equal(seller.status, 200);
  assert.match(said(), /Nothing of the invoice is left to credit then/);
  await seller.submit(/\/credit$/, {}, { button: 'issue' });
  assert.match(said(), /Credit note CN-\d{4}-0000[12]/); // the second, or the first of a new year
  assert.equal(Number(stack.value(`SELECT SUM(n.total_minor) FROM credit_note c JOIN invoice n ON n.id = c.invoice_id JOIN invoice o ON o.id = c.corrected_id
    WHERE o.number = '${number}'`)), Number(stack.value(`SELECT total_minor FROM invoice WHERE number = '${number}'`)));
  await seller.get(form);
  assert.equal(seller.status, 200);
  assert.match(said(), /Nothing is left to credit/);
  await seller.send('POST', stale.url, stale.body); // from a page that was opened before
  assert.equal(seller.status, 422);
  assert.match(said(), /Nothing is left to credit/);
  assert.equal(notes(), 2);
  await seller.get(`${stack.site}/admin/invoices/${number}`);
  assert.doesNotMatch(seller.html, new RegExp(`href="/admin/invoices/${number}/credit"`));
  assert.equal((await stack.batch('verify')).code, 0);
});

test('verify names the credit note that somebody changed', { timeout: 60000 }, async () => {
  const [[id, note]] = stack.sql("SELECT id, number FROM invoice WHERE kind = 'credit_note' ORDER BY id LIMIT 1");
  assert.throws(() => stack.sql(`UPDATE credit_note SET reason = 'x' WHERE invoice_id = ${id}`), /never changed/);
  for (const [table, change, undo] of [
    ['credit_note', "reason = CONCAT(reason, 'x')", 'reason = LEFT(reason, CHAR_LENGTH(reason) - 1)'],
    ['credit_note_line', 'corrected_position = corrected_position + 1', 'corrected_position = corrected_position - 1'],
    ['invoice_tax', 'tax_minor = tax_minor + 1', 'tax_minor = tax_minor - 1'],
    ['invoice_line', 'quantity_e4 = quantity_e4 + 1', 'quantity_e4 = quantity_e4 - 1'],
  ]) {
    const create = stack.sql(`SHOW CREATE TRIGGER ${table}_no_update`)[0][2];
    const set = (what) => `SET foreign_key_checks = 0; UPDATE ${table} SET ${what} WHERE invoice_id = ${id}`;
    stack.sql(`DROP TRIGGER ${table}_no_update; ${set(change)}`);
    const done = await stack.batch('verify');
    stack.sql(set(undo));
    stack.sql(create);
    assert.equal(done.code, 1, table);
    assert.match(done.out, new RegExp(`^bad\\t.*\\b${note}\\b`, 'm'), `${table}: ${done.out}`);
    assert.equal((await stack.batch('verify')).code, 0, table);
  }
});

test('while the customer pays, nothing is credited; then what is open is less', { timeout: 120000 }, async () => {
  const own = await startStack({ batch: false, language: 'en' });
  try {
    const buyer = new Visitor(own.site);
    await buyer.get(own.link);
    await buyer.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
    await buyer.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
    await buyer.submit(/^\/pay\/[^/]+$/, {});
    const card = (number) => buyer.submit((f) => f.fields.some(([name]) => name === 'number'), { number, expiry: '12/34', cvc: '123', name: 'C L' });
    await card('4000990000000012'); // pays once, then declines
    await own.settle();
    assert.equal((await own.batch('clock', '--to', own.value('SELECT due_on FROM subscription'))).code, 0);
    await own.settle();
    const open = own.value("SELECT i.number FROM invoice i JOIN receivable r ON r.invoice_id = i.id WHERE r.state = 'open'");
    assert.ok(open, 'the renewal was declined');
    await buyer.get(`${own.site}/pay/${open}`);
    await buyer.submit(/^\/pay\/[^/]+$/, {});
    assert.ok(buyer.url.startsWith(own.sandbox), buyer.url);

    const clerk = new Visitor(own.site);
    await clerk.get(`${own.site}/admin/login`);
    await clerk.submit(/login/, { email: own.email, password: own.password });
    const place = `${own.site}/admin/invoices/${open}/credit`;
    await clerk.get(place);
    assert.match(plain(clerk.html), /A payment of this invoice is in progress/);
    await clerk.submit(/\/credit$/, {}, { button: 'close' });
    assert.equal(clerk.url, place);
    await clerk.submit(/\/credit$/, { scope: 'lines', reason: 'Late', 'line.0.amount': '50' }, { button: 'preview' });
    assert.match(plain(clerk.html), /€60\.00 is set against this invoice, of which €63\.36 is open then/);
    await clerk.submit(/\/credit$/, {}, { button: 'issue' });
    assert.match(clerk.url, /CN-\d{4}-00001/);
    await buyer.get(`${own.site}/pay/${open}`);
    assert.match(plain(buyer.html), /63\.36/);
    await buyer.submit(/^\/pay\/[^/]+$/, {});
    await card('4242424242424242');
    await own.settle();
    assert.equal(own.value(`SELECT r.open_minor FROM receivable r JOIN invoice i ON i.id = r.invoice_id WHERE i.number = '${open}'`), '0');
    assert.equal(own.value('SELECT amount_minor FROM payment ORDER BY id DESC LIMIT 1'), '6336');
    assert.equal(own.value("SELECT COUNT(*) FROM operator_item WHERE closed_at IS NULL"), '0');
    const done = await own.batch('verify');
    assert.equal(done.code, 0, done.out);
  } finally { await own.stop(); }
});
