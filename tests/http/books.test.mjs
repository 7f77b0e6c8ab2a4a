// The books on the seller's pages: what the files hold is what the screen shows, hostile names are text, and wrong
// input is answered beside its field with everything that was typed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { payUntilDone, startLife } from '../fault/life.mjs';
import { batch } from '../lib/control.mjs';
import { readFec } from '../lib/fec.mjs';
import { renamePerson } from '../lib/person.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack;
let seller;
let customer;
before(async () => {
  stack = await startLife({ others: 2 });
  renamePerson(stack, 'Client 2', '=HYPERLINK("http://x";1)');
  await payUntilDone(stack);
  for (const days of [25, 60, 95]) {
    await batch(stack, ['clock', '--to', new Date(Date.parse(stack.today) + days * 864e5).toISOString().slice(0, 10)]);
    for (let i = 0; i < 2; i++) assert.ok([0, 1].includes((await batch(stack, ['run'])).code));
  }
  customer = stack.value("SELECT c.number FROM customer c JOIN receivable r ON r.customer_id = c.id WHERE r.open_minor > 0 LIMIT 1");
  stack.sql("UPDATE seller_user SET language = 'en'");
  seller = new Visitor(stack.site, { language: 'en' });
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/\/login$/, { email: stack.email, password: stack.password });
  assert.match(seller.url, /\/admin\/$/);
}, { timeout: 240000 });
after(() => stack?.stop());

// RFC 4180, and nothing else.
function csv(text) {
  assert.equal(text.charCodeAt(0), 0xfeff);
  const separator = /^\ufeff"[^"]*";/.test(text) ? ';' : ',';
  const rows = [[]];
  const cell = new RegExp(`("(?:[^"]|"")*"|[^${separator}\r\n]*)(${separator}|\r\n)`, 'y');
  cell.lastIndex = 1;
  while (cell.lastIndex < text.length) {
    const m = cell.exec(text);
    assert.ok(m, `not CSV at ${text.slice(0, 200)}`);
    rows.at(-1).push(m[1].startsWith('"') ? m[1].slice(1, -1).replaceAll('""', '"') : m[1]);
    if (m[2] === '\r\n') rows.push([]);
  }
  rows.pop();
  return rows;
}
async function file(path) {
  const headers = { Cookie: seller.cookieHeader(), 'Accept-Language': 'fr' };
  const answer = await fetch(`${stack.site}${path}`, { headers });
  assert.equal(answer.status, 200, path);
  return { answer, bytes: new Uint8Array(await answer.arrayBuffer()) };
}
const table = async (path) => {
  const { answer, bytes } = await file(path);
  assert.match(answer.headers.get('content-type'), /^text\/csv; charset=utf-8/);
  return csv(new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(bytes));
};
const cents = (text) => Number(text.replace(/[.,]/, ''));
const sum = (rows, column) => rows.reduce((total, row) => total + cents(row[column]), 0);
const number = (sql) => Number(stack.value(sql));
const all = 'from=2000-01-01&to=2099-12-31';

test('the journal as a file is every line, and a hostile name is text', async () => {
  const [head, ...rows] = await table('/admin/journal.csv');
  assert.equal(head.length, 14);
  assert.equal(rows.length, number('SELECT COUNT(*) FROM journal_item'));
  assert.equal(sum(rows, 9), number('SELECT SUM(debit_minor) FROM journal_item'));
  assert.equal(sum(rows, 10), sum(rows, 9));
  const hostile = rows.filter((row) => row[7].includes('HYPERLINK'));
  assert.ok(hostile.length > 0);
  for (const row of hostile) assert.ok(row[7].startsWith("'="), row[7]);
  const [, ...bank] = await table('/admin/journal.csv?journal=BQ&account=511');
  assert.ok(bank.length > 0 && bank.every((row) => row[0] === 'BQ'));
  const document = stack.value("SELECT number FROM invoice WHERE total_minor > 0 LIMIT 1");
  const [, ...about] = await table(`/admin/journal.csv?document=${document}`);
  assert.ok(about.length > 2 && about.every((row) => row[3].endsWith(document)), 'the invoice, its payment, its releases');
});

