// The books of a whole year: deferred revenue month by month, the file for the tax office against the ledger, closings
// and what they refuse, and that nothing in the database can be changed without verify naming it.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { payUntilDone, startLife } from '../fault/life.mjs';
import { batch } from '../lib/control.mjs';
import { readFec } from '../lib/fec.mjs';
import { renamePerson } from '../lib/person.mjs';

const HOSTILE = '=cmd|\'/c calc\'!A1\t|"Œuf €\n日本';
let stack;
let year; // the first whole one
const one = (sql) => stack.value(sql);
const number = (sql) => Number(one(sql));

async function month(to) {
  const moved = await batch(stack, ['clock', '--to', to]);
  assert.equal(moved.code, 0, moved.err);
  for (let i = 0; i < 2; i++) {
    const done = await batch(stack, ['run']);
    assert.ok([0, 1].includes(done.code), done.err);
  }
}

before(async () => {
  stack = await startLife({ others: 4 });
  renamePerson(stack, 'Client 3', HOSTILE);
  await payUntilDone(stack);
  year = Number(stack.today.slice(0, 4)) + 1;
  for (let m = 1; m <= 12; m++) await month(`${year}-${String(m).padStart(2, '0')}-03`);
  await month(`${year + 1}-01-03`);
}, { timeout: 300000 });
after(() => stack?.stop());

async function verify() {
  const done = await batch(stack, ['verify']);
  return { code: done.code, bad: done.out.split('\n').filter((line) => line.startsWith('bad')).join('\n') };
}

const fecFile = () => `${stack.dir}/fec.txt`;
async function fec(of, ...more) {
  const done = await batch(stack, ['fec', '--year', String(of), '--out', fecFile(), ...more]);
  assert.equal(done.code, 0, done.out + done.err);
  return { said: done.out, bytes: readFileSync(fecFile()) };
}

// Straight from the rows: what an account moved in a year, and what it stood at before.
function ledger(of) {
  const moved = new Map(stack.sql(`SELECT i.account, SUM(debit_minor), SUM(credit_minor) FROM journal_item i JOIN journal_entry e ON e.id = i.entry_id
    WHERE YEAR(e.entry_on) = ${of} GROUP BY i.account`).map(([account, debit, credit]) => [account, { debit: BigInt(debit), credit: BigInt(credit) }]));
  const opening = new Map();
  const add = (account, side, minor) => {
    const sum = opening.get(account) ?? { debit: 0n, credit: 0n };
    sum[side] += minor;
    opening.set(account, sum);
  };
  let result = 0n;
  for (const [account, , balance] of stack.sql(`SELECT i.account, i.customer_id, SUM(debit_minor) - SUM(credit_minor) FROM journal_item i
    JOIN journal_entry e ON e.id = i.entry_id WHERE e.entry_on < '${of}-01-01' GROUP BY i.account, i.customer_id`)) {
    const minor = BigInt(balance);
    if (/^[67]/.test(account)) result += minor;
    else if (minor !== 0n) add(account, minor > 0n ? 'debit' : 'credit', minor > 0n ? minor : -minor);
  }
  if (result !== 0n) add(result < 0n ? '120' : '129', result < 0n ? 'credit' : 'debit', result < 0n ? -result : result);
  for (const [account, sum] of opening) {
    const m = moved.get(account) ?? { debit: 0n, credit: 0n };
    moved.set(account, { debit: m.debit + sum.debit, credit: m.credit + sum.credit });
  }
  return moved;
}
const sorted = (map) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

