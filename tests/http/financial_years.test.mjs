// A company whose first financial year has 18 months and ends on another day than the civil one: set on the page before
// anything is booked, lived through, closed, handed to the tax office; then the end of the next year is moved, and what
// cannot be moved says why, beside the field, in both languages.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { payUntilDone, startLife } from '../fault/life.mjs';
import { batch } from '../lib/control.mjs';
import { readFec } from '../lib/fec.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, seller;
let first; // [first day, last day] of the first year
let second;
const one = (sql) => stack.value(sql);
const number = (sql) => Number(one(sql));
const plain = (html) => html.replace(/<[^>]*>/g, ' ').replace(/&#39;/g, "'").replace(/&nbsp;|\u00a0|\u202f/g, ' ').replace(/\s+/g, ' ');
const iso = (at) => new Date(at).toISOString().slice(0, 10);
const day = (year, month, of) => iso(Date.UTC(year, month, of)); // months from 0, may run over
const next = (on) => iso(Date.parse(on) + 864e5);
const typed = (on) => on.split('-').reverse().join('/');
const name = (on) => `journal-${on.endsWith('-01-01') ? on.slice(0, 4) : on.replaceAll('-', '')}`;
const path = (on) => `${stack.site}/admin/settings/years/${on}`;
const language = (code) => stack.sql(`UPDATE seller_user SET language = '${code}'`);

before(async () => {
  stack = await startLife({ others: 2 });
  language('en');
  seller = new Visitor(stack.site, { language: 'en' });
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/\/login$/, { email: stack.email, password: stack.password });
  const [year, month] = [Number(stack.today.slice(0, 4)), Number(stack.today.slice(5, 7)) - 1];
  first = [day(year, month - 7, 15), day(year, month + 11, 0)];
  second = [next(first[1]), day(year, month + 23, 0)];
}, { timeout: 240000 });
after(() => stack?.stop());