test('trial balance, ledger, ages and deferred revenue agree with each other and with the rows', async () => {
  const [, ...balance] = await table(`/admin/balance.csv?${all}`);
  const total = balance.pop();
  assert.equal(cents(total[2]), 0);
  assert.equal(cents(total[3]), cents(total[4]));
  assert.equal(cents(total[5]), 0);
  const closing = Object.fromEntries(balance.map((row) => [row[0], cents(row[5])]));
  const [, ...ledger] = await table(`/admin/ledger/411.csv?${all}`);
  assert.equal(cents(ledger.at(-1).at(-1)), closing['411'], 'the running balance ends where the trial balance does');
  const [, ...own] = await table(`/admin/ledger/411.csv?${all}&customer=${customer}`);
  assert.ok(own.length > 0 && own.every((row) => row[6] === customer));
  const [, ...aged] = await table('/admin/aged.csv');
  const owed = aged.pop();
  assert.equal(cents(owed.at(-1)), closing['411'], 'what customers owe is their account');
  assert.equal(cents(owed.at(-1)), number("SELECT SUM(open_minor) FROM receivable"));
  assert.equal(owed.slice(2, -1).reduce((s, text) => s + cents(text), 0), cents(owed.at(-1)));
  const [, ...deferred] = await table('/admin/deferred.csv');
  assert.equal(sum(deferred, 3), -closing['487'], 'the months ahead are the balance of 487');
  // A day in the past knows nothing of what came later.
  const before_ = stack.value('SELECT MIN(issued_on) - INTERVAL 1 DAY FROM invoice');
  assert.equal(cents((await table(`/admin/aged.csv?on=${before_}`)).at(-1).at(-1)), 0);
});

test('the method of deferral: chosen on a page, for invoices from then on; what is spread keeps its own', { timeout: 120000 }, async () => {
  const methods = () => stack.sql('SELECT id, method FROM deferral ORDER BY id');
  const before_ = methods();
  assert.ok(before_.length > 0 && before_.every(([, method]) => method === 'days'));
  await seller.get(`${stack.site}/admin/deferred`);
  assert.match(seller.html, /New invoices are spread: <strong>By days</);
  await seller.get(`${stack.site}/admin/deferred/method`);
  assert.ok(seller.html.split('€100.00').length > 12, 'twelve whole months of the example');
  const opened = seller.fill(seller.form(/\/deferred\/method$/), { method: 'months' });
  for (const wrong of ['weeks', '', 'DAYS', '1']) {
    await seller.get(`${stack.site}/admin/deferred/method`);
    await seller.submit(/\/deferred\/method$/, { method: wrong });
    assert.equal(seller.status, 422, wrong);
    assert.match(seller.html, /id="f-method-err"/, wrong);
    assert.equal(stack.value('SELECT deferral_method FROM company_version ORDER BY id DESC LIMIT 1'), 'days', 'nothing half done');
  }
  await seller.get(`${stack.site}/admin/deferred/method`);
  await seller.submit(/\/deferred\/method$/, { method: 'whole_months' });
  assert.equal(seller.status, 200);
  assert.match(seller.html, /Saved\./);
  assert.match(seller.html, /New invoices are spread: <strong>By whole months</);
  await seller.send('POST', opened.url, opened.body); // from a page that was opened before
  assert.equal(seller.status, 409);
  assert.equal(stack.value('SELECT deferral_method FROM company_version ORDER BY id DESC LIMIT 1'), 'whole_months');
  assert.deepEqual(methods(), before_);
  for (let i = 0; i < 6 && methods().length === before_.length; i++) { // day by day: a period that is invoiced late may have nothing left to defer
    const due = stack.value('SELECT MIN(due_on) FROM subscription');
    await batch(stack, ['clock', '--to', due]);
    assert.ok([0, 1].includes((await batch(stack, ['run'])).code));
  }
  const now = methods();
  assert.deepEqual(now.slice(0, before_.length), before_);
  assert.ok(now.length > before_.length && now.slice(before_.length).every(([, method]) => method === 'whole_months'));
  assert.equal(number("SELECT COUNT(*) FROM deferral WHERE method = 'whole_months' AND (DAYOFMONTH(from_on) <> 1 OR DAYOFMONTH(until_on) <> 1)"), 0);
  const [, ...deferred] = await table('/admin/deferred.csv');
  assert.equal(sum(deferred, 3), number("SELECT SUM(credit_minor) - SUM(debit_minor) FROM journal_item WHERE account = '487'"), 'the months ahead tie to the account');
  const verified = await batch(stack, ['verify']);
  assert.equal(verified.code, 0, verified.out);
  assert.match(verified.out, /, [1-9]\d* schedules and/);
});

