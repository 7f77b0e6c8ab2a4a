// Files through the browser's door: tokens, types and limits of uploads; a check that writes nothing and names line
// and column; then exactly those bytes, once, however often the button is pressed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { Visitor, forms } from '../lib/visitor.mjs';

let stack, seller;
before(async () => {
  stack = await startStack({ batch: false, language: 'en' });
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
});
after(() => stack?.stop());

const text = () => /<main[\s\S]*<\/main>/.exec(seller.html)[0].replace(/<[^>]*>/g, ' ').replace(/&#39;/g, "'").replace(/\s+/g, ' ');
const count = (table) => Number(stack.value(`SELECT COUNT(*) FROM ${table}`));
const head = 'reference;kind;name;email;street;postal_code;city;country;vat_id;language';
const good = 'K-1;company;Example GmbH;bea@example.com;Lindenweg 1;10115;Berlin;DE;;en\nK-2;person;Ada "X";ada@example.org;2 rue Haute;69001;Lyon;FR;;fr\n'.replace('Ada "X"', '"Ada ""X"" &\nCo"');

// The kind's form, sent as a browser would; changes is what differs.
async function upload(kind, file, { fields = {}, type, body, origin = stack.site } = {}) {
  const at = `${stack.site}/admin/import/${kind}`;
  await seller.get(at);
  const form = forms(seller.html).find((f) => f.action === `/admin/import/${kind}`);
  const data = new FormData();
  for (const [name, value] of form.fields) if (name !== 'file') data.append(name, fields[name] ?? value);
  if (file !== null) data.append('file', new Blob([file], { type: 'text/csv' }), '../../x.csv');
  const headers = { Cookie: seller.cookieHeader(), Origin: origin, 'Accept-Language': 'en' };
  if (type !== undefined) headers['Content-Type'] = type;
  const response = await fetch(at, { method: 'POST', headers, body: body ?? data, redirect: 'manual' });
  seller.status = response.status;
  seller.html = await response.text();
  seller.location = response.headers.get('location');
  seller.url = at;
  return seller;
}

test('a good file: checked, nothing written, then imported once however often it is asked', async () => {
  const before = count('customer');
  await upload('customers', `\uFEFF${head}\r\n${good}`);
  assert.equal(seller.status, 303);
  await seller.follow();
  assert.match(text(), /Nothing is written yet/);
  assert.match(text(), /New 2 Changed 0 Unchanged 0/);
  assert.equal(count('customer'), before);
  const file = seller.url;
  const press = seller.fill(seller.form((f) => f.action === new URL(file).pathname));
  const answers = await Promise.all([1, 2, 3].map(() => fetch(file, { method: 'POST', redirect: 'manual', body: press.body,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Cookie: seller.cookieHeader(), Origin: stack.site } })));
  assert.deepEqual(answers.map((a) => a.status), [303, 303, 303]);
  assert.equal(count('customer'), before + 2);
  assert.deepEqual(stack.sql("SELECT v.name, v.city, c.external_ref FROM customer c JOIN customer_version v ON v.id = c.current_version_id WHERE c.external_ref IS NOT NULL ORDER BY c.id"),
    [['Example GmbH', 'Berlin', 'K-1'], ['Ada "X" & Co', 'Lyon', 'K-2']]);
  await seller.get(file);
  assert.match(text(), /Imported\. New 2 Changed 0 Unchanged 0/);
  await upload('customers', `${head}\n${good.replace('Berlin', 'Potsdam')}`);
  await seller.follow();
  assert.match(text(), /New 0 Changed 1 Unchanged 1/);
});