test('the file of a year: 18 columns, balanced, its totals are those of the ledger', async () => {
  for (const of of [year - 1, year]) {
    const { said, bytes } = await fec(of);
    const read = readFec(bytes, of);
    assert.deepEqual(read.wrong, []);
    assert.deepEqual(sorted(read.accounts), sorted(ledger(of)), String(of));
    assert.match(said, new RegExp(`^\\d{9}FEC${of}1231\\.txt\\t${read.entries.size} entries\\t${read.lines.length} lines`));
    assert.equal(read.entries.size - (read.entries.has('0') ? 1 : 0), number(`SELECT last_sequence FROM series WHERE name = 'journal-${of}'`));
    assert.equal(read.entries.has('0'), of === year, 'the first year opens with nothing');
    if (of !== year) continue;
    assert.equal(read.lines[0].JournalCode, 'AN');
    assert.ok(read.letters.size >= 10, `${read.letters.size} payments are lettered`);
    const hostile = read.lines.filter((l) => l.CompAuxLib.startsWith('=cmd'));
    assert.ok(hostile.length > 0);
    assert.equal(hostile[0].CompAuxLib, `=cmd '/c calc'!A1  "Œuf €  ??`.replace('  ??', ' ??'));
  }
  const utf8 = readFec((await fec(year, '--charset', 'utf-8')).bytes, year, 'utf-8');
  assert.deepEqual(utf8.wrong, []);
  assert.ok(utf8.lines.some((l) => l.CompAuxLib.endsWith('日本')));
});

test('the file of a year that cannot be written says why and leaves nothing', async () => {
  rmSync(fecFile(), { force: true });
  for (const args of [['fec'], ['fec', '--year', 'last'], ['fec', '--year', '2026', '--charset', 'ascii'], ['fec', '--year', '2026', '--all']])
    assert.equal((await batch(stack, args)).code, 64, args.join(' '));
  const none = await batch(stack, ['fec', '--year', '1999', '--out', fecFile()]);
  assert.equal(none.code, 1);
  assert.match(none.err, /Nothing was booked in this year/);
  stack.sql("INSERT INTO company_version SELECT * FROM company_version WHERE 0; UPDATE company_version SET siren = '' ORDER BY id DESC LIMIT 1");
  const nameless = await batch(stack, ['fec', '--year', String(year), '--out', fecFile()]);
  stack.sql("UPDATE company_version SET siren = '123456782' ORDER BY id DESC LIMIT 1");
  assert.equal(nameless.code, 1);
  assert.match(nameless.err, /SIREN/);
  assert.throws(() => readFileSync(fecFile()));
});

test('deferred revenue is what its months still are, and is released on the last day of each', async () => {
  assert.equal(number("SELECT COUNT(*) FROM journal_entry WHERE source_kind = 'deferral'") > 30, true);
  assert.equal(one("SELECT SUM(credit_minor) - SUM(debit_minor) FROM journal_item WHERE account = '487'"),
    one('SELECT SUM(amount_minor - recognised_minor) FROM deferral'));
  assert.equal(number(`SELECT COUNT(*) FROM journal_entry e JOIN deferral d ON d.id = e.source_id WHERE e.source_kind = 'deferral' AND
    e.entry_on <> LAST_DAY(e.entry_on) AND e.entry_on <> d.until_on - INTERVAL 1 DAY`), 0);
  // Whatever was deferred and came to its end stands at nothing.
  assert.equal(number('SELECT COUNT(*) FROM deferral WHERE next_on IS NULL AND recognised_minor <> amount_minor'), 0);
  assert.equal(number(`SELECT COUNT(*) FROM deferral d WHERE d.next_on IS NULL AND d.amount_minor <> (SELECT SUM(i.debit_minor) FROM journal_entry e
    JOIN journal_item i ON i.entry_id = e.id WHERE e.source_kind = 'deferral' AND e.source_id = d.id AND i.account = '487')`), 0);
});

