// What a template says about the end of a contract and its deposit, from the form to the subscription; and what customers do
// by themselves with it: end and take that back, add an option that is billed by use, never what they are not offered.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, seller, template;
before(async () => {
  stack = await startStack({ batch: false, language: 'en', workers: 2 });
  stack.sql(`INSERT INTO product (code, name, description, kind, unit, timing, tax_class, state) VALUES ('API', 'API calls', '', 'service', '', 'usage', 'standard', 'active')`);
  template = stack.value("SELECT template_id FROM quote_template_version WHERE acceptance = 'signature_and_payment' AND plan_id IS NOT NULL ORDER BY id LIMIT 1");
  stack.sql(`INSERT INTO price (product_id, plan_id, currency, unit_price_e4) SELECT p.id, v.plan_id, 'EUR', 1500 FROM product p, quote_template_version v WHERE p.code = 'API' AND v.template_id = ${template}`);
  stack.sql(`INSERT INTO quote_template_line (version_id, position, kind, timing, is_option, product_id, description, quantity_e4, quantity_min_e4, quantity_max_e4)
    SELECT v.id, 9, 'recurring', 'usage', 1, p.id, '', 10000, 10000, 10000 FROM product p, quote_template_version v WHERE p.code = 'API' AND v.template_id = ${template}`);
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
}, { timeout: 120000 });
after(() => stack?.stop());