test('bad cells: line, column, value and what is wrong; nothing kept, nothing written', async () => {
  const [customers, files] = [count('customer'), count('import_file')];
  await upload('customers', `${head}\nK-3;company;;nobody@;Lindenweg 1;10115;Berlin;XX;DE123;en\nK-4;firm;"two\nlines";a@example.com;x;1;y;FR;;de\nK-4;person;B;b@example.com;x;1;y;FR;;fr\n`);
  assert.equal(seller.status, 422);
  assert.match(text(), /Nothing was imported/);
  const rows = [...seller.html.matchAll(/<tr><th scope="row">Line (\d+)<\/th><td><code>([^<]*)<\/code><\/td><td class="ui-wide">([^<]*)<\/td><td class="ui-wide">([^<]*)</g)].map((m) => m.slice(1, 5));
  assert.deepEqual(rows.map((row) => row.slice(0, 3)), [['2', 'name', ''], ['2', 'email', 'nobody@'], ['2', 'country', 'XX'], ['2', 'vat_id', 'DE123'],
    ['3', 'kind', 'firm'], ['3', 'language', 'de'], ['5', 'reference', 'K-4']]);
  assert.match(rows[4][3], /company, person/);
  assert.match(rows[6][3], /Line 3/);
  assert.deepEqual([count('customer'), count('import_file')], [customers, files]);
});

test('what is no table is told with its place', async () => {
  for (const [file, words] of [
    ['', /Choose a CSV file/], [null, /Choose a CSV file/], ['\n\n', /The file is empty/],
    ['reference;nom\n1;2\n', /There is no column of this name/], [`${head};name\n`, /This column stands twice/], ['reference\nx\n', /This column is missing/],
    [`${head}\nK-9;x"y`, /A quote stands inside a cell/], [`${head}\nK-9;company\n`, /fewer cells/],
    [Buffer.from(`${head}\nK-9;company;\xE9t\xE9;a@b.example;x;1;y;FR;;fr\n`, 'latin1'), /no UTF-8 text/],
    [Buffer.from(`${head}\nK-9;company;a\0b;a@b.example;x;1;y;FR;;fr\n`), /NUL character/],
    [Buffer.from(`\uFEFF${head}\n`, 'utf16le'), /no UTF-8 text/],
  ]) {
    await upload('customers', file);
    assert.equal(seller.status, 422, String(words));
    assert.match(text(), words);
  }
});

