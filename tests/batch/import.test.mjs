// From the shell: a whole base is taken over and goes on. Exit codes, a file twice, a cut run, the trial balance, and
// the renewals of what ran elsewhere: from the next period on, never before it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { batch } from '../lib/control.mjs';
import { startStack } from '../lib/stack.mjs';

let stack, today;
before(async () => {
  stack = await startStack({ batch: false });
  today = (await batch(stack, ['clock'])).out.trim();
});
after(() => stack?.stop());

const count = (table) => Number(stack.value(`SELECT COUNT(*) FROM ${table}`));
async function run(kind, text, ...options) {
  const path = `${stack.dir}/${kind}.csv`;
  writeFileSync(path, text);
  return batch(stack, ['import', ...options, kind, path]);
}
const CUSTOMERS = `reference;kind;name;email;street;postal_code;city;country;language\n${Array.from({ length: 900 }, (_, i) => `K-${i};company;Customer ${i};c${i}@example.com;${i} road;75001;Paris;FR;fr`).join('\n')}\n`;
const day = (months, date) => new Date(Date.UTC(+today.slice(0, 4), +today.slice(5, 7) - 1 + months, date)).toISOString().slice(0, 10);

test('usage, what cannot be read, what is wrong: exit codes, and nothing written', async () => {
  const before = count('customer');
  assert.equal((await batch(stack, ['import'])).code, 64);
  assert.equal((await batch(stack, ['import', 'users', '/dev/null'])).code, 64);
  assert.equal((await batch(stack, ['import', 'customers', `${stack.dir}/none.csv`])).code, 64);
  const bad = await run('customers', CUSTOMERS.replace('c700@example.com', 'c700'));
  assert.equal(bad.code, 1);
  assert.match(bad.out, /^problem\tline 702\temail\tc700\t/m);
  assert.match(bad.out, /^checked\t900 rows\t899 new\t0 changed\t0 unchanged\t1 problems$/m);
  const dry = await run('customers', CUSTOMERS, '--dry-run');
  assert.equal(dry.code, 0);
  assert.match(dry.out, /^checked\t900 rows\t900 new/m);
  assert.equal(count('customer'), before);
});

test('a run that is cut leaves whole groups; the same file again completes, and once more changes nothing', async () => {
  const before = count('customer');
  const path = `${stack.dir}/customers.csv`;
  writeFileSync(path, CUSTOMERS);
  const from = performance.now();
  await batch(stack, ['import', 'customers', path, '--dry-run']);
  const step = Math.max(1, Math.round((performance.now() - from) / 12)); // cut often on a quick machine too
  let cut = 0;
  for (let wait = step; count('customer') < before + 900; wait += step) {
    await batch(stack, ['import', 'customers', path], { killAfter: wait, signal: 'SIGKILL' });
    const there = count('customer') - before;
    assert.equal(there % 200 === 0 || there === 900, true, `${there} customers: half a group`);
    assert.equal(there, count("activity WHERE kind = 'customer.created'") - before);
    cut += there > 0 && there < 900;
  }
  assert.ok(cut > 0, 'no run was cut in its middle');
  assert.equal((await run('customers', CUSTOMERS)).code, 0);
  assert.equal(count('customer'), before + 900);
  const again = await run('customers', CUSTOMERS);
  assert.match(again.out, /^imported\t900 rows\t0 new\t0 changed\t900 unchanged\t0 problems$/m);
});

const HEAD = 'reference;customer;plan;currency;start;anchor;next_period;end;commitment;product;description;quantity;price;discount;discount_periods\n';
// Three contracts: of the 31st with two lines; a year, in its discounted time; one that ends inside its next period.
const SUBSCRIPTIONS = () => `${HEAD}`
  + `A-1;K-1;Mensuel;EUR;2024-01-31;2024-01-31;${day(1, 0)};;2027-01-31;ATELIER;;2;29,5;;\nA-1;;;;;;;;;;Hosting;1;10;50;\n`
  + `A-2;K-2;Annuel;EUR;${+today.slice(0, 4) - 1}${today.slice(4)};;${today};;;ATELIER;;1;120;10;3\n`
  + `A-3;K-3;Mensuel;EUR;2025-01-01;;${day(1, 1)};${day(1, 15)};;;Desk;1;31;;\n`;