const plain = (html) => html.replace(/<[^>]*>/g, ' ').replace(/&#39;/g, "'").replace(/&amp;/g, '&').replace(/&nbsp;|\u00a0|\u202f/g, ' ').replace(/\s+/g, ' ');
const errors = (page) => Object.fromEntries([...page.html.matchAll(/<p class="ui-error" id="f-([^"]*)-err">([\s\S]*?)<\/p>/g)]
  .map(([, id, words]) => [id, plain(words).replace(/Error:|Erreur :/, '').trim()]));
const versions = () => stack.value(`SELECT COUNT(*) FROM quote_template_version WHERE template_id = ${template}`);

async function edit(changes) {
  await seller.get(`${stack.site}/admin/templates/${template}`);
  await seller.submit(/\/templates\/\d+$/, changes, { button: 'save' });
}

// A quote from the template, with the two fields of its form; signed and paid by its customer, who reads on.
async function running() {
  await seller.get(`${stack.site}/admin/quotes/new`);
  await seller.submit(/\/quotes\/new$/, { customer: stack.value('SELECT number FROM customer ORDER BY id LIMIT 1'), template });
  const quote = stack.value('SELECT number FROM quote ORDER BY id DESC LIMIT 1');
  await seller.get(`${stack.site}/admin/quotes/${quote}/send`);
  await seller.submit(/\/send$/, {});
  await seller.get(`${stack.site}/admin/outbox/${stack.value("SELECT id FROM outbox WHERE template = 'quote_sent' ORDER BY id DESC LIMIT 1")}`);
  const customer = new Visitor(stack.site);
  await customer.get(seller.html.match(/https?:\/\/[^"<\s]+\/l\/[\w-]+/)[0]);
  const offer = plain(customer.html);
  await customer.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await customer.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  await customer.submit(/^\/pay\/[^/]+$/, {});
  await customer.submit((form) => form.fields.some(([name]) => name === 'number'), { number: '4242424242424242', expiry: '12/34', cvc: '123', name: 'C L' });
  await stack.settle();
  const number = stack.value('SELECT number FROM subscription ORDER BY id DESC LIMIT 1');
  return { quote, customer, offer, number, at: `${stack.site}/my/subscriptions/${number}` };
}

test('wrong terms and deposits of a template are said beside their fields, in both languages', async () => {
  for (const [changes, field, english] of [
    [{ close_days: '366' }, 'close_days', /from 0 to 365/], [{ close_days: '-1' }, 'close_days', /from 0 to 365/], [{ close_days: '1.5' }, 'close_days', /whole number/],
    [{ deposit_percent: '0' }, 'deposit_percent', /from 0.01 to 100/], [{ deposit_amount: '10.005' }, 'deposit_amount', /EUR has 2 decimals/],
    [{ deposit_percent: '30', deposit_amount: '10' }, 'deposit_amount', /leave one of them empty/],
    [{ deposit_percent: '30', acceptance: 'signature' }, 'deposit_percent', /choose an acceptance with payment/],
  ]) {
    await edit(changes);
    assert.equal(seller.status, 422, JSON.stringify(changes));
    assert.match(errors(seller)[field] ?? '', english, JSON.stringify(errors(seller)));
    const typed = seller.form(/\/templates\/\d+$/).fields;
    for (const [name, value] of Object.entries(changes)) assert.ok(typed.some(([n, v]) => n === name && v === value), name);
    stack.sql("UPDATE seller_user SET language = 'fr'");
    await edit(changes);
    assert.equal(seller.status, 422);
    assert.ok(errors(seller)[field] && !english.test(errors(seller)[field]), JSON.stringify(errors(seller)));
    stack.sql("UPDATE seller_user SET language = 'en'");
  }
  assert.equal(versions(), '1');
});

test('a template\'s closing, right to end and deposit reach the quote, are frozen with it and run', { timeout: 60000 }, async () => {
  const words = { customer_end: 'yes', close_days: '20', deposit_percent: '30' };
  await edit(words);
  assert.equal(seller.status, 200, plain(seller.html));
  assert.equal(versions(), '2');
  await edit(words);
  assert.equal(versions(), '2', 'saying the same again is no version');
  await seller.get(`${stack.site}/admin/templates/${template}/history`);
  assert.match(plain(seller.html), /The customer ends it alone As the plan says Yes/);
  assert.match(plain(seller.html), /Unpaid: closed after how many days As the plan says 20 days/);
  assert.match(plain(seller.html), /Deposit at the signature None 30 ?%/);
  const { quote, offer, number } = await running();
  assert.match(offer, /You end it by yourself online/);
  assert.match(offer, /Deposit of 30 ?% at the signature/);
  assert.deepEqual(stack.sql(`SELECT v.customer_end, v.close_days, v.deposit_ppm, t.customer_end, t.close_days FROM quote q JOIN quote_version v ON v.id = q.current_version_id
    JOIN quote_version_terms t ON t.version_id = v.id WHERE q.number = '${quote}'`), [['yes', '20', '300000', 'yes', '20']]);
  await edit({ customer_end: 'no', close_days: '0', deposit_percent: '' });
  assert.deepEqual(stack.sql(`SELECT customer_end, close_days FROM subscription WHERE number = '${number}'`), [['yes', '20']]);
  await seller.get(`${stack.site}/admin/quotes/${quote}`);
  assert.throws(() => stack.sql("UPDATE quote_version_terms SET close_days = 1"), /never changed/);
});

test('a template in two languages: a quote takes its texts in the customer\'s, and what is not written as it stands', async () => {
  await edit({ note: 'Hello {contact}', footer: 'Thanks', other_note: 'Bonjour {nobody}' });
  assert.equal(seller.status, 422);
  assert.match(errors(seller).other_note, /there is no variable {nobody}/);
  await edit({ note: 'Hello {contact}', footer: 'Thanks', other_note: 'Bonjour {contact}', 'line.0.description': 'Workshop licence', 'line.0.other': 'Licence Atelier' });
  assert.equal(seller.status, 200, JSON.stringify(errors(seller)));
  await seller.get(`${stack.site}/admin/templates/${template}`);
  assert.match(seller.html, /Note to the customer, in French/);
  assert.equal(seller.form(/\/templates\/\d+$/).fields.find(([name]) => name === 'line.0.other')[1], 'Licence Atelier');
  const customer = stack.value('SELECT number FROM customer ORDER BY id LIMIT 1');
  const written = async (language) => {
    stack.sql(`UPDATE customer_version SET language = '${language}'`);
    await seller.get(`${stack.site}/admin/quotes/new`);
    await seller.submit(/\/quotes\/new$/, { customer, template });
    return stack.sql(`SELECT v.language, v.note, v.footer, l.description FROM quote_version v JOIN quote_line l ON l.version_id = v.id AND l.position = 1 ORDER BY v.id DESC LIMIT 1`)[0];
  };
  assert.deepEqual(await written('fr'), ['fr', 'Bonjour {contact}', 'Thanks', 'Licence Atelier']);
  // Applied again in the editor, in the language that the quote has by then.
  const number = stack.value('SELECT number FROM quote ORDER BY id DESC LIMIT 1');
  await seller.get(`${stack.site}/admin/quotes/${number}/edit`);
  await seller.submit(/\/edit$/, { language: 'en', template }, { button: 'template' });
  assert.deepEqual(stack.sql('SELECT v.language, v.note, l.description FROM quote_version v JOIN quote_line l ON l.version_id = v.id AND l.position = 1 ORDER BY v.id DESC LIMIT 1')[0],
    ['en', 'Hello {contact}', 'Workshop licence']);
  assert.deepEqual(await written('en'), ['en', 'Hello {contact}', 'Thanks', 'Workshop licence']);
});

test('a customer ends what the contract lets them end, on no day before it may, and takes it back', { timeout: 60000 }, async () => {
  await edit({ customer_end: 'yes', close_days: '', deposit_percent: '' });
  const { customer, number, at } = await running();
  stack.sql(`UPDATE subscription SET notice_days = 10, commitment_until_on = started_on + INTERVAL 2 MONTH WHERE number = '${number}'`);
  const started = stack.value(`SELECT started_on + INTERVAL 2 MONTH FROM subscription WHERE number = '${number}'`);
  await customer.get(at);
  assert.match(customer.html, /href="[^"]*\/end"/);
  await customer.get(`${at}/end`);
  assert.equal(customer.status, 200);
  const offered = customer.form(/\/end$/).fields.find(([name]) => name === 'last')[1];
  for (const [last, words] of [['', /Enter the last day|Indiquez/], ['31/02/2027', /./], ['01/01/2020', /./], [stack.value('SELECT DATE_FORMAT(started_on + INTERVAL 20 DAY, "%d/%m/%Y") FROM subscription ORDER BY id DESC LIMIT 1'), /./]]) {
    await customer.get(`${at}/end`);
    await customer.submit(/\/end$/, { last });
    assert.equal(customer.status, 422, last);
    assert.match(errors(customer).last ?? '', words);
    assert.equal(customer.form(/\/end$/).fields.find(([name]) => name === 'last')[1], last);
  }
  assert.equal(stack.value(`SELECT ends_on FROM subscription WHERE number = '${number}'`), null);
  await customer.get(`${at}/end`);
  const { url, body } = customer.fill(customer.form(/\/end$/), { last: offered });
  await customer.send('POST', url, body);
  assert.equal(customer.status, 303);
  await customer.send('POST', url, body);
  assert.equal(customer.status, 303, 'the same form again leads to the same page');
  assert.deepEqual(stack.sql(`SELECT ends_on, end_reason, end_by LIKE 'visit:%' FROM subscription WHERE number = '${number}'`), [[started, 'told', '1']]);
  assert.equal(stack.value("SELECT COUNT(*) FROM outbox WHERE template = 'end_planned'"), '1');
  await customer.get(at);
  assert.doesNotMatch(customer.html, /href="[^"]*\/end"/);
  await customer.submit(/\/end\/undo$/);
  assert.match(customer.url, /did=goeson/);
  assert.deepEqual(stack.sql(`SELECT ends_on, end_reason, end_by FROM subscription WHERE number = '${number}'`), [[null, '', '']]);

  // What the seller ended is theirs to take back, and what the contract does not give is refused, forged or not.
  await customer.get(`${at}/end`);
  const forged = customer.fill(customer.form(/\/end$/), { last: offered });
  await seller.get(`${stack.site}/admin/subscriptions/${number}/end`);
  await seller.submit(/\/end$/);
  await customer.get(at);
  assert.doesNotMatch(customer.html, /\/end\/undo/);
  const undo = { ...forged, url: `${at}/end/undo`, body: forged.body.replace(/&?last=[^&]*/, '') };
  await customer.send('POST', undo.url, undo.body);
  assert.equal(customer.status, 403);
  await seller.get(`${stack.site}/admin/subscriptions/${number}`);
  await seller.submit(/\/end\/undo$/);
  assert.equal(stack.value(`SELECT ends_on FROM subscription WHERE number = '${number}'`), null);
  stack.sql(`UPDATE subscription SET customer_end = 'no' WHERE number = '${number}'`);
  await customer.get(`${at}/end`);
  assert.equal(customer.status, 403);
  await customer.send('POST', forged.url, forged.body);
  assert.equal(customer.status, 403);
  assert.equal(stack.value(`SELECT COUNT(*) FROM audit WHERE action = 'subscription.end_planned' AND result = 'refused'`), '2');
  assert.equal(stack.value(`SELECT ends_on FROM subscription WHERE number = '${number}'`), null);
});

test('an option that is billed by use is added and removed, without a quantity; another product is not', { timeout: 60000 }, async () => {
  await edit({ customer_end: 'plan', close_days: '' });
  const { customer, number, at } = await running();
  const preview = (changes) => customer.submit((form) => form.method === 'GET' && form.buttons.some((b) => b.value === 'preview'), changes, { button: 'preview' });
  const lines = () => stack.sql(`SELECT l.description, l.timing, l.quantity_e4 FROM subscription_line l JOIN subscription s ON s.id = l.subscription_id
    WHERE s.number = '${number}' AND l.until_on IS NULL ORDER BY l.position`);
  await customer.get(`${at}/change`);
  assert.match(plain(customer.html), /Options you can add/);
  const option = customer.form((form) => form.method === 'GET').fields.filter(([name]) => /^option\.\d+\.product$/.test(name))
    .find(([, value]) => value === stack.value("SELECT id FROM product WHERE code = 'API'"))[0].replace('.product', '');
  assert.ok(!customer.form((form) => form.method === 'GET').fields.some(([name]) => name === `${option}.quantity`), 'it has no quantity');
  assert.match(plain(customer.html), /€0\.15 per unit used/);
  await preview({ [`${option}.take`]: true });
  assert.equal(customer.status, 200);
  assert.match(plain(customer.html), /Nothing is charged and nothing given back/);
  const confirm = customer.fill(customer.form((form) => form.method === 'POST' && /\/change$/.test(form.action)));
  const id = stack.value("SELECT id FROM product WHERE code = 'API'");
  const other = stack.value("SELECT id FROM product WHERE kind = 'service' AND code <> 'API' ORDER BY id LIMIT 1");
  await customer.send('POST', confirm.url, confirm.body.replace(`${option}.product=${id}`, `${option}.product=${other}`));
  assert.equal(customer.status, 403, 'a product that the quote did not offer');
  assert.ok(!lines().some(([what]) => what === 'API calls'));
  await customer.send('POST', confirm.url, confirm.body);
  assert.equal(customer.status, 303, plain(customer.html));
  assert.deepEqual(lines().at(-1), ['API calls', 'usage', '10000']);

  await customer.get(`${at}/change`);
  assert.ok(!customer.form((form) => form.method === 'GET').fields.some(([name, value]) => /^option\.\d+\.product$/.test(name) && value === id), 'it is taken');
  const line = customer.form((form) => form.method === 'GET').fields.filter(([name]) => /^line\.\d+\.slot$/.test(name)).at(-1)[0].replace('.slot', '');
  const shown = [...customer.html.matchAll(/<input([^>]*)>/g)].map(([, text]) => text).find((text) => text.includes(`name="${line}.quantity"`));
  assert.match(shown, /type="hidden"/, 'nobody types how much is used');
  await preview({ [`${line}.remove`]: true });
  assert.equal(customer.status, 200, JSON.stringify(errors(customer)));
  await customer.submit((form) => form.method === 'POST' && /\/change$/.test(form.action));
  assert.match(customer.url, /did=changed/);
  assert.equal(stack.value("SELECT state FROM amendment ORDER BY id DESC LIMIT 1"), 'planned');
  await customer.submit(/\/undo$/);
  assert.match(customer.url, /did=undone/);
});

test('quantities and options that cannot be are refused beside their fields', { timeout: 60000 }, async () => {
  const { customer, at } = await running();
  for (const [changes, field] of [[{ 'line.0.quantity': '0' }, 'line-0-quantity'], [{ 'line.0.quantity': '-3' }, 'line-0-quantity'], [{ 'line.0.quantity': '1000000000000' }, 'line-0-quantity'],
    [{ 'line.0.quantity': '2.12345' }, 'line-0-quantity'], [{ 'option.0.take': true, 'option.0.quantity': '0' }, 'option-0-quantity'],
    [{ 'option.0.take': true, 'option.0.quantity': '-1' }, 'option-0-quantity'], [{ 'option.0.take': true, 'option.0.quantity': '' }, 'option-0-quantity']]) {
    await customer.get(`${at}/change`);
    await customer.submit((form) => form.method === 'GET' && form.buttons.some((b) => b.value === 'preview'), changes, { button: 'preview' });
    assert.equal(customer.status, 422, JSON.stringify(changes));
    assert.ok(errors(customer)[field], JSON.stringify([changes, errors(customer)]));
  }
  assert.equal(stack.value("SELECT COUNT(*) FROM amendment WHERE state = 'planned'"), '0');
});

test('a template\'s sales journal: what it sells is booked there, its renewals and credit notes too, and the tax office\'s file says so', { timeout: 90000 }, async () => {
  const add = async (code, name) => { await seller.get(`${stack.site}/admin/accounts/journals`); await seller.submit(/\/journals$/, { code, name }); };
  for (const [code, name, field] of [['', 'Exports', 'code'], ['ve', 'Exports', 'code'], ['V', 'Exports', 'code'], ['1V', 'Exports', 'code'], ['AN', 'Exports', 'code'],
    ['VE', '', 'name'], ['VT', 'Exports', 'code'], ['OD', 'Exports', 'code']]) {
    await add(code, name);
    assert.equal(seller.status, 422, code);
    assert.ok(errors(seller)[field], JSON.stringify([code, errors(seller)]));
  }
  await add('VE', 'Sales abroad');
  assert.equal(seller.status, 200);
  assert.match(plain(seller.html), /VE Sales abroad/);
  assert.throws(() => stack.sql("UPDATE journal_code SET name = 'x' WHERE code = 'VE'"), /never changed/);
  await edit({ journal: 'VE' });
  assert.equal(seller.status, 200, JSON.stringify(errors(seller)));
  const { number } = await running();
  const journals = () => stack.sql(`SELECT DISTINCT e.journal FROM journal_entry e JOIN invoice i ON i.id = e.source_id AND e.source_kind = 'invoice'
    JOIN subscription s ON s.id = i.subscription_id WHERE s.number = '${number}'`).flat();
  assert.deepEqual(journals(), ['VE']);
  const [[invoice, due]] = stack.sql(`SELECT i.number, s.due_on FROM invoice i JOIN subscription s ON s.id = i.subscription_id WHERE s.number = '${number}'`);
  await seller.get(`${stack.site}/admin/invoices/${invoice}/credit`);
  await seller.submit(/\/credit$/, { scope: 'rest', reason: 'A gesture' }, { button: 'preview' });
  await seller.submit(/\/credit$/, {}, { button: 'issue' });
  assert.equal(stack.value(`SELECT COUNT(*) FROM invoice i JOIN subscription s ON s.id = i.subscription_id WHERE s.number = '${number}' AND i.kind = 'credit_note'`), '1', plain(seller.html));
  assert.equal((await stack.batch('clock', '--to', due)).code, 0);
  await stack.settle();
  assert.ok(Number(stack.value(`SELECT COUNT(*) FROM invoice i JOIN subscription s ON s.id = i.subscription_id WHERE s.number = '${number}'`)) >= 2);
  assert.deepEqual(journals(), ['VE']);
  await seller.get(`${stack.site}/admin/journal?journal=VE`);
  assert.match(plain(seller.html), new RegExp(invoice));
  assert.match(plain(seller.html), /VE, Sales abroad/);
  const year = invoice.split('-')[1];
  const fec = await stack.batch('fec', '--year', year);
  assert.match(fec.out, /^VE\tSales abroad\t/m);
  assert.match(fec.out, /^VT\t/m);
  const done = await stack.batch('verify');
  assert.equal(done.code, 0, done.out);
});