test('the file of the year from the page is a good one', async () => {
  const year = stack.today.slice(0, 4);
  const { answer, bytes } = await file(`/admin/fec/${year}.txt`);
  assert.match(answer.headers.get('content-disposition'), new RegExp(`\\d{9}FEC${year}1231\\.txt`));
  const read = readFec(bytes, year);
  assert.deepEqual(read.wrong, []);
  assert.equal(read.entries.size, number(`SELECT COUNT(*) FROM journal_entry WHERE YEAR(entry_on) = ${year}`));
  await seller.get(`${stack.site}/admin/fec/1999.txt`);
  assert.equal(seller.status, 409);
  for (const wrong of ['/admin/fec/year.txt', '/admin/journal/0', '/admin/journal/x', '/admin/ledger/999', '/admin/ledger/%27', '/admin/aged/C-0', '/admin/accounts/x'])
    assert.equal((await seller.get(stack.site + wrong)).status, 404, wrong);
});

test('a filter that is wrong says so beside its field and keeps what was typed', async () => {
  for (const [path, typed, words] of [
    ['/admin/journal?from=31/02/2026', '31/02/2026', 'Enter a day'], ['/admin/balance?from=2026-12-01&to=2026-11-01', '', 'before the beginning'],
    ['/admin/journal?account=%3Cb%3E', '&lt;b&gt;', 'three digits'], ['/admin/aged?on=soon', 'soon', 'Enter a day'],
    [`/admin/ledger/411?to=x`, 'x', 'Enter a day'], ['/admin/journal.csv?to=never', 'never', 'Enter a day']]) {
    await seller.get(stack.site + path);
    assert.equal(seller.status, 422, path);
    assert.ok(seller.html.includes(words), path);
    assert.ok(seller.html.includes(`value="${typed}"`) || typed === '', path);
  }
  for (const query of ['after=2026-01-01.1', 'after=2026-99-99.1.1', 'after=%00', 'customer=nobody'])
    assert.ok([200, 400, 404].includes((await seller.get(`${stack.site}/admin/ledger/411?${query}`)).status), query);
});

test('accounts: made, renamed, deleted while nothing uses them', async () => {
  const make = async (code, name) => {
    await seller.get(`${stack.site}/admin/accounts/new`);
    return seller.submit(/\/accounts\/new$/, { code, name });
  };
  for (const [code, words] of [['', 'Enter the account'], ['70', 'three digits'], ['999', 'three digits'], ['70é', 'three digits'], ['706', 'There is an account']]) {
    await make(code, 'Nouveau <compte>');
    assert.equal(seller.status, 422, code);
    assert.ok(seller.html.includes(words) && seller.html.includes('value="Nouveau &lt;compte&gt;"'), code);
  }
  await make('7061', 'Hébergement');
  assert.equal(seller.status, 200);
  await seller.get(`${stack.site}/admin/accounts/7061`);
  await seller.submit(/\/accounts\/7061$/, { name: '' });
  assert.equal(seller.status, 422);
  await seller.get(`${stack.site}/admin/accounts/7061`);
  await seller.submit(/\/accounts\/7061$/, { name: 'Hébergement et support' });
  assert.equal(stack.value("SELECT name FROM account WHERE code = '7061'"), 'Hébergement et support');
  await seller.get(`${stack.site}/admin/accounts/706`);
  assert.ok(!seller.html.includes('/accounts/706/delete'), 'nothing deletes an account in use');
  assert.throws(() => stack.sql("DELETE FROM account WHERE code = '706'"), /FOREIGN KEY|in use/i);
  await seller.get(`${stack.site}/admin/accounts/7061`);
  await seller.submit(/\/accounts\/7061\/delete$/, {});
  assert.equal(stack.value("SELECT COUNT(*) FROM account WHERE code = '7061'"), '0');
});

