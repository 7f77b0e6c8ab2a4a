// bank: files of the bank from the command line: taken in once, refused with line and reason, a person's leftovers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { saveFile, statement } from '../lib/bank.mjs';
import { seed } from '../lib/control.mjs';
import { startStack } from '../lib/stack.mjs';

let stack, day, invoice;
const count = (table) => Number(stack.value(`SELECT COUNT(*) FROM ${table}`));

before(async () => {
  stack = await startStack({ batch: false });
  day = (await stack.batch('clock')).out.trim();
  seed(stack, { subscriptions: 3, due: day });
  assert.equal((await stack.batch('renew')).code, 0);
  invoice = stack.sql("SELECT i.number, r.open_minor, i.id FROM receivable r JOIN invoice i ON i.id = r.invoice_id WHERE r.state = 'open' AND i.currency = 'EUR' LIMIT 1")[0];
}, { timeout: 120000 });
after(async () => { await stack?.stop(); });

const euro = (minor) => (Number(minor) / 100).toFixed(2);

test('a statement is taken in once', async () => {
  assert.ok(invoice, 'the demo has an open invoice');
  const text = statement([{ amount: euro(invoice[1]), text: `facture ${invoice[0]}`, day, ref: 'A1' }, { amount: '77.70', text: 'bonjour', day, ref: 'A2', iban: 'NL91ABNA0417164300' }]);
  const path = saveFile(stack, 'camt.xml', text);
  const dry = await stack.batch('--dry-run', 'bank-import', path);
  assert.equal(dry.code, 0, dry.err);
  assert.equal(count('bank_entry'), 0);
  const first = await stack.batch('bank-import', path);
  assert.equal(first.code, 1, first.err); // one entry waits for a person
  assert.equal(first.out, '2\t2\t1\t1\n');
  assert.equal(stack.value(`SELECT state FROM receivable WHERE invoice_id = ${invoice[2]}`), 'paid');
  assert.equal(count('payment WHERE bank_entry_id IS NOT NULL'), 1);
  const again = await stack.batch('bank-import', path);
  assert.equal(again.code, 0);
  assert.match(again.err, /taken in before/);
  const renamed = await stack.batch('bank-import', saveFile(stack, 'other.xml', text.replace('<Id>1</Id>', '<Id>2</Id>')));
  assert.equal(renamed.out, '2\t0\t0\t0\n');
  assert.equal(count('bank_entry'), 2);
  assert.equal((await stack.batch('verify')).code, 0);
});

test('a refused file says line and reason and changes nothing', async () => {
  const before = [count('bank_import'), count('bank_entry'), count('payment')];
  const entry = { amount: '1.00', text: 'x', day, ref: 'B1' };
  const cases = [
    ['', /:1: The file is empty/], ['nonsense', /:1: The file is no XML/],
    ['<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>', /:1: .*document type/],
    [statement([entry]).slice(0, -30), /The file is no XML, or it is cut off/],
    [statement([entry], { balances: ['10.00', '12.00'] }), /:3: Opening balance and entries/],
    [statement([{ ...entry, amount: '1.005' }]), /:5: This is no amount of its currency. 1.005/],
    [statement([{ ...entry, day: '2099-01-01' }]), /:5: An entry is booked in the future/],
    [statement([entry], { iban: 'DE89370400440532013000' }), /about another account .* DE89370400440532013000/],
    [statement([entry]).replace('camt.053.001.08', 'camt.052.001.08'), /This is no statement/],
    [statement([entry]).replace('camt.053.001.08', 'camt.053.001.01'), /This version of the message is not known here/],
  ];
  for (const [text, reason] of cases) {
    const done = await stack.batch('bank-import', saveFile(stack, 'bad.xml', text));
    assert.equal(done.code, 1, text.slice(0, 80));
    assert.match(done.err, reason);
    assert.equal(done.out, '');
  }
  assert.equal((await stack.batch('bank-import')).code, 64);
  assert.equal((await stack.batch('bank-import', '/nowhere/at/all')).code, 64);
  assert.equal((await stack.batch('bank-import', stack.dir)).code, 64);
  assert.deepEqual([count('bank_import'), count('bank_entry'), count('payment')], before);
});
