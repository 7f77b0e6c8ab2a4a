// Refunds through the pages: wrong input at its field, a second press, parts and the rest, with and without a credit
// note, cards that decide later, take it back or do not answer, a credit by card and by transfer. The gateway's own
// ledger says what really went back.
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { invariants } from '../fault/invariants.mjs';
import { again, batch } from '../lib/control.mjs';
import { startStack, until } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, customer, seller, number, payment, form;
const plain = (html) => html.replace(/<[^>]*>/g, ' ').replace(/&#39;/g, "'").replace(/&amp;/g, '&').replace(/&nbsp;|\u00a0|\u202f/g, ' ').replace(/\s+/g, ' ');
const said = () => plain(seller.html);
const errors = () => Object.fromEntries([...seller.html.matchAll(/<p class="ui-error" id="f-([^"]*)-err">([\s\S]*?)<\/p>/g)]
  .map(([, id, words]) => [id, plain(words).replace('Error:', '').trim()]));
const refunds = () => stack.sql('SELECT kind, state, amount_minor FROM refund ORDER BY id');
const open = () => Number(stack.value(`SELECT r.open_minor FROM receivable r JOIN invoice i ON i.id = r.invoice_id WHERE i.number = '${number}'`));
const attempt = () => stack.value('SELECT state FROM attempt ORDER BY id LIMIT 1');
const behaves = (card) => stack.sql(`UPDATE tacite_sandbox.method SET card = '${card}'`);
const back = async () => (await (await fetch(`${stack.sandbox}/sandbox/money-back.tsv`)).text()).trim().split('\n').slice(1).reduce((sum, line) => sum + Number(line.split('\t')[4]), 0);
const deliver = () => fetch(`${stack.sandbox}/sandbox/deliver?all=1`, { method: 'POST' });
async function order(changes) {
  await seller.get(form);
  const typed = { reason: 'Goodwill', then: 'open', ...changes };
  if (typed.then === '') delete typed.then;
  await seller.submit(/\/refund$/, typed);
}
async function inOrder() {
  for (const name of ['I1', 'I2', 'I3', 'I5', 'I10', 'I11']) assert.deepEqual(await invariants[name](stack, { first: 0, last: 1e9, invoice: 0 }), [], name);
}

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
  payment = stack.value('SELECT id FROM attempt');
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
  form = `${stack.site}/admin/payments/${payment}/refund`;
}, { timeout: 120000 });
after(() => stack?.stop());

test('what cannot be refunded is said at its field, and nothing leaves', { timeout: 60000 }, async () => {
  await seller.get(`${stack.site}/admin/payments`);
  assert.match(seller.html, new RegExp(`href="/admin/payments/${payment}"`));
  await seller.get(`${stack.site}/admin/payments/${payment}`);
  assert.match(seller.html, new RegExp(`href="/admin/payments/${payment}/refund"`));
  for (const [changes, wanted] of [
    [{ amount: '' }, { amount: /Enter the amount/ }],
    [{ amount: '0' }, { amount: /above zero/ }],
    [{ amount: '-5' }, { amount: /above zero/ }],
    [{ amount: 'ten' }, { amount: /enter a number/ }],
    [{ amount: '1.005' }, { amount: /at most 2 decimals/ }],
    [{ amount: '698.17' }, { amount: /at most €698.16/ }],
    [{ amount: '99999999999999999999' }, { amount: /enter a number/ }],
    [{ reason: '' }, { reason: /Enter the reason/ }],
    [{ reason: 'x'.repeat(301) }, { reason: /at most 300/ }],
    [{ then: '' }, { then: /Choose what becomes/ }],
    [{ amount: '10', then: 'note' }, { then: /make the credit note first/ }],
  ]) {
    await order(changes);
    assert.equal(seller.status, 422, JSON.stringify(changes));
    const found = errors();
    for (const [id, words] of Object.entries(wanted)) assert.match(found[id] ?? '', words, JSON.stringify({ changes, found }));
    if (changes.amount !== undefined) assert.equal(seller.form(/\/refund$/).fields.find(([name]) => name === 'amount')[1], changes.amount);
  }
  for (const path of ['/admin/payments/999999', '/admin/payments/999999/refund', '/admin/payments/x', '/admin/refunds/1', '/admin/refunds/x', `/admin/invoices/${number}/refund`]) {
    await seller.get(stack.site + path);
    assert.equal(seller.status, 404, path);
  }
  assert.deepEqual(refunds(), []);
  assert.equal(stack.value("SELECT COUNT(*) FROM invoice WHERE kind = 'credit_note'"), '0');
  assert.equal(await back(), 0);
});