test('uploads: tokens, types, limits and shapes', async () => {
  const files = count('import_file');
  const sent = async (...args) => (await upload(...args)).status;
  assert.equal(await sent('customers', head, { fields: { csrf: 'x' } }), 403);
  assert.equal(await sent('customers', head, { fields: { once: 'x' } }), 403);
  assert.equal(await sent('customers', head, { origin: 'http://evil.example' }), 403);
  assert.equal(await sent('customers', head, { type: 'text/csv', body: head }), 415);
  assert.equal(await sent('customers', head, { type: 'multipart/form-data', body: head }), 400);
  assert.equal(await sent('customers', head, { type: 'multipart/form-data; boundary=x', body: '--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\ncut' }), 400);
  await upload('customers', `${head}\n${'x'.repeat(5 * 1024 * 1024)}`);
  assert.equal(seller.status, 422);
  assert.match(text(), /larger than 5 MB/);
  await upload('customers', 'x'.repeat(5 * 1024 * 1024 + 100 * 1024));
  assert.equal(seller.status, 413);
  assert.equal(await sent('customers', 'x'.repeat(6 * 1024 * 1024)), 413);
  await upload('customers', `${head}\n${'K;company;A;a@example.com;x;1;y;FR;;fr\n'.repeat(10001)}`);
  assert.equal(seller.status, 422);
  assert.match(text(), /more than 10000 rows/);
  const nobody = await fetch(`${stack.site}/admin/import/customers`, { method: 'POST', body: 'a=b', redirect: 'manual', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
  assert.equal(nobody.status, 403);
  for (const path of ['/admin/import/users', '/admin/import/customers/999999', '/admin/import/customers/x', '/admin/import/users/export.csv'])
    assert.equal((await seller.get(`${stack.site}${path}`)).status, 404, path);
  assert.equal(count('import_file'), files);
});

test('products: prices per plan, an empty cell takes a price away, an absent column leaves it', async () => {
  await upload('products', 'code;name;kind;tax;price:Mensuel\nNEW-1;New;service;standard;12,5\n');
  await seller.follow();
  await seller.submit(/\/admin\/import\/products\/\d+$/);
  const prices = () => stack.sql("SELECT r.unit_price_e4 FROM price r JOIN product p ON p.id = r.product_id WHERE p.code = 'NEW-1'").flat();
  assert.deepEqual(prices(), ['125000']);
  await upload('products', 'code;name;kind;tax\nNEW-1;Newer;service;standard\n');
  await seller.follow();
  assert.match(text(), /New 0 Changed 1 Unchanged 0/);
  await seller.submit(/\/admin\/import\/products\/\d+$/);
  assert.deepEqual(prices(), ['125000']);
  await upload('products', 'code,name,kind,tax,price:Mensuel\nNEW-1,Newer,service,standard,"12,5"\nx y,Z,service,standard,1.2345678\n');
  assert.equal(seller.status, 422);
  assert.match(text(), /Write decimals with a dot/);
  assert.match(text(), /letters, digits, dots and dashes/);
  await upload('products', 'code,name,kind,tax,price:Mensuel\nNEW-1,Newer,service,standard,\n');
  await seller.follow();
  await seller.submit(/\/admin\/import\/products\/\d+$/);
  assert.deepEqual(prices(), []);
  const costs = () => stack.sql("SELECT c.unit_cost_e4 FROM product_cost c JOIN product p ON p.id = c.product_id WHERE p.code = 'NEW-1'").flat();
  for (const [file, wanted] of [['cost:Mensuel\nNEW-1;Newer;service;standard;3,25', ['32500']], ['price:Mensuel\nNEW-1;Newer;service;standard;10', ['32500']],
    ['cost:Mensuel\nNEW-1;Newer;service;standard;', []]]) {
    await upload('products', `code;name;kind;tax;${file}\n`);
    await seller.follow();
    await seller.submit(/\/admin\/import\/products\/\d+$/);
    assert.deepEqual(costs(), wanted, file);
  }
});

test('exports are downloads that change nothing when they come back', async () => {
  for (const kind of ['customers', 'products', 'subscriptions']) {
    const answer = await fetch(`${stack.site}/admin/import/${kind}/export.csv`, { headers: { Cookie: seller.cookieHeader() } });
    assert.match(answer.headers.get('content-disposition'), new RegExp(`^attachment; filename="${kind}.csv"$`));
    assert.match(answer.headers.get('content-type'), /^text\/csv/);
    const bytes = Buffer.from(await answer.arrayBuffer());
    await upload(kind, bytes);
    assert.equal(seller.status, 303);
    await seller.follow();
    assert.match(text(), /New 0 Changed 0 Unchanged/);
    const sample = await fetch(`${stack.site}/admin/import/${kind}/sample.csv`, { headers: { Cookie: seller.cookieHeader() } });
    assert.equal(sample.status, 200);
    if (kind !== 'subscriptions') assert.equal((await upload(kind, Buffer.from(await sample.arrayBuffer()))).status, 303, `the sample of ${kind}`);
  }
});

test('a text that could be a formula leaves with an apostrophe and comes back without', async () => {
  await upload('customers', `${head.replace('vat_id', 'phone')}\nF-1;person;=1+1;f@example.com;@home;1;-town;FR;+33 1;fr\n`);
  await seller.follow();
  await seller.submit(/\/admin\/import\/customers\/\d+$/);
  const answer = await fetch(`${stack.site}/admin/import/customers/export.csv`, { headers: { Cookie: seller.cookieHeader() } });
  const bytes = Buffer.from(await answer.arrayBuffer());
  assert.match(bytes.toString(), /F-1;person;'=1\+1;;f@example.com;'\+33 1;'@home;;1;'-town;/);
  await upload('customers', bytes);
  await seller.follow();
  assert.match(text(), /New 0 Changed 0 Unchanged/);
  assert.equal(stack.value("SELECT v.name FROM customer c JOIN customer_version v ON v.id = c.current_version_id WHERE c.external_ref = 'F-1'"), '=1+1');
});