test('what is wrong in a contract: customer, plan, day, lines that disagree', async () => {
  const bad = await run('subscriptions', `${HEAD}B-1;K-x;Monatlich;XXX;2024-02-30;;2024-02-30;;;NIX;;0;-1;101;\n`
    + 'B-2;K-1;Mensuel;EUR;2024-01-31;;2026-12-30;;;;Desk;1;1;;\nB-2;K-2;;;;;;;;;;1;1;;\nB-3;K-1;Mensuel;EUR;2024-01-01;;2026-12-01;2026-11-01;;;Desk;1;1;;\n');
  assert.equal(bad.code, 1);
  const cells = [...bad.out.matchAll(/^problem\tline (\d+)\t(\w+)/gm)].map((m) => `${m[1]} ${m[2]}`);
  assert.deepEqual(cells.sort(), ['2 currency', '2 customer', '2 discount', '2 next_period', '2 plan', '2 price', '2 product', '2 quantity', '2 start',
    '3 next_period', '4 customer', '4 description', '5 end'].sort());
  assert.match(bad.out, /one begins on 2026-11-30, the next on 2026-12-31/);
  assert.equal(count('subscription'), 0);
});

test('running subscriptions go on: trial balance, first bills, nothing before the next period', async () => {
  const done = await run('subscriptions', SUBSCRIPTIONS());
  assert.equal(done.code, 0, done.out + done.err);
  assert.match(done.out, /^imported\t3 rows\t3 new/m);
  assert.match(done.out, /^mrr\tEUR\t3 subscriptions\t€104\.00$/m); // 59 + 5, 120 * 0.9 / 12, 31
  assert.deepEqual(stack.sql('SELECT external_ref, order_id, payment_method_id, state, mrr_e4 FROM subscription ORDER BY external_ref'),
    [['A-1', null, null, 'active', '640000'], ['A-2', null, null, 'active', '90000'], ['A-3', null, null, 'active', '310000']]);
  const again = await run('subscriptions', SUBSCRIPTIONS());
  assert.match(again.out, /^imported\t3 rows\t0 new\t0 changed\t3 unchanged\t0 problems$/m);

  assert.equal((await batch(stack, ['renew'])).code, 0);
  assert.deepEqual(stack.sql('SELECT s.external_ref, i.net_minor FROM invoice i JOIN subscription s ON s.id = i.subscription_id'), [['A-2', '10800']]);
  assert.equal((await batch(stack, ['clock', '--to', day(1, 20)])).code, 0);
  assert.equal((await batch(stack, ['renew'])).code, 0);
  const bills = stack.sql('SELECT s.external_ref, b.from_on, b.until_on, i.net_minor FROM billing_period b JOIN subscription s ON s.id = b.subscription_id JOIN invoice i ON i.id = b.invoice_id ORDER BY 1, 2');
  const month = new Date(`${day(2, 0)}T00:00Z`).getUTCDate();
  assert.deepEqual(bills.filter(([ref]) => ref !== 'A-2'), [['A-1', day(1, 0), day(2, 0), '6400'],
    ['A-3', day(1, 1), day(2, 1), String(Math.round(3100 * 14 / month))]]); // half a month until its end
  assert.equal(stack.value("SELECT state FROM subscription WHERE external_ref = 'A-3'"), 'ended');
  assert.equal((await batch(stack, ['verify'])).code, 0);
  const later = await run('subscriptions', SUBSCRIPTIONS().split('\n').filter((line) => !line.startsWith('A-3')).join('\n'));
  assert.match(later.out, /^imported\t2 rows\t0 new\t0 changed\t2 unchanged\t0 problems$/m);
});