test('a closing with something open in it is refused, and says what', async () => {
  const closed = () => number('SELECT COUNT(*) FROM closing');
  for (const args of [['--day', '2026-02-30'], ['--month', '2026'], ['--year', '26'], ['--day', '2026-01-01', '--year', '2026'], ['--week', '3']])
    assert.equal((await batch(stack, ['closing', ...args])).code, 64, args.join(' '));
  const refused = async (args, words) => {
    const done = await batch(stack, ['closing', ...args]);
    assert.equal(done.code, 1, done.out + done.err);
    assert.match(done.out, words);
    assert.equal(closed(), 0);
  };
  await refused(['--year', String(year + 1)], /^refused\tyear .*\tThis period is not over yet$/m);
  await refused(['--month', '1999-01'], /^refused\tmonth 1999-01-01\tNothing was booked/m);
  await refused(['--month', `${year}-03`], new RegExp(`^refused\\tmonth ${year}-03-01\\tThe period before this one must be closed first\\nopen\\tmonth\\t${year}-02-01$`, 'm'));
  const [[id, next]] = stack.sql(`SELECT id, next_on FROM deferral WHERE next_on IS NOT NULL ORDER BY id LIMIT 1`);
  const first = one('SELECT MIN(entry_on) FROM journal_entry');
  stack.sql(`UPDATE deferral SET next_on = '${first}' WHERE id = ${id}`);
  await refused(['--day', first], new RegExp(`^refused\\tday ${first}\\tSomething in this period is not booked yet\\nopen\\tdeferral\\tINV-\\d+-\\d+\\t`, 'm'));
  stack.sql(`UPDATE deferral SET next_on = '${next}' WHERE id = ${id}`);
  const [[sub, due]] = stack.sql("SELECT id, due_on FROM subscription WHERE due_on IS NOT NULL LIMIT 1");
  stack.sql(`UPDATE subscription SET due_on = '${first}' WHERE id = ${sub}`);
  await refused(['--day', first], /^open\trenewal\tSB?-/m);
  stack.sql(`UPDATE subscription SET due_on = '${due}' WHERE id = ${sub}`);
});

test('days, months and years are closed in their order, with totals that only grow', async () => {
  const first = one('SELECT MIN(entry_on) FROM journal_entry');
  const dry = await batch(stack, ['closing', '--day', first, '--dry-run']);
  assert.match(dry.out, /^would close\tday/);
  assert.equal(number('SELECT COUNT(*) FROM closing'), 0);
  assert.equal((await batch(stack, ['closing', '--day', first])).code, 0);
  const again = await batch(stack, ['closing', '--day', first]);
  assert.equal(again.code, 1);
  assert.match(again.out, /This period is closed already/);
  assert.equal((await batch(stack, ['closing', '--year', String(year - 1)])).code, 0);
  const all = await batch(stack, ['closing']);
  assert.equal(all.code, 0, all.out + all.err);
  assert.match(all.out, new RegExp(`^closed\\tmonth ${year}-12-01$`, 'm'));
  assert.match(all.out, new RegExp(`^closed\\tday ${year + 1}-01-02$`, 'm'));
  assert.equal((await batch(stack, ['closing', '--year', String(year)])).code, 0);
  const [[entries, debit, sum]] = stack.sql(`SELECT c.entry_count, c.debit_minor, (SELECT SUM(i.debit_minor) FROM journal_item i JOIN journal_entry e
    ON e.id = i.entry_id WHERE YEAR(e.entry_on) = ${year}) FROM closing c WHERE kind = 'year' AND from_on = '${year}-01-01'`);
  assert.equal(debit, sum);
  assert.equal(entries, one(`SELECT COUNT(*) FROM journal_entry WHERE YEAR(entry_on) = ${year}`));
  assert.equal(one(`SELECT all_sales_minor FROM closing WHERE kind = 'year' AND from_on = '${year}-01-01'`), one(`SELECT SUM(total_minor) FROM invoice WHERE issued_on < '${year + 1}-01-01'`));
  // VAT by category and rate: of the year, and since the beginning
  const vat = (span) => stack.sql(`SELECT t.tax_category, t.tax_rate_ppm, SUM(IF(i.kind = 'credit_note', -1, 1) * t.base_minor), SUM(IF(i.kind = 'credit_note', -1, 1) * t.tax_minor)
    FROM invoice_tax t JOIN invoice i ON i.id = t.invoice_id WHERE ${span} GROUP BY 1, 2 ORDER BY 1, 2`);
  const sealed = (columns) => stack.sql(`SELECT t.tax_category, t.tax_rate_ppm, ${columns} FROM closing_tax t JOIN closing c ON c.sequence = t.sequence
    WHERE c.kind = 'year' AND c.from_on = '${year}-01-01' ORDER BY 1, 2`);
  assert.ok(sealed('t.base_minor, t.tax_minor').length > 0);
  assert.deepEqual(sealed('t.base_minor, t.tax_minor'), vat(`YEAR(i.issued_on) = ${year}`));
  assert.deepEqual(sealed('t.all_base_minor, t.all_tax_minor'), vat(`i.issued_on < '${year + 1}-01-01'`));
  assert.equal(number("SELECT COUNT(*) FROM closing WHERE kind = 'month'"), 12 + 13 - Number(first.slice(5, 7)));
  assert.equal(number(`SELECT COUNT(*) FROM closing WHERE kind = 'day' AND YEAR(from_on) = ${year}`), 365);
  assert.equal(number('SELECT COUNT(*) FROM closing a JOIN closing b ON b.sequence = a.sequence + 1 WHERE b.all_absolute_minor < a.all_absolute_minor'), 0);
  assert.deepEqual(await verify(), { code: 0, bad: '' });
});