test('another account takes over a role from the next entry on, but none that is not settled', async () => {
  await seller.get(`${stack.site}/admin/accounts/new`);
  await seller.submit(/\/accounts\/new$/, { code: '4111', name: 'Clients France' });
  await seller.get(`${stack.site}/admin/accounts/new`);
  await seller.submit(/\/accounts\/new$/, { code: '7062', name: 'Abonnements' });
  await seller.get(`${stack.site}/admin/accounts/roles`);
  await seller.submit(/\/accounts\/roles$/, { customer: '4111', service: '7062' });
  assert.equal(seller.status, 422);
  assert.match(seller.html, /still stands at €/);
  assert.equal(stack.value("SELECT account FROM account_role WHERE role = 'service'"), '706', 'nothing half done');
  await seller.get(`${stack.site}/admin/accounts/roles`);
  await seller.submit(/\/accounts\/roles$/, { service: '411' });
  assert.equal(seller.status, 422, 'a customer account earns nothing');
  await seller.get(`${stack.site}/admin/accounts/roles`);
  await seller.submit(/\/accounts\/roles$/, { service: '7062' });
  assert.equal(seller.status, 200);
  const last = number('SELECT MAX(id) FROM journal_entry');
  const day = (await batch(stack, ['clock'])).out.trim();
  await batch(stack, ['clock', '--to', new Date(Date.parse(day) + 32 * 864e5).toISOString().slice(0, 10)]);
  for (let i = 0; i < 2; i++) await batch(stack, ['run']);
  const booked = stack.sql(`SELECT DISTINCT i.account FROM journal_item i JOIN journal_entry e ON e.id = i.entry_id WHERE e.id > ${last} AND e.source_kind = 'invoice' AND i.account LIKE '7%'`);
  assert.deepEqual(booked, [['7062']]);
  assert.equal(number("SELECT COUNT(*) FROM invoice_line WHERE account = '7062'") > 0, true);
  assert.equal((await batch(stack, ['verify'])).code, 0, (await batch(stack, ['verify'])).out);
});

test('closing on the page: what is in the way is named, then it is done once', async () => {
  const first = stack.value('SELECT MIN(entry_on) FROM journal_entry');
  const [[id, due]] = stack.sql('SELECT id, due_on FROM subscription WHERE due_on IS NOT NULL LIMIT 1');
  const press = async (button) => {
    await seller.get(`${stack.site}/admin/closings`);
    await seller.submit((form) => form.action === '/admin/closings' && form.fields.some(([name, value]) => name === 'kind' && value === button), {});
  };
  stack.sql(`UPDATE subscription SET due_on = '${first}' WHERE id = ${id}`);
  await press('month');
  assert.equal(seller.status, 422);
  assert.match(seller.html, /is due and not billed yet/);
  assert.match(seller.html, /href="\/admin\/subscriptions\//);
  assert.equal(stack.value('SELECT COUNT(*) FROM closing'), '0');
  stack.sql(`UPDATE subscription SET due_on = '${due}' WHERE id = ${id}`);
  await press('month');
  assert.equal(seller.status, 200);
  assert.match(seller.html, /The period is closed/);
  assert.equal(stack.value("SELECT COUNT(*) FROM closing WHERE kind = 'month'"), '1');
  await seller.get(`${stack.site}/admin/closings`);
  const token = seller.html.match(/name="csrf" value="([^"]+)"/)[1];
  const once = seller.html.match(/name="once" value="([^"]+)"/)[1];
  const send = (fields) => seller.send('POST', `${stack.site}/admin/closings`, new URLSearchParams({ csrf: token, once, ...fields }).toString());
  await send({ kind: 'month', on: first });
  assert.equal(seller.status, 422);
  assert.match(seller.html, /closed already/);
  await send({ kind: 'week', on: first });
  assert.equal(seller.status, 400);
  await send({ kind: 'day', on: '2099-01-01' });
  assert.equal(seller.status, 422);
  assert.match(seller.html, /not over yet/);
});