test('usage: a file of reports, once; billed by the run after its period; exported and read back', async () => {
  const head = 'reference;customer;plan;currency;start;next_period;next_arrears;description;timing;quantity;price\n';
  const now = (await batch(stack, ['clock'])).out.trim();
  assert.equal((await run('subscriptions', `${head}A-9;K-1;Mensuel;EUR;${now};${now};${now};Traffic;usage;1;0.5\n`)).code, 0);
  const usage = `subscription;day;quantity;reference\nA-9;${now};10.5;m-1\nA-9;${now};0.25;m-2\n`;
  const dry = await run('usage', usage, '--dry-run');
  assert.match(dry.out, /^checked\t2 rows\t2 new/m);
  assert.equal(count('usage_record'), 0);
  assert.match((await run('usage', usage)).out, /^imported\t2 rows\t2 new/m);
  assert.match((await run('usage', usage)).out, /^imported\t2 rows\t0 new\t0 changed\t2 unchanged\t0 problems$/m);
  assert.equal((await batch(stack, ['renew'])).code, 0); // nothing is in advance: looked at, passed over
  const due = stack.value("SELECT due_on FROM subscription WHERE external_ref = 'A-9'");
  assert.equal((await batch(stack, ['clock', '--to', due])).code, 0);
  for (let i = 0; i < 2; i++) assert.equal((await batch(stack, ['renew'])).code, 0);
  const bills = "SELECT l.quantity_e4, l.net_minor, b.from_on FROM invoice_line l JOIN subscription_line x ON x.id = l.subscription_line_id JOIN billing_period b ON b.invoice_id = l.invoice_id WHERE x.timing = 'usage'";
  assert.deepEqual(stack.sql(bills), [['107500', '538', now]]);
  const late = await run('usage', `subscription;day;quantity;reference\nA-9;${now};1;m-3\n`);
  assert.equal(late.code, 1);
  assert.match(late.out, /^problem\tline 2\tday\t.*the first open day is/m);
  assert.equal((await batch(stack, ['verify'])).code, 0);
});

// 10 graduated at 5.00 and two at 4.00, less 3.00: 55.00; 20.00 less 50 %; then 10 % and a coupon's 5.00 off the whole, from 65.00.
test('discounts of the whole, amounts off and prices in tiers come in, are billed, and go out again', async () => {
  const head = 'reference;customer;plan;currency;start;next_period;discounts;description;quantity;price;model;tiers;discount;off;discount_periods\n';
  const now = (await batch(stack, ['clock'])).out.trim();
  const wrong = await run('subscriptions', `${head}D-1;K-1;Mensuel;EUR;${now};${now};10;A;1;1;;;;;\nD-2;K-1;Mensuel;EUR;${now};${now};10 pourcent;A;1;;;10=5 *=4;5;1;\n`
    + `D-3;K-1;Mensuel;EUR;${now};${now};5.001;A;1;1;volume;10=5;;0.001;\nD-4;K-1;Mensuel;EUR;${now};${now};;A;1;1;per_unit;*=5;;;\n`);
  assert.equal(wrong.code, 1);
  const cells = [...wrong.out.matchAll(/^problem\tline (\d+)\t(\w+)/gm)].map((m) => `${m[1]} ${m[2]}`);
  assert.deepEqual(cells.sort(), ['3 discounts', '3 off', '3 price', '3 tiers', '4 discounts', '4 off', '4 price', '4 tiers', '5 tiers'], wrong.out);
  const rows = `${head}D-5;K-1;Mensuel;EUR;${now};${now};10% x 2 + 5 SOLDES;Tiers;12;;graduated;10=5 *=4;;3;\nD-5;;;;;;;Half;1;20;;;50;;1\n`;
  const done = await run('subscriptions', rows);
  assert.equal(done.code, 0, done.out + done.err);
  assert.match(done.out, /^mrr\tEUR\t1 subscriptions\t€53\.50$/m); // 65.00 less 6.50 less 5.00
  assert.match((await run('subscriptions', rows)).out, /\t0 new\t0 changed\t1 unchanged\t0 problems$/m);
  const other = await run('subscriptions', rows.replace('10% x 2', '11% x 2'));
  assert.match(other.out, /^note\tline 2\treference\tD-5\tThis subscription runs already/m);
  const bill = () => Number(stack.value("SELECT i.net_minor FROM invoice i JOIN subscription s ON s.id = i.subscription_id WHERE s.external_ref = 'D-5' ORDER BY i.id DESC LIMIT 1"));
  for (const net of [5350, 6250, 7000]) { // the second month: 75.00 less 7.50 less 5.00; the third: 75.00 less 5.00
    const due = stack.value("SELECT due_on FROM subscription WHERE external_ref = 'D-5'");
    if (due !== now) assert.equal((await batch(stack, ['clock', '--to', due])).code, 0);
    assert.equal((await batch(stack, ['renew'])).code, 0);
    assert.equal(bill(), net);
    const line = (await batch(stack, ['export', 'subscriptions'])).out.split('\n').find((one) => one.startsWith('D-5'));
    assert.match(line, net === 5350 ? /;10% x 1 \+ 5 SOLDES;/ : /;5 SOLDES;/);
    assert.match(line, /;graduated;10=5 \*=4;0;3;/);
  }
  assert.equal(stack.value("SELECT GROUP_CONCAT(DISTINCT l.coupon) FROM invoice_line l JOIN subscription_line x ON x.id = l.subscription_line_id JOIN subscription s ON s.id = x.subscription_id WHERE s.external_ref = 'D-5'"), 'SOLDES');
  assert.equal((await batch(stack, ['verify'])).code, 0);
});