test('nothing is dated into a closed period: the database refuses, the service takes the first open day', async () => {
  assert.throws(() => stack.sql(`INSERT INTO journal_entry SELECT 99999999, series, 99999999, journal, '${year}-12-31', source_kind, 99999999, reference, currency,
    item_count, total_minor, posted_at, chain_previous, chain_digest, NULL FROM journal_entry LIMIT 1`), /the period of this entry is closed/);
  assert.throws(() => stack.sql(`INSERT INTO invoice (series, sequence, number, customer_id, customer_version_id, company_version_id, issued_on, issued_at, due_on,
    language, currency, net_minor, vat_minor, total_minor, vat_due, chain_previous, chain_digest) SELECT series, 99999, 'X', customer_id, customer_version_id,
    company_version_id, issued_on, issued_at, due_on, language, currency, net_minor, vat_minor, total_minor, vat_due, UNHEX(REPEAT('01', 32)), UNHEX(REPEAT('02', 32))
    FROM invoice LIMIT 1`), /the period of this document is closed/);
  for (const change of ['UPDATE closing SET entry_count = 0', 'DELETE FROM closing']) assert.throws(() => stack.sql(change), /a closing is never/);
  // A part of what is deferred was forgotten: its month is closed.
  const from = one('SELECT id FROM deferral WHERE next_on IS NOT NULL AND amount_minor - recognised_minor > 500 LIMIT 1');
  stack.sql(`INSERT INTO deferral (invoice_id, line_position, account, currency, amount_minor, from_on, until_on, next_on)
    SELECT invoice_id, 99, account, currency, 300, '${year}-10-01', '${year}-10-31', '${year}-10-31' FROM deferral WHERE id = ${from};
    UPDATE deferral SET from_on = GREATEST(from_on, DATE_FORMAT(next_on - INTERVAL 1 DAY, '%Y-%m-01')), amount_minor = amount_minor - recognised_minor - 300,
    recognised_minor = 0 WHERE id = ${from}`);
  const booked = await batch(stack, ['recognise']);
  assert.equal(booked.code, 0, booked.err);
  assert.deepEqual(stack.sql("SELECT e.entry_on, e.series, e.total_minor FROM journal_entry e JOIN deferral d ON d.id = e.source_id WHERE e.source_kind = 'deferral' AND d.line_position = 99"),
    [[one('SELECT MAX(until_on) FROM closing'), `journal-${year + 1}`, '300']]);
  assert.deepEqual(await verify(), { code: 0, bad: '' });
});

