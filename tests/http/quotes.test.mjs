// Templates of quotes in versions, with every field of theirs through to the document and the contract; variables;
// margins that no customer sees.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, seller;
before(async () => {
  stack = await startStack({ batch: false, language: 'en', workers: 2 });
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
});
after(() => stack?.stop());

const text = (page = seller) => page.html.replace(/<[^>]*>/g, ' ').replace(/&amp;/g, '&').replace(/&#?[a-z0-9]+;/g, ' ').replace(/\s+/g, ' ');
const errors = (page = seller) => [...page.html.matchAll(/id="f-([a-z0-9_-]+)-err"/g)].map(([, id]) => id);
const typed = (name) => seller.form(/templates\/(new|\d+)$|\/edit$/).fields.find(([field]) => field === name)?.[1];
const money = (digits) => new RegExp(digits.replace('.', '[.,]'));

async function pdf(page, url) {
  const cookie = (() => { page.url = url; return page.cookieHeader(); })();
  const answer = await fetch(url, { headers: { cookie } });
  assert.equal(answer.headers.get('content-type'), 'application/pdf', url);
  return execFileSync('pdftotext', ['-layout', '-', '-'], { input: Buffer.from(await answer.arrayBuffer()), encoding: 'utf8' }).replace(/\s+/g, ' ');
}

const fields = { name: 'Complete', validity: '12', acceptance: 'signature', duration: 'fixed', term: '6', term_unit: 'period', term_renews: true, commitment: '3', notice: '20',
  note: 'Dear {contact}, this is for {customer} until {valid_until}.', header: 'Offer {number} of {company}', footer: 'Yours, {seller}', terms: 'Clause for {customer}: {{7*7}}',
  confirmation: 'We call you, {contact}.' };

let template;
test('a template with every field is one form of lines, terms and texts', async () => {
  const product = stack.value("SELECT id FROM product WHERE code = 'ATELIER'");
  await seller.get(`${stack.site}/admin/templates/new`);
  let first = { ...fields, plan: stack.value("SELECT id FROM plan WHERE name = 'Mensuel'") };
  for (const button of ['add-section', 'add-recurring', 'add-once', 'add-note', 'add-option']) {
    await seller.submit(/templates\/new$/, first, { button });
    assert.equal(seller.status, 200, text());
    first = {};
  }
  await seller.submit(/templates\/new$/, { 'line.1.editable': true }, { button: 'up-1' });
  assert.match(text(), /Not saved yet/);
  assert.equal(stack.value("SELECT COUNT(*) FROM quote_template WHERE name = 'Complete'"), '0');
  await seller.submit(/templates\/new$/, { 'line.0.description': 'For {customer}', 'line.1.product': product, 'line.1.quantity': '4', 'line.1.off': '5.50', 'line.1.periods': '2',
    'line.1.min': '1', 'line.1.max': '9', 'line.2.description': 'Set up of {plan}', 'line.2.price': '80', 'line.2.tax': 'reduced',
    'line.3.description': 'Delivered to {customer}', 'line.4.product': stack.value("SELECT id FROM product WHERE code = 'SUPPORT'") }, { button: 'save' });
  assert.equal(seller.status, 200, text());
  template = stack.value("SELECT id FROM quote_template WHERE name = 'Complete'");
  await seller.get(`${stack.site}/admin/templates/${template}`);
  for (const [name, value] of Object.entries(fields)) if (value !== true) assert.equal(typed(name), value, name);
  assert.equal(typed('line.1.off'), '5.50');
  assert.equal(typed('line.1.unit'), 'utilisateur'); // the product's
  assert.equal(typed('line.2.tax'), 'reduced');
  assert.equal(stack.value(`SELECT version FROM quote_template WHERE id = ${template}`), '1');
  const versions = Number(stack.value(`SELECT version FROM quote_template WHERE id = ${template}`));
  await seller.submit(/templates\/\d+$/, {}, { button: 'save' }); // nothing differs
  assert.equal(Number(stack.value(`SELECT version FROM quote_template WHERE id = ${template}`)), versions);
});

test('an unknown variable is refused beside its text, with its place; everything typed stays', async () => {
  const rows = stack.value('SELECT COUNT(*) FROM quote_template_version');
  await seller.get(`${stack.site}/admin/templates/${template}`);
  await seller.submit(/templates\/\d+$/, { note: 'Hello,\nà  {custmer} !', footer: 'a {b}', notice: '400', 'line.0.description': '{x}' }, { button: 'save' });
  assert.equal(seller.status, 422);
  assert.deepEqual(errors().sort(), ['footer', 'line-0-description', 'note', 'notice']);
  assert.match(text(), /Line 2, character 4: there is no variable \{custmer\}/);
  assert.match(text(), /Line 1, character 3: there is no variable \{b\}/);
  assert.equal(typed('note'), 'Hello,\nà  {custmer} !');
  assert.equal(stack.value('SELECT COUNT(*) FROM quote_template_version'), rows);
  await seller.get(`${stack.site}/admin/templates/${template}`);
  await seller.submit(/templates\/\d+$/, { duration: 'fixed', term: '' }, { button: 'save' });
  assert.deepEqual(errors(), ['term']);
  await seller.get(`${stack.site}/admin/templates/${template}`);
  await seller.submit(/templates\/\d+$/, { term: '2', commitment: '9', term_renews: false }, { button: 'save' });
  assert.deepEqual(errors(), ['commitment']);
});

let quote;
test('a quote is one form with one field to fill in, and takes everything', async () => {
  await seller.get(`${stack.site}/admin/quotes/new`);
  const form = seller.form(/quotes\/new$/);
  assert.ok(form.fields.filter(([name]) => !['csrf', 'once'].includes(name)).length <= 3);
  await seller.submit(/quotes\/new$/, { customer: stack.value('SELECT number FROM customer ORDER BY id LIMIT 1'), template });
  quote = stack.value('SELECT number FROM quote ORDER BY id DESC LIMIT 1');
  const [customer, contact] = stack.sql(`SELECT v.name, v.contact_name FROM quote q JOIN customer c ON c.id = q.customer_id JOIN customer_version v ON v.id = c.current_version_id WHERE q.number = '${quote}'`)[0];
  assert.equal(typed('line.0.description'), `For ${customer}`); // lines are filled at once
  assert.equal(typed('note'), fields.note); // texts when they are read
  assert.equal(typed('notice'), '20');
  await seller.get(`${stack.site}/admin/quotes/${quote}/preview`);
  assert.match(text(), new RegExp(`Dear ${contact}, this is for ${customer} until`));
  assert.match(text(), new RegExp(`Clause for ${customer}: {{7*7}}`.replace(/[{}*]/g, '\\$&')));
  const paper = await pdf(seller, `${stack.site}/admin/quotes/${quote}/preview.pdf`);
  for (const words of [`Offer ${quote} of`, `Clause for ${customer}`, 'Yours, ', `Delivered to ${customer}`]) assert.ok(paper.includes(words), words);
  assert.doesNotMatch(paper, /\{(customer|contact|seller|number)\}/);
  await seller.get(`${stack.site}/admin/quotes/${quote}/send`);
  await seller.submit(/\/send$/, {});
  assert.deepEqual(stack.sql(`SELECT t.term_unit, t.term_count, t.term_renews, t.commitment_months, t.notice_days FROM quote_version_terms t JOIN quote q ON q.current_version_id = t.version_id
    WHERE q.number = '${quote}'`), [['period', '6', '1', '3', '20']]);
});

test('an edit makes a new version, the quote keeps its own, and the history says what changed', async () => {
  const before = stack.sql(`SELECT v.* FROM quote q JOIN quote_version v ON v.id = q.current_version_id WHERE q.number = '${quote}'`);
  const version = Number(stack.value(`SELECT version FROM quote_template WHERE id = ${template}`));
  await seller.get(`${stack.site}/admin/templates/${template}`);
  await seller.submit(/templates\/\d+$/, { validity: '45', note: 'Short.', 'line.1.quantity': '7' }, { button: 'save' });
  assert.equal(Number(stack.value(`SELECT version FROM quote_template WHERE id = ${template}`)), version + 1);
  assert.deepEqual(stack.sql(`SELECT v.* FROM quote q JOIN quote_version v ON v.id = q.current_version_id WHERE q.number = '${quote}'`), before);
  await seller.get(`${stack.site}/admin/quotes/${quote}`);
  assert.match(text(), new RegExp(`Complete, version ${version}`));
  assert.match(text(), /4 utilisateurs/);
  await seller.get(`${stack.site}/admin/templates/${template}/history`);
  const newest = text().split(`Version ${version} `)[0];
  assert.match(newest, /Valid for\s+12 days\s+45 days/);
  assert.match(newest, /Note to the customer .*Short\./);
  assert.match(newest, /Line removed .* 4,/);
  assert.match(newest, /Line added .* 7/);
  assert.doesNotMatch(newest, /Particular terms/);
  for (const statement of [`UPDATE quote_template_version SET note = 'x' WHERE template_id = ${template}`, `DELETE FROM quote_template_line LIMIT 1`])
    assert.throws(() => stack.sql(statement), /never/);
  await seller.get(`${stack.site}/admin/templates/999999/history`);
  assert.equal(seller.status, 404);
});

test('a template is offered to whom it is shared with', async () => {
  stack.sql("INSERT INTO seller_user (email, name, password, language, state, created_at) SELECT 'other@atelier-nord.example', 'Another seller', password, language, 'active', NOW(6) FROM seller_user LIMIT 1");
  await seller.get(`${stack.site}/admin/templates/${template}`);
  const other = seller.form(/templates\/\d+$/).fields.filter(([name]) => /^seller\.\d+\.id$/.test(name)).findIndex(([, id]) => id === stack.value("SELECT id FROM seller_user WHERE name = 'Another seller'"));
  const version = stack.value(`SELECT version FROM quote_template WHERE id = ${template}`);
  await seller.submit(/templates\/\d+$/, { [`seller.${other}.on`]: true }, { button: 'save' });
  assert.match(text(), /Another seller/);
  assert.equal(stack.value(`SELECT version FROM quote_template WHERE id = ${template}`), version); // it says the same
  await seller.get(`${stack.site}/admin/quotes/new`);
  assert.doesNotMatch(text(), /Complete/);
  const form = seller.form(/quotes\/new$/);
  const { url, body } = seller.fill(form, { customer: stack.value('SELECT number FROM customer LIMIT 1') });
  const forged = new URLSearchParams(body);
  forged.set('template', template);
  await seller.send('POST', url, forged.toString());
  assert.equal(seller.status, 422);
  assert.deepEqual(errors(), ['template']);
  await seller.get(`${stack.site}/admin/templates/${template}`);
  await seller.submit(/templates\/\d+$/, { [`seller.${other}.on`]: false }, { button: 'save' });
});

test('a template is offered to a team: to whoever belongs to it then', async () => {
  const me = stack.value("SELECT id FROM seller_user WHERE name <> 'Another seller'");
  const tick = (group, id) => `${group}.${seller.form(/\/(teams|templates)\/(\d+|new)$/).fields.filter(([name]) => new RegExp(`^${group}\\.\\d+\\.id$`).test(name)).findIndex(([, v]) => v === id)}.on`;
  await seller.get(`${stack.site}/admin/teams`);
  assert.equal(seller.status, 200);
  const other = stack.value("SELECT id FROM seller_user WHERE name = 'Another seller'");
  await seller.get(`${stack.site}/admin/teams/new`);
  await seller.submit(/teams\/new$/, { name: ' ', [tick('seller', other)]: true });
  assert.equal(seller.status, 422);
  assert.deepEqual(errors(), ['name']);
  assert.equal(seller.form(/teams\/new$/).fields.filter(([name, v]) => /\.on$/.test(name) && v).length, 1, 'what was ticked stays');
  await seller.submit(/teams\/new$/, { name: 'Nord' });
  assert.match(text(), /Nord Another seller/);
  await seller.get(`${stack.site}/admin/teams/new`);
  await seller.submit(/teams\/new$/, { name: 'Nord' });
  assert.equal(seller.status, 422);
  assert.deepEqual(errors(), ['name']);
  const team = stack.value("SELECT id FROM seller_team WHERE name = 'Nord'");
  const version = stack.value(`SELECT version FROM quote_template WHERE id = ${template}`);
  await seller.get(`${stack.site}/admin/templates/${template}`);
  await seller.submit(/templates\/\d+$/, { [tick('team', team)]: true }, { button: 'save' });
  assert.match(text(), /Complete .* Nord/);
  assert.equal(stack.value(`SELECT version FROM quote_template WHERE id = ${template}`), version, 'it says the same');
  await seller.get(`${stack.site}/admin/quotes/new`);
  assert.doesNotMatch(text(), /Complete/);
  const { url, body } = seller.fill(seller.form(/quotes\/new$/), { customer: stack.value('SELECT number FROM customer LIMIT 1') });
  const forged = new URLSearchParams(body);
  forged.set('template', template);
  await seller.send('POST', url, forged.toString());
  assert.equal(seller.status, 422);
  await seller.get(`${stack.site}/admin/teams/${team}`);
  await seller.submit(/teams\/\d+$/, { [tick('seller', me)]: true });
  await seller.get(`${stack.site}/admin/quotes/new`);
  assert.match(text(), /Complete/);
  await seller.get(`${stack.site}/admin/templates/${template}`);
  await seller.submit(/templates\/\d+$/, { [tick('team', team)]: false }, { button: 'save' });
});

test('margins are the seller\'s alone, and stay what they were when the quote was sent', async () => {
  const product = stack.value("SELECT id FROM product WHERE code = 'ATELIER'");
  const cost = async (value) => {
    await seller.get(`${stack.site}/admin/products/${product}`);
    const index = seller.form(/products\/\d+$/).fields.filter(([name]) => /^price\.\d+\.plan$/.test(name)).findIndex(([, id]) => id === stack.value("SELECT id FROM plan WHERE name = 'Mensuel'"));
    await seller.submit(/products\/\d+$/, { [`price.${index}.cost`]: value });
    assert.equal(seller.status, 200, text());
  };
  await cost('13.37');
  await seller.get(`${stack.site}/admin/quotes/new`);
  await seller.submit(/quotes\/new$/, { customer: stack.value('SELECT number FROM customer ORDER BY id LIMIT 1'), template });
  const number = stack.value('SELECT number FROM quote ORDER BY id DESC LIMIT 1');
  // 7 at 29.00 less 5.50 off, at a cost of 13.37 each: 197.50 - 93.59
  assert.match(text(), money('Costs €93.59, margin €103.91 \\(52.6 ?%\\)'));
  assert.match(text(), /Monthly recurring revenue/);
  assert.match(text(), money('Margin Customers never see it. per month €103.91'));
  assert.match(text(), /Lines without a known cost 1/); // the set-up
  await seller.get(`${stack.site}/admin/quotes/${number}/preview`);
  assert.doesNotMatch(text(), /93[.,]59|103[.,]91|[Mm]argin|recurring revenue/);
  await seller.get(`${stack.site}/admin/quotes/${number}/send`);
  await seller.submit(/\/send$/, {});
  await cost('20');
  await seller.get(`${stack.site}/admin/quotes/${number}`);
  assert.match(text(), money('Margin Customers never see it. per month €103.91'));
  await seller.get(`${stack.site}/admin/outbox/${stack.value("SELECT id FROM outbox WHERE template = 'quote_sent' ORDER BY id DESC LIMIT 1")}`);
  const secret = /13[.,]37|93[.,]59|103[.,]91|52[.,]6|[Mm]argin\b|marge/;
  assert.doesNotMatch(text(), secret);
  const customer = new Visitor(stack.site);
  await customer.get(seller.html.match(/https?:\/\/[^"<\s]+\/l\/[\w-]+/)[0]);
  const page = customer.url;
  assert.doesNotMatch(customer.html, secret);
  assert.doesNotMatch(await pdf(customer, `${page}.pdf`), secret);
  await customer.get(page);
  await customer.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  assert.doesNotMatch(customer.html, secret);
  await customer.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  assert.equal(customer.status, 200, text(customer));
  assert.doesNotMatch(customer.html, secret);
  assert.equal(stack.value(`SELECT state FROM quote WHERE number = '${number}'`), 'confirmed');
  assert.equal(stack.value('SELECT notice_days FROM subscription ORDER BY id DESC LIMIT 1'), '20');
  await seller.get(`${stack.site}/admin/outbox/${stack.value("SELECT id FROM outbox WHERE template = 'order_confirm' ORDER BY id DESC LIMIT 1")}`);
  assert.match(text(), /We call you, /);
  assert.doesNotMatch(text(), secret);
  await customer.get(`${stack.site}/my`);
  assert.doesNotMatch(customer.html, secret);
  const subscription = stack.value('SELECT number FROM subscription ORDER BY id DESC LIMIT 1');
  await customer.get(`${stack.site}/my/subscriptions/${subscription}`);
  assert.doesNotMatch(customer.html, secret);
});