test('an export comes back without a change; a contract that differs is told and left alone', async () => {
  for (const kind of ['customers', 'products', 'subscriptions', 'usage']) {
    const out = await batch(stack, ['export', kind]);
    assert.equal(out.code, 0);
    const back = await run(kind, out.out);
    assert.match(back.out, /^imported\t\d+ rows\t0 new\t0 changed\t\d+ unchanged\t0 problems$/m, kind + back.out);
    assert.doesNotMatch(back.out, /^note/m);
  }
  // Costs come out and go back in, and are changed by a file alone.
  const products = (await batch(stack, ['export', 'products'])).out;
  const [head, ...rows] = products.replace('\ufeff', '').trim().split('\n').map((line) => line.split(';'));
  assert.ok(head.includes('cost') && head.includes('cost:Mensuel'), head.join());
  const costs = () => stack.sql('SELECT c.product_id, c.plan_key, c.currency, c.unit_cost_e4 FROM product_cost c ORDER BY 1, 2, 3');
  const before = costs();
  assert.ok(before.length > 0, 'the demo knows what its products cost');
  assert.ok(rows.some((row) => row[head.indexOf('cost:Mensuel')] !== ''));
  stack.sql('DELETE FROM product_cost');
  assert.match((await run('products', products)).out, /^imported\t\d+ rows\t0 new\t[1-9]\d* changed/m);
  assert.deepEqual(costs(), before);
  assert.match((await run('products', products)).out, /\t0 changed\t/);
  const wrong = await run('products', `code;name;kind;tax;cost:Mensuel\n${rows[0][0]};X;service;standard;-1\n`);
  assert.equal(wrong.code, 1);
  assert.match(wrong.out, /^problem\tline 2\tcost:Mensuel\t-1\t/m);
  assert.deepEqual(costs(), before);
  const other = await run('subscriptions', (await batch(stack, ['export', 'subscriptions'])).out.replace(';29.5;', ';39.5;'));
  assert.equal(other.code, 0);
  assert.match(other.out, /^note\tline 2\treference\tA-1\tThis subscription runs already/m);
  assert.equal(stack.value("SELECT unit_price_e4 FROM subscription_line l JOIN subscription s ON s.id = l.subscription_id WHERE external_ref = 'A-1' AND l.position = 1"), '295000');
});

test('the database refuses what was billed elsewhere, and a subscription of nowhere', async () => {
  const refused = (sql, words) => assert.throws(() => stack.sql(sql), words);
  refused(`INSERT INTO billing_period (subscription_id, line_group, from_on, until_on, period_index, invoice_id)
    SELECT id, 0, '2024-01-31', '2024-02-29', 0, 1 FROM subscription WHERE external_ref = 'A-1'`, /this period was billed elsewhere/);
  refused("UPDATE subscription SET external_ref = NULL WHERE external_ref = 'A-1'", /imported_from_a_day|ordered_or_imported/);
  refused("UPDATE customer SET external_ref = 'K-2' WHERE external_ref = 'K-1'", /Duplicate entry/);
  refused("INSERT INTO import_file (kind, digest, bytes, uploaded_at, uploaded_by) VALUES ('customers', UNHEX(REPEAT('00', 32)), 'x', NOW(6), 't')", /digest_is_of_the_bytes/);
});