// Whoever owns the database can take its triggers away: then the chains tell.
test('a changed byte, a deleted row, two swapped rows: each is found and named', { timeout: 300000 }, async () => {
  const tables = ['journal_item', 'journal_entry', 'invoice_tax', 'invoice_line', 'invoice', 'customer_version', 'closed_balance', 'closing_tax', 'closing'];
  const triggers = stack.sql(`SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = 'tacite_demo' AND
    event_object_table IN (${tables.map((t) => `'${t}'`)})`).map(([name]) => name);
  const create = triggers.map((name) => stack.sql(`SHOW CREATE TRIGGER ${name}`)[0][2]);
  stack.sql(`${triggers.map((name) => `DROP TRIGGER ${name}`).join('; ')}; ${tables.map((t) => `CREATE TABLE kept_${t} AS SELECT * FROM ${t}`).join('; ')}`);
  const [[e1, s1, series], [e2, s2]] = stack.sql(`SELECT id, sequence, series FROM journal_entry WHERE series = 'journal-${year}' ORDER BY sequence LIMIT 2 OFFSET 4`);
  const [[i1, n1], [i2, n2]] = stack.sql(`SELECT i.id, i.number FROM invoice i WHERE (SELECT COUNT(*) FROM invoice_line l WHERE l.invoice_id = i.id) > 1 AND
    i.series = 'INV-${year}' ORDER BY i.sequence LIMIT 2`);
  const last = one(`SELECT number FROM invoice WHERE series = 'INV-${year}' ORDER BY sequence DESC LIMIT 1`);
  const lastEntry = one(`SELECT last_sequence FROM series WHERE name = '${series}'`);
  const [[c1, k1], [c2]] = stack.sql("SELECT id, sequence FROM closing WHERE kind = 'month' ORDER BY sequence LIMIT 2 OFFSET 3");
  const swap = (table, column, a, b, key = 'id') => `UPDATE ${table} SET ${column} = ${column} + 1000000 WHERE ${key} = ${a}; UPDATE ${table} x JOIN kept_${table} k ON k.${key} = ${a}
    SET x.${column} = k.${column} WHERE x.${key} = ${b}; UPDATE ${table} x JOIN kept_${table} k ON k.${key} = ${b} SET x.${column} = k.${column} WHERE x.${key} = ${a}`;
  const entry = (sequence) => `${series} entry ${sequence}`;
  const cases = [
    ['journal entry, a byte of its reference', `UPDATE journal_entry SET reference = INSERT(reference, 1, 1, 'J') WHERE id = ${e1}`, entry(s1)],
    ['journal entry, its day', `UPDATE journal_entry SET entry_on = entry_on + INTERVAL 1 DAY WHERE id = ${e1}`, entry(s1)],
    ['journal entry, deleted', `DELETE FROM journal_item WHERE entry_id = ${e1}; DELETE FROM journal_entry WHERE id = ${e1}`, entry(s1)],
    ['journal entry, the last deleted', `DELETE FROM journal_entry WHERE series = '${series}' AND sequence = ${lastEntry}`, entry(lastEntry)],
    ['journal entries, swapped', swap('journal_entry', 'sequence', e1, e2), entry(s1)],
    ['journal item, a cent on both sides', `UPDATE journal_item SET debit_minor = debit_minor + (debit_minor > 0), credit_minor = credit_minor + (credit_minor > 0)
      WHERE entry_id = ${e1} AND position <= 2; UPDATE journal_entry SET total_minor = total_minor + 1 WHERE id = ${e1}`, entry(s1)],
    ['journal item, its customer', `UPDATE journal_item SET customer_id = 1 WHERE entry_id = ${e1} AND position = 2`, entry(s1)],
    ['journal item, deleted', `DELETE FROM journal_item WHERE entry_id = ${e1} AND position = 1`, entry(s1)],
    ['journal items, swapped', `UPDATE journal_item SET position = 99 WHERE entry_id = ${e1} AND position = 1; UPDATE journal_item SET position = 1 WHERE entry_id = ${e1} AND
      position = 2; UPDATE journal_item SET position = 2 WHERE entry_id = ${e1} AND position = 99`, entry(s1)],
    ['journal items, swapped between entries', `UPDATE journal_item SET entry_id = 0 WHERE entry_id = ${e1}; UPDATE journal_item SET entry_id = ${e1} WHERE entry_id = ${e2};
      UPDATE journal_item SET entry_id = ${e2} WHERE entry_id = 0`, entry(s1)],
    ['invoice, a byte of its total', `UPDATE invoice SET total_minor = total_minor + 1, vat_minor = vat_minor + 1 WHERE id = ${i1}`, n1],
    ['invoice, its day', `UPDATE invoice SET issued_on = issued_on + INTERVAL 1 DAY WHERE id = ${i1}`, n1],
    ['invoice, deleted', `DELETE FROM invoice_line WHERE invoice_id = ${i1}; DELETE FROM invoice_tax WHERE invoice_id = ${i1}; DELETE FROM invoice WHERE id = ${i1}`, n1],
    ['invoice, the last deleted', `DELETE FROM invoice WHERE number = '${last}'`, last],
    ['invoices, swapped', swap('invoice', 'sequence', i1, i2), `(${n1}|${n2})`],
    ['invoice line, a byte of its text', `UPDATE invoice_line SET description = INSERT(description, 1, 1, '?') WHERE invoice_id = ${i1} AND position = 1`, n1],
    ['invoice line, its nature', `UPDATE invoice_line SET nature = 'goods' WHERE invoice_id = ${i1} AND position = 1`, n1],
    ['invoice line, its account', `UPDATE invoice_line SET account = '708' WHERE invoice_id = ${i1}`, n1],
    ['invoice line, deleted', `DELETE FROM invoice_line WHERE invoice_id = ${i1} AND position = 1`, n1],
    ['invoice lines, swapped', `UPDATE invoice_line SET position = 99 WHERE invoice_id = ${i1} AND position = 1; UPDATE invoice_line SET position = 1 WHERE invoice_id = ${i1} AND
      position = 2; UPDATE invoice_line SET position = 2 WHERE invoice_id = ${i1} AND position = 99`, n1],
    ['customer, a byte of the name on the document', `UPDATE customer_version SET name = INSERT(name, 1, 1, '?') WHERE id = (SELECT customer_version_id FROM invoice WHERE
      id = ${i1})`, one(`SELECT number FROM invoice WHERE series = 'INV-${year}' AND customer_version_id = (SELECT customer_version_id FROM invoice WHERE id = ${i1}) ORDER BY sequence LIMIT 1`)],
    ['closing, a byte of its total', `UPDATE closing SET sales_minor = sales_minor + 1 WHERE id = ${c1}`, `closing ${k1}`],
    ['closing, its VAT', `UPDATE closing_tax SET tax_minor = tax_minor + 1 WHERE sequence = ${k1} LIMIT 1`, `closing ${k1}`],
    ['closing, a rate taken out', `DELETE FROM closing_tax WHERE sequence = ${k1} LIMIT 1`, `closing ${k1}`],
    ['closing, deleted', `DELETE FROM closing WHERE id = ${c1}`, `closing ${k1}`],
    ['closing, the last deleted', 'DELETE FROM closing ORDER BY sequence DESC LIMIT 1', `closing ${one('SELECT MAX(sequence) FROM closing')}`],
    ['closings, swapped', swap('closing', 'sequence', c1, c2), `closing ${k1}`],
    ['closed month, what it kept of an account', `UPDATE closed_balance SET debit_minor = debit_minor + 1, credit_minor = credit_minor + 1 WHERE until_on = '${year}-03-01' AND account = '411'`,
      `${year}-03-01 411`],
    ['closed month, an account taken out', `DELETE FROM closed_balance WHERE until_on = '${year}-03-01' AND account = '411'`, `${year}-03-01`],
    ['an entry dated into a closed month', `INSERT INTO journal_entry SELECT 88888888, 'journal-x', 1, journal, entry_on, source_kind, 88888888, reference, currency,
      item_count, total_minor, posted_at, chain_previous, chain_digest, NULL FROM journal_entry WHERE id = ${e1}`, 'closing \\d+'],
  ];
  for (const [what, change, named] of cases) {
    stack.sql(`SET foreign_key_checks = 0; ${change}`);
    const found = await verify();
    stack.sql(`SET foreign_key_checks = 0; ${tables.map((t) => `DELETE FROM ${t}; INSERT INTO ${t} SELECT * FROM kept_${t}`).join('; ')}`);
    assert.equal(found.code, 1, `${what}: ${found.bad}`);
    assert.match(found.bad, new RegExp(`\\b${named}\\b`), `${what}: ${found.bad}`);
  }
  stack.sql(tables.map((t) => `DROP TABLE kept_${t}`).join('; '));
  for (const text of create) stack.sql(`DELIMITER //\n${text}//`);
  assert.deepEqual(await verify(), { code: 0, bad: '' });
});
