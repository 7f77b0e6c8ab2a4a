// A refund by transfer waits until the bank's statement shows the debit: then it is made, booked once and told.
import assert from 'node:assert/strict';
import { after as finish, before, test } from 'node:test';
import { batch, payUntilDone, run, startLife } from '../fault/life.mjs';
import { saveFile, statement } from '../lib/bank.mjs';
import { Visitor } from '../lib/visitor.mjs';

const THEIRS = 'FR7630006000011234567890189', OTHER = 'DE89370400440532013000';
let stack, seller, left;
const value = (text) => stack.value(text);
const last = () => value("SELECT CONCAT(state, ' ', IFNULL(done_on, '')) FROM refund ORDER BY id DESC LIMIT 1");
const entries = () => Number(value("SELECT COUNT(*) FROM journal_entry WHERE source_kind = 'refund'"));
const euros = (minor) => `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;
let file = 0;
async function bank(rows, again) {
  const name = again ?? `debit${++file}.xml`;
  const day = value('SELECT IFNULL(test_clock_on, CURRENT_DATE) FROM house');
  const text = statement(rows.map((row) => ({ text: 'avoir', day, sign: 'DBIT', ...row })), { id: name }).replace(/<(\/?)Dbtr/g, '<$1Cdtr');
  const done = await batch(stack, ['bank-import', saveFile(stack, name, text)]);
  assert.ok([0, 1].includes(done.code), done.err);
  return name;
}
async function order() {
  const note = value("SELECT number FROM invoice WHERE kind = 'credit_note'");
  await seller.get(`${stack.site}/admin/invoices/${note}/refund`);
  await seller.submit(/\/refund$/, { how: 'transfer', iban: THEIRS, name: 'Camille Lefèvre' });
  assert.match(last(), /^ready/);
}

before(async () => {
  stack = await startLife();
  await payUntilDone(stack);
  await run(stack);
  seller = new Visitor(stack.site, { language: 'en' });
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
  await seller.get(`${stack.site}/admin/invoices/${value("SELECT number FROM invoice WHERE kind = 'invoice'")}/credit`);
  await seller.submit(/\/credit$/, { scope: 'rest', reason: 'Withdrawn' }, { button: 'preview' });
  await seller.submit(/\/credit$/, {}, { button: 'issue' });
  left = Number(value('SELECT left_minor FROM customer_credit'));
  assert.ok(left > 0);
}, { timeout: 120000 });
finish(() => stack?.stop());

test('another account, another sum or money that came in is not the refund', { timeout: 60000 }, async () => {
  await order();
  await bank([{ amount: euros(left), iban: OTHER, ref: 'A1' }]);
  await bank([{ amount: euros(left - 1), iban: THEIRS, ref: 'A2' }]);
  await bank([{ amount: euros(left), iban: THEIRS, ref: 'A3', sign: 'CRDT' }]);
  assert.match(last(), /^ready/);
  assert.equal(entries(), 0);
});

test('the debit of that sum to that account is: made on its day, booked once, the same file again is nothing', { timeout: 60000 }, async () => {
  const day = value('SELECT IFNULL(test_clock_on, CURRENT_DATE) FROM house');
  const name = await bank([{ amount: euros(left), iban: THEIRS, ref: 'B1' }]);
  assert.equal(last(), `succeeded ${day}`);
  assert.equal(entries(), 1);
  assert.equal(value('SELECT b.bank_ref FROM refund f JOIN bank_entry b ON b.id = f.bank_entry_id'), 'B1');
  assert.deepEqual(stack.sql("SELECT j.account, j.debit_minor, j.credit_minor FROM journal_item j JOIN journal_entry e ON e.id = j.entry_id WHERE e.source_kind = 'refund' ORDER BY j.position"),
    [['411', String(left), '0'], ['512', '0', String(left)]]);
  assert.equal(value('SELECT LENGTH(iban_sealed) FROM refund ORDER BY id DESC LIMIT 1'), '0');
  await bank([{ amount: euros(left), iban: THEIRS, ref: 'B1' }], name);
  await bank([{ amount: euros(left), iban: THEIRS, ref: 'B2' }]); // another one: nothing waits for it
  assert.equal(entries(), 1);
  await run(stack, 1);
  assert.equal(value("SELECT COUNT(*) FROM outbox WHERE template = 'refund_made'"), '1');
  const verified = await batch(stack, ['verify']);
  assert.equal(verified.code, 0, verified.out);
});
