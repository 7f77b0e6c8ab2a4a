// What is earned before its invoice, through a year of months that are closed one by one: found again here from the
// invoices that came later, tied to accounts 418 and 445871, and in the tax office's file.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { payUntilDone, startLife } from '../fault/life.mjs';
import { batch } from '../lib/control.mjs';
import { readFec } from '../lib/fec.mjs';

const PRICE = 200; // of what is used, in cents
let stack;
let year; // the first whole one
const closings = []; // [first day of the next month, day of the closing]
const number = (sql) => Number(stack.value(sql));
const dayAfter = (day, days) => new Date(Date.parse(day) + days * 864e5).toISOString().slice(0, 10);

async function ok(args, codes = [0]) {
  const done = await batch(stack, args);
  assert.ok(codes.includes(done.code), `${args}: ${done.out}${done.err}`);
  return done;
}

async function goTo(day) {
  await ok(['clock', '--to', day]);
  for (let i = 0; i < 2; i++) await ok(['run'], [0, 1]);
}

// Hours of the month's last day, reported on it; the month is closed two days later.
async function closeMonth(first) {
  const until = stack.value(`SELECT '${first}' + INTERVAL 1 MONTH`);
  const last = dayAfter(until, -1);
  const path = `${stack.dir}/usage.csv`;
  await goTo(last);
  writeFileSync(path, `subscription,line,day,quantity,reference\n${used},91,${last},4.5,u-${last}\n`);
  await ok(['import', 'usage', path]);
  await goTo(dayAfter(until, 2));
  await ok(['closing', '--month', first.slice(0, 7)]);
  closings.push([until, dayAfter(until, 2)]);
}

let used;
before(async () => {
  stack = await startLife({ others: 4 });
  await payUntilDone(stack);
  year = Number(stack.today.slice(0, 4)) + 1;
  const [[plain], [metered], [late]] = stack.sql("SELECT id FROM subscription WHERE state = 'active' AND number LIKE 'SB-%' ORDER BY id LIMIT 3");
  stack.sql(`INSERT INTO subscription_line (subscription_id, position, product_kind, timing, description, unit, quantity_e4, unit_price_e4, tax_class, from_on)
    SELECT id, 90, 'service', 'arrears', 'Support', 'h', 10000, 310000, 'standard', started_on FROM subscription WHERE id IN (${plain}, ${metered}, ${late});
    INSERT INTO subscription_line (subscription_id, position, product_kind, timing, description, unit, quantity_e4, unit_price_e4, tax_class, from_on)
    SELECT id, 91, 'service', 'usage', 'Heures', 'h', 10000, ${PRICE * 100}, 'standard', started_on FROM subscription WHERE id = ${metered}`);
  stack.sql('UPDATE subscription SET close_days = -1'); // nobody's unpaid invoice ends a contract here
  used = stack.value(`SELECT number FROM subscription WHERE id = ${metered}`);
  await goTo(`${year}-01-03`);
  await ok(['closing', '--year', String(year - 1)]);
  closings.push([`${year}-01-01`, `${year}-01-03`]);
  for (let m = 1; m <= 12; m++) {
    const first = `${year}-${String(m).padStart(2, '0')}-01`;
    if (m === 7) stack.sql(`UPDATE subscription SET ends_on = '${first}' + INTERVAL 12 DAY, end_reason = 'told', due_on = LEAST(due_on, '${first}' + INTERVAL 12 DAY) WHERE id = ${late}`);
    await closeMonth(first);
  }
  await goTo(`${year + 1}-02-20`); // what ran at the year's end is invoiced
}, { timeout: 400000 });
after(() => stack?.stop());

const share = (net, from, until, before_) => {
  const days = (a, b) => (Date.parse(b) - Date.parse(a)) / 864e5;
  return Math.round(net * days(from, before_ < until ? before_ : until) / days(from, until));
};

// From the invoices alone: what each asked on or after the day for days before it.
function earned(until, closedOn) {
  const found = new Map();
  for (const [subscription, timing, slot, net, from, to, issued] of stack.sql(`SELECT x.subscription_id, x.timing, x.position, l.net_minor, l.period_from_on,
    l.period_until_on, i.issued_on FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id JOIN subscription_line x ON x.id = l.subscription_line_id
    WHERE i.kind = 'invoice' AND l.nature = 'service' AND i.issued_on >= '${until}' AND l.period_from_on < '${until}'`)) {
    const reports = () => Math.round(PRICE * number(`SELECT IFNULL(SUM(quantity_e4), 0) FROM usage_record WHERE subscription_id = ${subscription} AND slot = ${slot}
      AND used_on >= '${from}' AND used_on < LEAST('${to}', '${until}')`) / 1e4);
    const minor = timing === 'usage' && issued > closedOn ? reports() : share(Number(net), from, to, until);
    if (minor !== 0) found.set(subscription, (found.get(subscription) ?? 0) + minor);
  }
  return [...found].sort(([a], [b]) => Number(a) - Number(b)).map(([id, minor]) => [id, String(minor)]);
}