test('a part, pressed twice: once at the gateway, the invoice open again by it, the mail, the books', { timeout: 60000 }, async () => {
  await seller.get(form);
  const { url, body } = seller.fill(seller.form(/\/refund$/), { amount: '10', reason: 'Goodwill', then: 'open' });
  await seller.send('POST', url, body);
  assert.equal(seller.status, 303);
  const place = seller.location;
  await seller.send('POST', url, body);
  assert.equal(seller.status, 303);
  assert.equal(seller.location, place);
  assert.deepEqual(refunds(), [['card', 'succeeded', '1000']]);
  assert.equal(await back(), 1000);
  assert.equal(open(), 1000);
  assert.equal(attempt(), 'partly_reversed');
  assert.equal(stack.value("SELECT GROUP_CONCAT(CONCAT(j.account, ' ', j.debit_minor, ' ', j.credit_minor) ORDER BY j.position) FROM journal_entry e JOIN journal_item j ON j.entry_id = e.id WHERE e.source_kind = 'refund'"),
    '511 0 1000,411 1000 0,44587 0 167,44571 167 0');
  assert.equal(stack.value("SELECT COUNT(*) FROM outbox WHERE template = 'refund_made'"), '1');
  await seller.get(new URL(place, stack.site).href);
  assert.match(said(), /Refund of €10\.00 Refunded/);
  await seller.get(`${stack.site}/admin/invoices/${number}`);
  assert.match(said(), /Refunds.*Goodwill.*Refunded.*€10\.00/);
  assert.match(said(), /Partly reversed/);
  await customer.get(`${stack.site}/my`);
  assert.match(plain(customer.html), /Refunded: €10\.00/);
  await deliver(); // the webhooks tell what is known
  await deliver();
  assert.deepEqual(refunds(), [['card', 'succeeded', '1000']]);
  assert.equal(stack.value("SELECT COUNT(*) FROM gateway_event WHERE type IN ('refund.created', 'charge.refunded') AND processed_at IS NOT NULL"), '2');
  await inOrder();
});

test('twelve presses at once with tokens of their own: never more than was paid', { timeout: 60000 }, async () => {
  const bodies = [];
  for (let i = 0; i < 12; i++) {
    await seller.get(form);
    bodies.push(seller.fill(seller.form(/\/refund$/), { amount: '200', reason: 'Goodwill', then: 'open' }));
  }
  const answers = await Promise.all(bodies.map(({ url, body }) => fetch(url, { method: 'POST', body, redirect: 'manual',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: stack.site, Cookie: seller.cookieHeader() } }).then(({ status }) => status)));
  const made = refunds().filter(([, state, minor]) => state === 'succeeded' && minor === '20000').length;
  assert.equal(made, answers.filter((status) => status === 303).length, JSON.stringify(answers));
  assert.ok(made >= 1 && made <= 3 && answers.every((status) => status === 303 || status === 422), JSON.stringify(answers));
  assert.equal(await back(), 1000 + made * 20000);
  assert.equal(open(), 1000 + made * 20000);
  await inOrder();
});

test('a card that decides later, one that takes it back, one that refuses', { timeout: 60000 }, async () => {
  const gone = await back(), was = open();
  behaves('refund_later');
  await order({ amount: '1' });
  assert.equal(refunds().at(-1)[1], 'pending');
  assert.equal(open(), was);
  await seller.get(`${stack.site}/admin/invoices/${number}/credit`);
  assert.match(said(), /[Ss]omebody is paying|under way/, 'no note while its money moves');
  await deliver();
  assert.equal(refunds().at(-1)[1], 'succeeded');
  assert.equal(open(), was + 100);
  behaves('refund_fails');
  await order({ amount: '2' });
  assert.equal(refunds().at(-1)[1], 'succeeded');
  assert.equal(open(), was + 300);
  await deliver();
  assert.deepEqual(refunds().at(-1), ['card', 'failed', '200']);
  assert.equal(open(), was + 100, 'the invoice is paid by it again');
  assert.equal(stack.value("SELECT COUNT(*) FROM operator_item WHERE kind = 'refund_failed' AND closed_at IS NULL"), '1');
  behaves('refund_refused');
  await order({ amount: '3' });
  assert.deepEqual(refunds().at(-1), ['card', 'failed', '300']);
  assert.equal(await back(), gone + 100);
  await seller.get(`${stack.site}/admin/`);
  assert.match(said(), /A refund failed/);
  await inOrder();
});