// The form of a year is answered with 422 and these words beside the field; what was typed stands there.
async function refused(of, fields, words, field = 'last') {
  await seller.get(path(of));
  await seller.submit(/settings\/years\//, fields);
  assert.equal(seller.status, 422, `${JSON.stringify(fields)} ${plain(seller.html).slice(0, 300)}`);
  const told = seller.html.match(new RegExp(`id="f-${field}-err"[^>]*>([^]*?)</p>`))?.[1] ?? '';
  assert.match(plain(told), words, `${field}: ${told}`);
  for (const [key, value] of Object.entries(fields)) assert.ok(seller.html.includes(`name="${key}"`) && seller.html.includes(`value="${value}"`), `${key} ${value} is kept`);
}

test('before anything is booked the first year gets its days; what no year may be says why', async () => {
  assert.equal(number('SELECT COUNT(*) FROM journal_entry'), 0);
  await seller.get(`${stack.site}/admin/settings/years`);
  const shown = stack.sql('SELECT from_on, until_on, opens FROM financial_year');
  assert.equal(shown.length, 1, 'the civil year of a new house');
  const [civil] = shown[0];
  assert.match(seller.html, new RegExp(`href="/admin/settings/years/${civil}"`));
  const good = { from: typed(first[0]), last: typed(first[1]) };
  const tomorrow = typed(next(stack.today));
  await refused(civil, { ...good, last: '' }, /Enter the last day of the financial year/);
  await refused(civil, { ...good, from: '' }, /Enter the first day of the financial year/, 'from');
  await refused(civil, { ...good, last: '31/02/2027' }, /enter a date like/);
  await refused(civil, { ...good, last: typed(iso(Date.parse(first[1]) - 864e5)) }, /ends on the last day of a month/);
  await refused(civil, { ...good, last: '31/12/2999' }, /24 months at most/);
  await refused(civil, { ...good, last: '31/01/1999' }, /one month at least/);
  await refused(civil, { ...good, from: tomorrow }, /begins today or before/, 'from');
  await refused(civil, { ...good, from: '01/01/1999' }, /in the last ten years/, 'from');
  await refused(civil, { ...good, from: '31/12/9999' }, /begins today or before/, 'from');
  language('fr');
  await refused(civil, { ...good, last: '31/12/2999' }, /Un exercice a au plus 24 mois/);
  await refused(civil, { ...good, from: tomorrow }, /Le premier exercice commence aujourd.hui ou avant/, 'from');
  language('en');
  assert.deepEqual(stack.sql('SELECT from_on, until_on, opens FROM financial_year'), shown, 'nothing half done');
  for (const wrong of ['2026', 'x', '1999-01-01', '9999-01-01', next(civil)]) {
    await seller.get(path(wrong));
    assert.equal(seller.status, 404, wrong);
  }
  await seller.get(path(civil));
  const opened = seller.fill(seller.form(/settings\/years\//), good);
  await seller.submit(/settings\/years\//, good);
  assert.equal(seller.status, 200);
  assert.match(seller.html, /Saved\./);
  assert.match(plain(seller.html), /The books begin with the first year/);
  assert.deepEqual(stack.sql('SELECT from_on, until_on, opens, series FROM financial_year'), [[first[0], second[0], '1', name(first[0])]]);
  await seller.send('POST', path(civil), opened.body.toString()); // the same form again is answered as the first
  assert.equal(seller.status, 303);
  assert.equal(number('SELECT COUNT(*) FROM financial_year'), 1);
});

test('what is booked is numbered by these years, without gap; nothing is dated before the books begin', { timeout: 300000 }, async () => {
  await payUntilDone(stack);
  const end = iso(Date.parse(second[0]) + 62 * 864e5);
  for (let on = next(stack.today); on < end; on = iso(Date.parse(on) + 31 * 864e5)) {
    assert.equal((await batch(stack, ['clock', '--to', on])).code, 0);
    for (let i = 0; i < 2; i++) assert.ok([0, 1].includes((await batch(stack, ['run'])).code));
  }
  const rows = stack.sql('SELECT series, MIN(entry_on), MAX(entry_on), COUNT(*), MIN(sequence), MAX(sequence) FROM journal_entry GROUP BY series ORDER BY MIN(entry_on)');
  assert.deepEqual(rows.map(([series]) => series), [name(first[0]), name(second[0])]);
  for (const [i, [, low, high, count, from, to]] of rows.entries()) {
    const [begins, ends] = [first, second][i];
    assert.ok(low >= begins && high <= ends, `${low} to ${high}`);
    assert.deepEqual([from, to], ['1', count]);
  }
  const done = await batch(stack, ['verify']);
  assert.equal(done.code, 0, done.out);
});

// Straight from the rows: what a file's accounts must sum to, with what the years before left.
function ledger([from, last], opening) {
  const sums = new Map();
  const add = (account, side, minor) => {
    const sum = sums.get(account) ?? { debit: 0n, credit: 0n };
    sum[side] += minor;
    sums.set(account, sum);
  };
  for (const [account, debit, credit] of stack.sql(`SELECT i.account, SUM(debit_minor), SUM(credit_minor) FROM journal_item i JOIN journal_entry e ON e.id = i.entry_id
    WHERE e.entry_on BETWEEN '${from}' AND '${last}' GROUP BY i.account`)) {
    add(account, 'debit', BigInt(debit));
    add(account, 'credit', BigInt(credit));
  }
  if (!opening) return sums;
  let result = 0n;
  for (const [account, , balance] of stack.sql(`SELECT i.account, i.customer_id, SUM(debit_minor) - SUM(credit_minor) FROM journal_item i
    JOIN journal_entry e ON e.id = i.entry_id WHERE e.entry_on < '${from}' GROUP BY i.account, i.customer_id`)) {
    const minor = BigInt(balance);
    if (/^[67]/.test(account)) result += minor;
    else if (minor !== 0n) add(account, minor > 0n ? 'debit' : 'credit', minor > 0n ? minor : -minor);
  }
  if (result !== 0n) add(result < 0n ? '120' : '129', result < 0n ? 'credit' : 'debit', result < 0n ? -result : result);
  return sums;
}
const sorted = (map) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
async function fec(of) {
  const out = `${stack.dir}/fec.txt`;
  const done = await batch(stack, ['fec', '--year', of, '--out', out]);
  return { ...done, bytes: done.code === 0 ? readFileSync(out) : null };
}

test('the file for the tax office: one for each year, named after its last day, the second opens with what the first left', async () => {
  for (const [i, year] of [first, second].entries()) {
    const done = await fec(year[1]);
    assert.equal(done.code, 0, done.err);
    const read = readFec(done.bytes, year);
    assert.deepEqual(read.wrong, []);
    assert.match(done.out, new RegExp(`^\\d{9}FEC${year[1].replaceAll('-', '')}\\.txt\\t${read.entries.size} entries`));
    assert.deepEqual(sorted(read.accounts), sorted(ledger(year, i === 1)), year[1]);
    assert.equal(read.entries.has('0'), i === 1);
    if (i === 1) {
      assert.equal(read.lines[0].EcritureDate, second[0].replaceAll('-', ''));
      assert.equal(read.lines[0].PieceRef, `AN ${name(second[0]).slice('journal-'.length)}`);
    }
    assert.deepEqual((await fec(year[1].slice(0, 4))).bytes, done.bytes, 'the year that ends then');
    const answer = await fetch(`${stack.site}/admin/fec/${year[1]}.txt`, { headers: { Cookie: seller.cookieHeader() } });
    assert.match(answer.headers.get('content-disposition'), new RegExp(`FEC${year[1].replaceAll('-', '')}\\.txt`));
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), done.bytes);
  }
  const none = await fec(iso(Date.parse(first[1]) - 864e5));
  assert.equal(none.code, 1);
  assert.match(none.err, /no financial year ends in/);
  await seller.get(`${stack.site}/admin/closings`);
  for (const year of [first, second]) assert.match(seller.html, new RegExp(`href="/admin/fec/${year[1].endsWith('-12-31') && year[0].endsWith('-01-01') ? year[1].slice(0, 4) : year[1]}\\.txt"`));
});

test('balance and ledger open with the financial year, and each year is one click away', async () => {
  await seller.get(`${stack.site}/admin/balance`);
  assert.match(seller.html, new RegExp(`name="from"[^>]*value="${second[0]}"`));
  for (const year of [first, second]) assert.ok(seller.html.includes(`/admin/balance?from=${year[0]}&amp;to=${year[1]}`), year[0]);
  assert.match(plain(seller.html), /120 /, 'the result of the first year');
  await seller.get(`${stack.site}/admin/ledger/706?from=${second[0]}&to=${second[1]}`);
  assert.match(plain(seller.html), /Before €0\.00/, 'income begins the year at nothing');
  const before = number(`SELECT SUM(credit_minor - debit_minor) FROM journal_item i JOIN journal_entry e ON e.id = i.entry_id WHERE i.account = '706' AND e.entry_on < '${second[0]}'`);
  assert.notEqual(before, 0);
  // A span that begins within the long year has all of it before.
  const mid = day(Number(second[0].slice(0, 4)), Number(second[0].slice(5, 7)) - 2, 1);
  await seller.get(`${stack.site}/admin/balance?from=${mid}&to=${first[1]}`);
  assert.doesNotMatch(plain(seller.html), /120 Résultat/, 'no year before');
});

test('the long year is closed at its end, with its months; an end that is closed stays', async () => {
  const early = await batch(stack, ['closing', '--year', second[1]]);
  assert.equal(early.code, 1);
  assert.match(early.out, /not over yet/);
  const done = await batch(stack, ['closing', '--year', first[1]]);
  assert.equal(done.code, 0, done.out + done.err);
  assert.match(done.out, new RegExp(`^closed\\tyear ${first[0]}$`, 'm'));
  const [[from, until, entries, debit]] = stack.sql("SELECT from_on, until_on, entry_count, debit_minor FROM closing WHERE kind = 'year'");
  assert.deepEqual([from, until], [first[0], second[0]]);
  assert.deepEqual([entries, debit], stack.sql(`SELECT COUNT(*), SUM(total_minor) FROM journal_entry WHERE series = '${name(first[0])}'`)[0]);
  const months = stack.sql("SELECT MIN(from_on), MAX(until_on), COUNT(*) FROM closing WHERE kind = 'month'")[0];
  assert.equal(months[1], second[0]);
  assert.equal(months[0], `${one('SELECT MIN(entry_on) FROM journal_entry').slice(0, 7)}-01`);
  await seller.get(`${stack.site}/admin/closings?view=year`);
  assert.match(plain(seller.html), new RegExp(`${Number(first[0].slice(8))} \\w+\\.? ${first[0].slice(0, 4)}|${first[0].slice(0, 4)}`));
  assert.equal((await batch(stack, ['closing'])).code, 0);
  assert.equal((await batch(stack, ['verify'])).code, 0);
  await seller.get(path(first[0]));
  assert.equal(seller.status, 409);
  assert.match(plain(seller.html), /closed or followed by entries/);
});

test('the end of the open year moves while nothing is booked beyond it', async () => {
  const last = one('SELECT MAX(entry_on) FROM journal_entry');
  const cut = day(Number(last.slice(0, 4)), Number(last.slice(5, 7)) - 1, 0);
  await refused(second[0], { last: typed(cut) }, cut < second[0] ? /one month at least|closed/ : /Something is booked after this day: its number is of this financial year and stays in it \(/);
  language('fr');
  await refused(second[0], { last: typed(cut) }, cut < second[0] ? /au moins un mois|clôturé/ : /Une écriture est comptabilisée après ce jour/);
  language('en');
  const end = day(Number(last.slice(0, 4)), Number(last.slice(5, 7)), 0);
  await seller.get(path(second[0]));
  assert.doesNotMatch(seller.html, /name="from"/, 'the first day stays');
  const opened = seller.fill(seller.form(/settings\/years\//), { last: typed(second[1]) });
  await seller.get(path(second[0]));
  await seller.submit(/settings\/years\//, { last: typed(end) });
  assert.equal(seller.status, 200);
  assert.match(seller.html, /Saved\./);
  assert.equal(one(`SELECT until_on FROM financial_year WHERE from_on = '${second[0]}'`), next(end));
  // Somebody else had opened the form before.
  await seller.send('POST', path(second[0]), opened.body.toString());
  assert.equal(seller.status, 409);
  assert.equal(one(`SELECT until_on FROM financial_year WHERE from_on = '${second[0]}'`), next(end));
  // The days after it are of the next year, and number their entries anew.
  await batch(stack, ['clock', '--to', iso(Date.parse(end) + 32 * 864e5)]);
  for (let i = 0; i < 2; i++) assert.ok([0, 1].includes((await batch(stack, ['run'])).code));
  assert.deepEqual(stack.sql(`SELECT series, MIN(sequence), COUNT(*) = MAX(sequence) FROM journal_entry WHERE entry_on > '${end}' GROUP BY series`), [[name(next(end)), '1', '1']]);
  assert.equal((await batch(stack, ['verify'])).code, 0);
  await seller.get(path(second[0]));
  assert.equal(seller.status, 409);
});