test('each closed month accrued what the invoices of later days ask for it', () => {
  let seen = 0;
  for (const [until, closedOn] of closings) {
    const accrued = stack.sql(`SELECT subscription_id, net_minor FROM accrual WHERE until_on = '${until}' ORDER BY subscription_id`);
    assert.deepEqual(accrued, earned(until, closedOn), until);
    seen += accrued.length;
  }
  assert.ok(seen > 24, `${seen} accruals`);
  assert.equal(number('SELECT COUNT(*) FROM accrual WHERE vat_minor <> ROUND(net_minor / 5) OR base_minor <> net_minor + vat_minor'), 0);
  assert.equal(number('SELECT COUNT(*) FROM usage_record'), 12);
});

test('418 holds it at the end of each month, and its VAT 445871; nothing on any other day, and nothing of it on 44587', () => {
  const on = (day, account) => number(`SELECT IFNULL(SUM(i.debit_minor) - SUM(i.credit_minor), 0) FROM journal_item i JOIN journal_entry e ON e.id = i.entry_id
    WHERE i.account = '${account}' AND e.entry_on < '${day}'`);
  for (const [until] of closings)
    for (const [account, sum] of [['418', 'SUM(base_minor)'], ['445871', '-SUM(vat_minor)']]) {
      assert.equal(on(until, account), number(`SELECT ${sum} FROM accrual WHERE until_on = '${until}'`), `${account} ${until}`);
      assert.equal(on(dayAfter(until, 1), account), 0);
      assert.equal(on(dayAfter(until, -1), account), 0);
      assert.equal(number(`SELECT debit_minor - credit_minor FROM closed_balance WHERE until_on = '${until}' AND account = '${account}'`), on(until, account), 'as the closing kept it');
    }
  assert.equal(number(`SELECT COUNT(*) FROM journal_item i JOIN journal_entry e ON e.id = i.entry_id WHERE e.source_kind LIKE 'accrual%' AND i.account = '44587'`), 0);
  assert.equal(number(`SELECT COUNT(*) FROM journal_entry WHERE source_kind = 'accrual' AND entry_on <> LAST_DAY(entry_on)`), 0);
  assert.equal(number(`SELECT COUNT(*) FROM journal_entry WHERE source_kind = 'accrual_end' AND DAYOFMONTH(entry_on) <> 1`), 0);
});

test('revenue over time is what was invoiced, less what is still deferred; the one that ended left nothing', async () => {
  const revenue = number(`SELECT SUM(i.credit_minor) - SUM(i.debit_minor) FROM journal_item i WHERE i.label = 'revenue'`);
  const invoiced = number("SELECT SUM(IF(kind = 'credit_note', -1, 1) * net_minor) FROM invoice WHERE kind <> 'deposit'");
  assert.equal(revenue, invoiced - number('SELECT SUM(amount_minor - recognised_minor) FROM deferral'));
  assert.equal(number(`SELECT COUNT(*) FROM accrual a JOIN subscription s ON s.id = a.subscription_id WHERE s.state = 'ended' AND a.until_on > '${year}-08-01'`), 0);
  assert.equal(number("SELECT COUNT(*) FROM subscription WHERE state = 'ended'"), 1);
  const verified = await ok(['verify']);
  assert.doesNotMatch(verified.out, /^bad/m);
});

test('a month that is closed accrues once, and its counter-entry is in the file of the next year', async () => {
  const rows = number('SELECT COUNT(*) FROM accrual');
  const again = await batch(stack, ['closing', '--month', `${year}-12`]);
  assert.equal(again.code, 1);
  assert.match(again.out, /This period is closed already/);
  assert.equal(number('SELECT COUNT(*) FROM accrual'), rows);
  for (const of of [year, year + 1]) {
    const file = `${stack.dir}/fec.txt`;
    await ok(['fec', '--year', String(of), '--out', file]);
    const read = readFec(readFileSync(file), of);
    assert.deepEqual(read.wrong, []);
    const lines = read.lines.filter((line) => line.CompteNum === '418' && line.JournalCode === 'OD');
    assert.ok(lines.length > 0, String(of));
    for (const line of lines) assert.match(line.PieceRef, /^418 SB?-/);
    const vat = read.lines.filter((line) => line.CompteNum === '445871' && line.JournalCode === 'OD');
    assert.deepEqual([...new Set(vat.map((line) => line.CompteLib))], ['TVA sur factures à établir']);
    assert.equal(vat.length, lines.length);
    assert.ok(lines.every((line) => line.debit === 0n || line.PieceDate === line.EcritureDate), 'an accrual is of its month');
  }
});