test('no answer before, no answer after: asked again with the same key, once', { timeout: 90000 }, async () => {
  const gone = await back();
  for (const card of ['refund_timeout_before', 'refund_timeout_after']) {
    behaves(card);
    await order({ amount: '1' });
    assert.equal(seller.status, 200);
    for (let i = 0; i < 5 && refunds().at(-1)[1] !== 'succeeded'; i++) {
      await seller.get(`${stack.site}/admin/refunds/${stack.value('SELECT MAX(id) FROM refund')}`);
      await seller.submit(/\/refunds\/\d+$/, {}, { button: 'ask' });
    }
    assert.deepEqual(refunds().at(-1), ['card', 'succeeded', '100'], card);
  }
  assert.equal(await back(), gone + 200);
  behaves('approve');
  await inOrder();
});

for (const status of [401, 403])
  test(`a key that is not taken for a refund (${status}): the seller is told at once, once; it goes when the key works, and that takes it back`, { timeout: 90000 }, async () => {
    const told = () => stack.sql("SELECT subject_kind, detail FROM operator_item WHERE kind = 'refund_denied' AND closed_at IS NULL");
    const charges = () => stack.value("SELECT COUNT(*) FROM operator_item WHERE kind = 'gateway_denied'");
    const before = charges();
    const gone = await back();
    const conf = readFileSync(`${stack.dir}/sandbox.conf`, 'utf8');
    appendFileSync(`${stack.dir}/sandbox.conf`, `fault.status = ${status}\n`);
    await again(stack, 'sandbox');
    try {
      await order({ amount: '1' });
      assert.equal(refunds().at(-1)[1], 'ready');
      assert.deepEqual(told(), [['house', 'The API key was revoked, or may not do this.']]);
      stack.sql('UPDATE refund SET next_check_at = UTC_TIMESTAMP(6) WHERE next_check_at IS NOT NULL');
      await batch(stack, ['janitor']);
      assert.equal(refunds().at(-1)[1], 'ready');
      assert.equal(told().length, 1);
      await seller.get(`${stack.site}/admin/`);
      assert.match(said(), /does not accept our key for refunds/);
    } finally {
      writeFileSync(`${stack.dir}/sandbox.conf`, conf);
      await again(stack, 'sandbox');
    }
    assert.equal(await back(), gone);
    stack.sql('UPDATE refund SET next_check_at = UTC_TIMESTAMP(6) WHERE next_check_at IS NOT NULL');
    assert.equal((await batch(stack, ['janitor'])).code, 0);
    assert.deepEqual(refunds().at(-1), ['card', 'succeeded', '100']);
    assert.deepEqual(told(), [], 'its answer takes that back');
    assert.equal(await back(), gone + 100);
    assert.equal(charges(), before, 'no word about charges');
    await inOrder();
  });

test('what is open again is paid again, and the whole rest goes back with a credit note', { timeout: 60000 }, async () => {
  await customer.get(`${stack.site}/my`);
  await customer.get(`${stack.site}/pay/${number}`);
  await customer.submit(/^\/pay\/[^/]+$/, {});
  await customer.submit((f) => f.fields.some(([name]) => name === 'number'), { number: '4242424242424242', expiry: '12/34', cvc: '123', name: 'C L' });
  await until('the second payment', () => open() === 0);
  assert.equal(stack.value("SELECT COUNT(*) FROM payment"), '2');
  await inOrder();
  const second = stack.value('SELECT MAX(id) FROM attempt');
  // A note over the rest is more than either payment has left: it is made first, then its credit goes back in two parts.
  await seller.get(`${stack.site}/admin/invoices/${number}/credit`);
  await seller.submit(/\/credit$/, { scope: 'rest', reason: 'Withdrawn' }, { button: 'preview' });
  await seller.submit(/\/credit$/, {}, { button: 'issue' });
  const note = stack.value("SELECT number FROM invoice WHERE kind = 'credit_note'");
  const noteForm = `${stack.site}/admin/invoices/${note}/refund`;
  await seller.get(noteForm);
  assert.match(said(), /Left of this credit €698\.16/);
  for (const [changes, wanted] of [
    [{ how: '' }, { how: /Choose how/ }],
    [{ how: '999' }, { how: /Choose how/ }],
    [{ how: 'transfer' }, { iban: /Enter the IBAN/ }],
    [{ how: 'transfer', iban: 'FR7630006000011234567890188' }, { iban: /check digits|wrong/i }],
    [{ how: 'transfer', iban: 'FR7630006000011234567890189', name: '' }, { name: /holder/ }],
    [{ how: 'transfer', iban: 'FR7630006000011234567890189', amount: '698.17' }, { amount: /at most €698\.16/ }],
  ]) {
    await seller.get(noteForm);
    const { how, ...others } = changes;
    const { url, body } = seller.fill(seller.form(/\/refund$/), others);
    await seller.send('POST', url, how === '' ? body : `${body}&how=${how}`);
    assert.equal(seller.status, 422, JSON.stringify(changes));
    const found = errors();
    for (const [id, words] of Object.entries(wanted)) assert.match(found[id] ?? '', words, JSON.stringify({ changes, found }));
  }
  // To the card, as much as that payment has left.
  const paid = stack.value(`SELECT id FROM payment WHERE attempt_id = ${second}`);
  const minor = Number(stack.value(`SELECT amount_minor FROM payment WHERE id = ${paid}`));
  await seller.get(noteForm);
  await seller.submit(/\/refund$/, { how: paid, amount: String((minor + 1) / 100) });
  assert.equal(seller.status, 422);
  await seller.get(noteForm);
  await seller.submit(/\/refund$/, { how: paid, amount: String(minor / 100) });
  assert.deepEqual(refunds().at(-1), ['card', 'succeeded', String(minor)]);
  assert.equal(stack.value(`SELECT state FROM attempt WHERE id = ${second}`), 'reversed');
  assert.equal(open(), 0, 'the note stands: nothing is open again');
  // The rest by transfer: held, withdrawn, held again, made.
  const left = 69816 - minor;
  const credit = () => Number(stack.value('SELECT left_minor FROM customer_credit'));
  assert.equal(credit(), left);
  for (const button of ['withdraw', 'made']) {
    await seller.get(noteForm);
    await seller.submit(/\/refund$/, { how: 'transfer', iban: 'fr76 3000 6000 0112 3456 7890 189', name: 'Camille Lefèvre' });
    assert.deepEqual(refunds().at(-1), ['transfer', 'ready', String(left)]);
    assert.match(said(), /FR76 3000 6000 0112 3456 7890 189/);
    assert.equal(credit(), 0);
    assert.ok(!stack.value('SELECT iban_sealed FROM refund ORDER BY id DESC LIMIT 1').includes('30006000'));
    await seller.get(`${stack.site}/admin/refunds`);
    assert.match(said(), /To transfer/);
    await seller.get(`${stack.site}/admin/refunds/${stack.value('SELECT MAX(id) FROM refund')}`);
    await seller.submit(/\/refunds\/\d+$/, { on: '1999-01-01' }, { button: 'made' });
    assert.equal(seller.status, 422);
    const { url, body } = seller.fill(seller.form(/\/refunds\/\d+$/), { on: '' }, { name: 'do', value: button });
    await seller.send('POST', url, body);
    assert.equal(seller.status, 303);
    await seller.send('POST', url, body);
    assert.equal(seller.status, 303);
    assert.equal(credit(), button === 'withdraw' ? left : 0);
  }
  assert.deepEqual(stack.sql("SELECT state, iban_sealed FROM refund WHERE kind = 'transfer' ORDER BY id"), [['cancelled', ''], ['succeeded', '']]);
  await seller.get(noteForm);
  assert.match(said(), /Nothing is left of this credit/);
  assert.equal(stack.value("SELECT SUM(debit_minor - credit_minor) FROM journal_item WHERE account = '411'"), '0');
  assert.equal(stack.value("SELECT COUNT(*) FROM outbox WHERE template = 'refund_made' AND params LIKE '%transfer%'"), '1');
  await inOrder();
});
