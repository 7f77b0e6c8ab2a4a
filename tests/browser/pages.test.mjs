// pages: every GET row of the route table, and the pages of errors, wrong input and empty houses, under
// axe-core (no rule off), html-validate and the browser's own report on the content policy; no page
// wider than a phone. A new route without an example here fails the test.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { HtmlValidate } from 'html-validate';
import { fits, openPage, signIn, startBrowser } from '../lib/browser.mjs';
import { saveFile, statement } from '../lib/bank.mjs';
import { end, seed } from '../lib/control.mjs';
import { openCase, startStack, until } from '../lib/stack.mjs';
import { liveStory } from '../lib/story.mjs';
import { Visitor } from '../lib/visitor.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
// Our own files come from our own host, where integrity adds nothing: the rule is asked about other hosts.
const validator = new HtmlValidate({ extends: ['html-validate:standard', 'html-validate:document'], rules: { 'require-sri': ['error', { target: 'crossorigin' }] } });
const build = process.env.BUILD ?? 'build';
let stack, empty, browser, seller, customer, stranger, seller0;
const example = {};

before(async () => {
  browser = await startBrowser();
  stack = await startStack();
  empty = await startStack({ demo: false });
  const javascript = true; // for axe-core's own timers: the pages have none, and their policy allows none
  seller = await openPage(browser, { javascript });
  customer = await openPage(browser, { javascript });
  stranger = await openPage(browser, { javascript });
  seller0 = await openPage(browser, { javascript });
  await signIn(seller, stack);
  await signIn(seller0, empty);
  await inspectOffer();
  await liveStory({ stack, customer });
  const one = (sql) => stack.value(sql);
  const day = (await stack.batch('clock')).out.trim();
  await inspectMandate();
  await stack.batch('bank-import', saveFile(stack, 'camt.xml', statement([
    { amount: '77.70', text: 'merci', day, ref: 'P1' }, { amount: '1.00', text: 'frais', day, ref: 'P2', sign: 'DBIT' }])));
  await stack.batch('reconcile'); // the transfer that nobody has matched is a difference
  await inspectProposal();
  await inspectChanges(); // before there is a line by use: its contract is ended by plan only
  stack.sql(`INSERT INTO subscription_line (subscription_id, position, product_kind, timing, description, unit, quantity_e4, unit_price_e4, tax_class, from_on)
    SELECT id, 90, 'service', 'usage', 'Traffic', 'GB', 10000, 2000, 'standard', started_on FROM subscription LIMIT 1`);
  stack.sql("INSERT INTO seller_team (name) VALUES ('Nord')");
  stack.sql(`INSERT INTO usage_record (subscription_id, slot, used_on, epoch, period_index, quantity_e4, reference, recorded_by, recorded_at)
    SELECT id, 90, '${day}', epoch, arrears_index, 125000, 'meter-1', 'test', NOW(6) FROM subscription LIMIT 1`);
  await seller.goto(`${stack.site}/admin/indexes`);
  await seller.fill('[name=name]', 'Syntec');
  await seller.fill('[name=month]', '01/01/2026');
  await seller.fill('[name=value]', '313,4');
  await seller.click('main form button.btn-primary');
  await seller.goto(`${stack.site}/admin/revisions/new`);
  await seller.fill('[name=change]', '3,5');
  await seller.fill('[name=reason]', 'Révision annuelle');
  await seller.click('main form button.btn-primary');
  offered.push(...await inspect(seller, 'what a revision changes'));
  await seller.click('main form button[value=announce]');
  await seller.waitForURL(/\/admin\/revisions\/\d+/);
  Object.assign(example, {
    quote: one("SELECT number FROM quote WHERE state = 'confirmed' LIMIT 1"), draft: one("SELECT number FROM quote WHERE state = 'draft' LIMIT 1"),
    sent: one("SELECT number FROM quote WHERE state = 'sent' LIMIT 1"), customer: one('SELECT number FROM customer LIMIT 1'),
    product: one('SELECT id FROM product LIMIT 1'), plan: one('SELECT id FROM plan LIMIT 1'), template: one('SELECT id FROM quote_template LIMIT 1'),
    mail: one("SELECT id FROM outbox WHERE template = 'quote_sent' LIMIT 1"), subscription: one('SELECT number FROM subscription LIMIT 1'),
    coupon: one('SELECT id FROM coupon LIMIT 1'), revision: one('SELECT id FROM price_revision LIMIT 1'), unit: one('SELECT id FROM unit LIMIT 1'), team: one('SELECT id FROM seller_team LIMIT 1'), list: one('SELECT pricelist_id FROM pricelist_price LIMIT 1'), price: one('SELECT id FROM pricelist_price LIMIT 1'),
    begin: one('SELECT MAX(from_on) FROM financial_year'), invoice: one('SELECT number FROM invoice LIMIT 1'), entry: one('SELECT MIN(id) FROM journal_entry'), mandate: one('SELECT reference FROM mandate LIMIT 1'), difference: one('SELECT MIN(id) FROM money_difference'), receipt: one("SELECT id FROM bank_entry WHERE state = 'open' LIMIT 1"),
    account: '411', country: 'PT', kind: 'subscriptions', import: await checkedFile(), rule: '1', usage: one('SELECT id FROM usage_record LIMIT 1') });
  stack.sql(`INSERT INTO collection_file (message_id, version, collection_count, sum_minor, first_on, sha256, bytes, made_at, actor)
    VALUES ('SDD-2025-00001', 'pain.008.001.08', 3, 12000, '${day}', REPEAT('x', 32), '<Document/>', UTC_TIMESTAMP(6), 'seller:1')`);
  example.file = one('SELECT id FROM collection_file');
  await seller.goto(`${stack.site}/admin/collections/${example.file}/sent`);
  await seller.locator('main form button.btn-primary').click();
  offered.push(...await inspect(seller, 'a file about which nothing is said'));
  openCase(stack);
  await inspectRefunds();
  await inspectDebits(day);
}, { timeout: 300000 });

// A payment that goes back in part, a credit that waits for its transfer, and what the forms answer to nothing.
async function inspectRefunds() {
  const at = async (what) => { offered.push(...await inspect(seller, what)); };
  const press = () => seller.locator('main form button.btn-primary').last().click();
  example.payment = stack.value('SELECT MIN(attempt_id) FROM payment');
  stack.sql(`INSERT INTO payable (quote_version_id, customer_id, amount_minor, currency, created_at)
      SELECT current_version_id, customer_id, 12000, 'EUR', UTC_TIMESTAMP(6) FROM quote WHERE state = 'draft' LIMIT 1;
    INSERT INTO attempt (payable_id, number, attempt_key, kind, state, amount_minor, currency, request_path, request_body, created_at, tried_on)
      SELECT LAST_INSERT_ID(), 1, 'demo-silent', 'off_session', 'unknown', 12000, 'EUR', '/v1/payment_intents', '', UTC_TIMESTAMP(6) - INTERVAL 4 DAY, CURRENT_DATE`);
  example.silent = stack.value("SELECT id FROM attempt WHERE attempt_key = 'demo-silent'");
  await seller.goto(`${stack.site}/admin/payments/${example.silent}`);
  await at('a payment about which the gateway is silent');
  await seller.goto(`${stack.site}/admin/payments/${example.silent}/decide`);
  await press();
  await at('a payment about which nothing is said');
  const invoice = stack.value(`SELECT i.number FROM payment p JOIN allocation x ON x.payment_id = p.id JOIN invoice i ON i.id = x.invoice_id WHERE p.attempt_id = ${example.payment}`);
  await seller.goto(`${stack.site}/admin/payments/${example.payment}/refund`);
  await seller.fill('[name=amount]', '');
  await press();
  await at('a refund without anything');
  await seller.fill('[name=amount]', '5');
  await seller.fill('[name=reason]', 'Geste commercial');
  await seller.check('[name=then][value=open]');
  await press();
  await seller.waitForURL(/\/admin\/refunds\/\d+/);
  await at('a refund to the card');
  await seller.goto(`${stack.site}/admin/invoices/${invoice}/credit`);
  await seller.check('[name=scope][value=lines]');
  await seller.fill('[name="line.0.amount"]', '20');
  await seller.fill('[name=reason]', 'Non livré');
  await press();
  await seller.locator('main form button[value=issue]').click();
  example.note = stack.value("SELECT number FROM invoice WHERE kind = 'credit_note' ORDER BY id DESC LIMIT 1");
  await seller.goto(`${stack.site}/admin/invoices/${example.note}/refund`);
  await seller.check('[name=how][value=transfer]');
  await press();
  await at('a transfer to nowhere');
  await seller.fill('[name=amount]', '3');
  await seller.fill('[name=iban]', 'FR76 3000 6000 0112 3456 7890 189');
  await press();
  await seller.waitForURL(/\/admin\/refunds\/\d+/);
  await at('a transfer that waits');
  example.refund = stack.value('SELECT MAX(id) FROM refund');
  // The rest of it is disputed, and lost.
  const act = (fields) => fetch(`${stack.sandbox}/sandbox/disputes`, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) });
  await act({ intent: stack.value(`SELECT intent_ref FROM attempt WHERE id = ${example.payment}`) });
  await until('the dispute', () => stack.value('SELECT COUNT(*) FROM dispute') === '1');
  example.dispute = stack.value('SELECT id FROM dispute');
  await seller.goto(`${stack.site}/admin/disputes/${example.dispute}`);
  await at('a dispute that the bank decides');
  await act({ dispute: stack.value('SELECT dispute_ref FROM dispute'), status: 'lost' });
  await until('the decision', () => stack.value('SELECT state FROM dispute') === 'lost');
  await seller.goto(`${stack.site}/admin/disputes/${example.dispute}`);
  await press();
  await at('a lost dispute without a choice');
}

// Debits that wait for a person: one whose announcement was refused, and money that came otherwise than asked, for one debit
// and for several; and what the forms answer to nothing.
async function inspectDebits(day) {
  const at = async (what) => { offered.push(...await inspect(seller, what)); };
  const press = () => seller.locator('main form button.btn-primary').last().click();
  const debits = await announcedDebits(3, day);
  const mail = stack.value("SELECT MAX(id) FROM outbox WHERE template = 'sepa_prenotice'");
  stack.sql(`UPDATE outbox SET state = 'dead', next_try_at = NULL, tries = 1, error = '550 nobody here' WHERE id = ${mail};
    INSERT INTO operator_item (kind, subject_kind, subject_id, currency, detail, opened_on, opened_at)
      VALUES ('notice_dead', 'outbox', ${mail}, '', '550 nobody here', '${day}', UTC_TIMESTAMP(6))`);
  await seller.goto(`${stack.site}/admin/outbox/${mail}`);
  await at('an announcement that was refused');
  await press();
  await at('an announcement that was refused, without an answer');
  await seller.check('[name=how][value=again]');
  await seller.fill('[name=email]', '');
  await press();
  await at('an announcement to nowhere');
  await seller.goto(`${stack.site}/admin/collections`);
  await press();
  const [key, asked] = debits[0];
  const batch = stack.value(`SELECT c.batch_id FROM collection c JOIN attempt a ON a.id = c.attempt_id WHERE a.attempt_key = '${key}'`);
  assert.ok(batch, 'the file is made');
  const sum = debits.reduce((total, [, minor]) => total + Number(minor), 0);
  const euro = (minor) => (minor / 100).toFixed(2);
  await stack.batch('bank-import', saveFile(stack, 'doubt.xml', statement([
    { amount: euro(sum - 180), day, ref: 'B1', batch, count: debits.length }, { amount: euro(Number(asked) - 500), text: 'prelevement', day, ref: 'D1', id: key }], { id: 'doubt' })));
  const doubts = stack.sql("SELECT id, attempt_id IS NULL FROM bank_entry WHERE doubt = 'other_amount' ORDER BY attempt_id IS NULL");
  assert.deepEqual(doubts.map(([, several]) => several), ['0', '1']);
  await seller.goto(`${stack.site}/admin/bank/${doubts[0][0]}`);
  await at('money of one debit that is not what was asked');
  await press();
  await at('money of one debit, booked nowhere');
  await seller.goto(`${stack.site}/admin/bank/${doubts[1][0]}`);
  assert.equal(await seller.locator('main tbody form').count(), debits.length, 'each debit can be said to be refused');
  await at('money of several debits that is not what was asked');
}

// Customers of their own with mandates, whose invoices of today are announced: [end-to-end id, amount]. The batch's loop ends
// here: it would bill them before they have signed, and nothing that follows needs it.
async function announcedDebits(count, day) {
  const [payer, office] = [new Visitor(stack.site), new Visitor(stack.site)];
  await office.get(`${stack.site}/admin/login`);
  await office.submit(/login/, { email: stack.email, password: stack.password });
  await end(stack, 'batch');
  seed(stack, { subscriptions: count, quotes: 0, due: day });
  for (const [number, owner, id] of stack.sql("SELECT number, customer_id, id FROM subscription WHERE number LIKE 'SB-%' ORDER BY id")) {
    const token = String(id).padStart(43, 'M');
    stack.sql(`INSERT INTO link (kind, object_id, token_hash, created_at, expires_at) VALUES ('manage', ${owner}, UNHEX(SHA2('${token}', 256)),
      UTC_TIMESTAMP(6) - INTERVAL 1 DAY, UTC_TIMESTAMP(6) + INTERVAL 1 DAY)`);
    await payer.get(`${stack.site}/l/${token}`);
    await payer.get(`${stack.site}/my/subscriptions/${number}/mandate`);
    await payer.submit(/mandate$/, { iban: 'DE89370400440532013000', name: 'Ada Morel', consent: '1' });
    await office.get(`${stack.site}/admin/outbox/${stack.value("SELECT MAX(id) FROM outbox WHERE template = 'mandate_code'")}`);
    await payer.submit(/mandate\/M-/, { code: /\b(\d{6}) (?:is the|est le) code/.exec(office.html)[1] });
  }
  for (const piece of ['renew', 'collect']) assert.equal((await stack.batch(piece)).code, 0, piece);
  const rows = stack.sql(`SELECT a.attempt_key, a.amount_minor FROM collection c JOIN attempt a ON a.id = c.attempt_id JOIN invoice i ON i.id = c.invoice_id
    JOIN subscription s ON s.id = i.subscription_id WHERE s.number LIKE 'SB-%' ORDER BY a.id`);
  assert.equal(rows.length, count);
  return rows;
}

// The quote while it can still be signed, and what its forms answer to nothing.
const offered = [];
async function inspectOffer() {
  const at = async (what) => { offered.push(...await inspect(customer, what)); };
  await customer.goto(stack.link);
  const quote = customer.url();
  await at('an open quote');
  await customer.goto(`${quote}/decline`);
  await at('declining');
  await customer.goto(`${quote}/sign`);
  await at('signing');
  await customer.locator('main form button[type=submit]').last().click();
  await at('signed without name and consent');
  await customer.goto(quote);
  await customer.locator('form[action$="/ask"] button').click();
  await at('an empty question');
}

// The mandate of the customer's subscription, and what its forms answer to nothing and to a wrong code.
async function inspectMandate() {
  const at = async (what) => { offered.push(...await inspect(customer, what)); };
  stack.sql("UPDATE debit_terms SET creditor_id = 'FR72ZZZ123456'");
  stack.sql("UPDATE customer c JOIN customer_version v ON v.id = c.current_version_id SET c.debit_scheme = 'b2b' WHERE v.is_company = 1");
  await customer.goto(`${stack.site}/my/subscriptions/${stack.value('SELECT number FROM subscription LIMIT 1')}/mandate`);
  await customer.locator('main form button[type=submit]').click();
  await at('a mandate without anything');
  for (const [name, value] of [['iban', 'DE89 3704 0044 0532 0130 00'], ['name', 'Camille Lefèvre']]) await customer.fill(`[name=${name}]`, value);
  await customer.check('[name=consent]');
  await customer.locator('main form button[type=submit]').click();
  await customer.fill('[name=code]', 'x');
  await customer.locator('main form button[type=submit]').click();
  await at('a wrong code');
  await seller.goto(`${stack.site}/admin/outbox/${stack.value("SELECT MAX(id) FROM outbox WHERE template = 'mandate_code'")}`);
  await customer.fill('[name=code]', /\b(\d{6})\b/.exec(await seller.locator('main').innerText())[1]);
  await customer.locator('main form button[type=submit]').click();
  await stack.batch('render');
  await customer.goto(`${stack.site}/my/subscriptions/${stack.value('SELECT number FROM subscription LIMIT 1')}/mandate/${stack.value('SELECT reference FROM mandate LIMIT 1')}/account`);
  await customer.locator('main form button[type=submit]').click();
  await at('another account without anything');
  for (const [name, value] of [['iban', 'NL91 ABNA 0417 1643 00'], ['name', 'Camille Lefèvre']]) await customer.fill(`[name=${name}]`, value);
  await customer.check('[name=consent]');
  await customer.locator('main form button[type=submit]').click();
  await at('the code of another account');
}

// A file that was checked and waits: contracts of a customer who is there, one due already.
async function checkedFile() {
  const [customer_, plan] = [stack.value('SELECT number FROM customer LIMIT 1'), stack.value("SELECT name FROM plan WHERE unit = 'month' LIMIT 1")];
  await seller.goto(`${stack.site}/admin/import/subscriptions`);
  await seller.locator('input[type=file]').setInputFiles({ name: 'x.csv', mimeType: 'text/csv', buffer: Buffer.from(
    `reference,customer,plan,start,next_period,description,quantity,price\nV-1,${customer_},${plan},2024-01-31,2026-10-31,Desk,2,29.00\nV-2,${customer_},${plan},2024-01-01,2027-01-01,Locker,1,9.90\n`) });
  await seller.locator('main form button[type=submit]').click();
  await seller.waitForURL(/\/admin\/import\/subscriptions\/\d+$/);
  return seller.url().split('/').at(-1);
}

// A change that is proposed as a quote: the draft, the seller's page, the customer's, signing; then withdrawn.
async function inspectProposal() {
  const number = stack.value('SELECT number FROM subscription LIMIT 1');
  const at = async (page, what) => { changed.push(...await inspect(page, what)); };
  await seller.goto(`${stack.site}/admin/subscriptions/${number}/amend/lines?do=preview&line.0.slot=1&line.0.quantity=7&credit=1&on=&reason=&when=once`);
  await seller.locator('main button[value=propose]').click();
  await seller.waitForURL(/\/admin\/quotes\/[^/]+\/edit$/);
  await at(seller, 'the draft of a change');
  const quote = stack.value("SELECT number FROM quote WHERE kind = 'upsell'");
  await seller.goto(`${stack.site}/admin/quotes/${quote}/send`);
  await seller.locator('main form button.btn-primary').click();
  await seller.waitForURL(/did=sent/);
  await at(seller, 'the quote of a change');
  await seller.goto(`${stack.site}/admin/subscriptions/${number}`);
  await at(seller, 'a subscription with a quote that would change it');
  await seller.goto(`${stack.site}/admin/outbox/${stack.value("SELECT MAX(id) FROM outbox WHERE template = 'quote_sent'")}`);
  await customer.goto(/https?:\/\/[^"<\s]+\/l\/[\w-]+/.exec(await seller.content())[0]);
  await at(customer, 'a change that is proposed');
  await customer.goto(`${stack.site}/q/${quote}/sign`);
  await at(customer, 'the signature of a change');
  await seller.goto(`${stack.site}/admin/quotes/${quote}/withdraw`);
  await seller.locator('main form button.btn-danger').click();
}

// Changes of the subscription, before a revision of its prices is announced.
const changed = [];
async function inspectChanges() {
  const path = `/admin/subscriptions/${stack.value('SELECT number FROM subscription LIMIT 1')}/amend`;
  const at = async (query, status, what) => {
    const answer = await seller.goto(`${stack.site}${path}${query}`);
    if (answer.status() !== status) changed.push(`${what}: ${answer.status()}, not ${status}`);
    if (status === 422 && await seller.locator('[role=alert]').count() === 0) changed.push(`${what}: nothing says what is wrong`);
    changed.push(...await inspect(seller, what));
  };
  const lines = (quantity, rest = 'when=once') => `/lines?do=preview&line.0.slot=1&line.0.quantity=${quantity}&credit=1&on=&reason=&${rest}`;
  await at(lines('7'), 200, 'more now');
  await at(lines('1', 'when=period_end'), 200, 'less at the period end');
  for (const wrong of ['0', '-1', '1000000000000', 'x']) await at(lines(wrong), 422, `quantity ${wrong}`);
  await at(lines('7', 'when=date').replace('on=', 'on=31/02/2027'), 422, 'a day that does not exist');
  await at(lines('7', 'when=date').replace('on=', 'on=01/01/2020'), 422, 'a day before the last period');
  const discount = (rest, when = 'when=period_end&on=') => `/discount?do=preview&percent=&amount=&periods=&coupon=&reason=&${when}`.replace(/(percent|amount|periods|coupon)=(?=&)/g, (m, name) => rest[name] ? `${name}=${rest[name]}` : m);
  await at(discount({ percent: '10', periods: '2' }), 200, 'a discount for two periods');
  for (const wrong of [{}, { percent: '0' }, { percent: '101' }, { amount: '1.005' }, { percent: '10', periods: '0' }, { coupon: 'NOPE-1' }]) await at(discount(wrong), 422, `a discount of ${JSON.stringify(wrong)}`);
  await at(discount({ percent: '10' }, 'when=date&on='), 422, 'a discount from no day');
  await at('/close?do=preview&credit=1&reason=', 200, 'an end now');
  await at('/plan?do=preview&plan=&when=once&on=&reason=', 422, 'no plan');
  await at('/plan?do=preview&plan=3&when=once&on=&reason=&credit=1', 200, 'another plan');
}

after(async () => {
  await browser?.close();
  await stack?.stop();
  await empty?.stop();
});

// Where each pattern's arguments come from; what it answers when that is not 200.
const argument = {
  '/admin/quotes/:quote/edit': { quote: 'draft' }, '/admin/quotes/:quote/send': { quote: 'draft' },
  '/admin/quotes/:quote/withdraw': { quote: 'sent' },
  '/admin/products/:id': { id: 'product' }, '/admin/plans/:id': { id: 'plan' }, '/admin/dunning/rules/:id': { id: 'rule' }, '/admin/templates/:id': { id: 'template' }, '/admin/templates/:id/history': { id: 'template' },
  '/admin/subscriptions/:subscription/usage/:id/undo': { id: 'usage' }, '/admin/outbox/:id': { id: 'mail' }, '/admin/invoices/:invoice/refund': { invoice: 'note' }, '/admin/payments/:payment/decide': { payment: 'silent' }, '/admin/import/:kind/:file': { file: 'import' }, '/pay/:ref': { ref: 'invoice' }, '/pay/:ref/return': { ref: 'quote' }, '/done/:ref': { ref: 'quote' },
};
const notPages = /\.(pdf|csv|txt|xml)$|^\/l\/|^\/hook\//;

function routes() {
  return execFileSync(`${build}/tacite-worker`, ['--routes'], { encoding: 'utf8' }).trim().split('\n').map((line) => line.split('\t'))
    .filter(([method, pattern]) => method === 'GET' && !notPages.test(pattern)).map(([, pattern, access]) => ({ pattern, access }));
}

function pathOf(pattern) {
  return pattern.replace(/:(\w+)/g, (whole, arg) => {
    const value = example[argument[pattern]?.[arg] ?? arg];
    assert.ok(value, `${pattern}: no example for :${arg}; add one here`);
    return encodeURIComponent(value);
  });
}

async function inspect(page, what) {
  const findings = [];
  const html = await page.content();
  const source = await (await page.context().request.get(page.url())).text().catch(() => html);
  for (const result of (await validator.validateString(source.includes('<html') ? source : html)).results)
    for (const m of result.messages) findings.push(`html ${m.ruleId}: ${m.message} (line ${m.line})`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
  for (const v of violations) findings.push(`axe ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html).join(' | ')}`);
  for (const text of page.complaints.splice(0)) if (!/status of (4\d\d|503)/.test(text)) findings.push(`browser: ${text}`);
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    if (!await fits(page)) findings.push(`wider than ${width} px`);
  }
  return findings.map((finding) => `${what}: ${finding}`);
}

const visitor = (access, pattern) => (access === 'seller' ? seller : access === 'visit' || pattern.startsWith('/q/') || pattern.startsWith('/my') ? customer : stranger);

test('a quote that waits for its signature', () => assert.deepEqual(offered, []));

test('every page of the route table', { timeout: 600000 }, async () => {
  const findings = [];
  const links = new Map(); // address -> the page that leads there, and who may follow
  for (const { pattern, access } of routes()) {
    const page = visitor(access, pattern);
    const answer = await page.goto(stack.site + pathOf(pattern));
    const wanted = pattern === '/q/:quote/decline' ? 409 : 200; // an accepted quote cannot be declined
    if (![wanted, 404].includes(answer.status())) findings.push(`${pattern}: ${answer.status()}`);
    if (answer.status() === 404 && !['/admin/reset'].includes(pattern)) findings.push(`${pattern}: 404 for ${pathOf(pattern)}`);
    findings.push(...await inspect(page, pattern));
    for (const href of await page.locator('a[href^="/"], form[action^="/"][method=get]').evaluateAll((list) => list.map((e) => e.getAttribute('href') ?? e.getAttribute('action'))))
      if (!links.has(href)) links.set(href, { page, pattern });
  }
  for (const [href, { page, pattern }] of links) {
    const answer = await page.context().request.get(stack.site + href, { maxRedirects: 0 });
    if (answer.status() >= 400 && !/\/decline/.test(href)) findings.push(`${pattern} leads to ${href}: ${answer.status()}`);
  }
  assert.ok(links.size > 60, `only ${links.size} links`);
  assert.deepEqual(findings, []);
});

test('changes of a subscription: what they come to, and wrong wishes beside their fields', () => assert.deepEqual(changed, []));

test('an empty house', { timeout: 300000 }, async () => {
  const findings = [];
  for (const { pattern, access } of routes().filter((r) => r.access === 'seller' && !r.pattern.includes(':'))) {
    const answer = await visitor(access) && await seller0.goto(empty.site + pattern);
    if (answer.status() !== 200) findings.push(`${pattern}: ${answer.status()}`);
    findings.push(...await inspect(seller0, `empty ${pattern}`));
  }
  assert.deepEqual(findings, []);
});

test('errors: dead links, nothing there, wrong input', { timeout: 300000 }, async () => {
  const findings = [];
  const visit = async (page, path, status) => {
    const answer = await page.goto(stack.site + path);
    if (answer.status() !== status) findings.push(`${path}: ${answer.status()}, not ${status}`);
    findings.push(...await inspect(page, `${status} ${path}`));
  };
  await visit(stranger, '/l/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 404);
  await visit(stranger, '/nothing/here', 404);
  await visit(stranger, `/q/${example.quote}`, 200);
  assert.equal(new URL(stranger.url()).pathname, '/link'); // without a grant the only page is the one that mails a link
  await visit(customer, '/q/Q-2026-00001', 404); // somebody else's
  await visit(seller, '/admin/quotes/Q-1999-00001', 404);
  for (const [path, form] of [['/admin/customers/new', 'main form'], ['/admin/products/new', 'main form'], ['/admin/plans/new', 'main form'], ['/admin/pricelists/new', 'main form'], ['/admin/units/new', 'main form'], ['/admin/indexes', 'main form'], ['/admin/revisions/new', 'main form'], ['/admin/coupons/new', 'main form'], [`/admin/pricelists/${example.list}/prices/new`, 'main form'],
    ['/admin/templates/new', 'main form'], ['/admin/quotes/new', 'main form'], ['/admin/taxes/rates/new', 'main form'], ['/admin/import/customers', 'main form']]) {
    await seller.goto(stack.site + path);
    const sent = seller.waitForResponse((r) => r.request().method() === 'POST');
    await seller.locator(`${form} button.btn-primary[type=submit]`).first().click();
    const status = (await sent).status();
    if (status !== 422) findings.push(`${path} with nothing filled in: ${status}, not 422`);
    if (await seller.locator('[role=alert]').count() === 0) findings.push(`${path}: no summary of what is wrong`);
    findings.push(...await inspect(seller, `422 ${path}`));
  }
  await seller.goto(`${stack.site}/admin/import/customers`);
  await seller.locator('input[type=file]').setInputFiles({ name: 'x.csv', mimeType: 'text/csv', buffer: Buffer.from(
    'reference;kind;name;email;street;postal_code;city;country;language\nK-1;firm;;a@;x;1;y;FR;fr\nK-1;company;A;a@example.com;x;1;y;Frankreich-und-noch-viel-mehr;fr\n') });
  await seller.locator('main form button[type=submit]').click();
  await seller.waitForLoadState();
  assert.ok(await seller.locator('main tbody tr').count() >= 5, 'the report names what is wrong');
  findings.push(...await inspect(seller, '422 a bad file'));
  assert.deepEqual(findings, []);
});

test('a credit note: without a reason, computed, issued', { timeout: 120000 }, async () => {
  const findings = [];
  const press = async (button, what) => {
    await seller.locator(`main form button${button}`).click();
    findings.push(...await inspect(seller, what));
  };
  await seller.goto(`${stack.site}/admin/invoices/${example.invoice}/credit`);
  await press('.btn-primary', 'a credit note without a reason');
  if (await seller.locator('#f-reason-err').count() !== 1) findings.push('no words at the reason');
  await seller.check('[name=scope][value=lines]');
  await seller.fill('[name="line.0.amount"]', '10');
  await seller.fill('[name=reason]', 'Remise accordée après coup');
  await press('.btn-primary', 'a computed credit note');
  await press('[value=issue]', 'an issued credit note');
  if (!/\/admin\/invoices\/CN-\d{4}-\d{5}\?did=credited$/.test(seller.url())) findings.push(`it led to ${seller.url()}`);
  for (const path of ['/admin/invoices?view=credit', `/admin/invoices/${example.invoice}`]) {
    await seller.goto(stack.site + path);
    findings.push(...await inspect(seller, path));
  }
  await customer.goto(`${stack.site}/my`);
  findings.push(...await inspect(customer, 'the portal with a credit note'));
  assert.deepEqual(findings, []);
});

test('the policy reports what it refuses', async () => {
  const page = await openPage(browser);
  await page.route(`${stack.site}/admin/login`, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace('</body>', '<p style="color:red">x</p><img src="https://elsewhere.example/x.png"></body>') });
  });
  await page.goto(`${stack.site}/admin/login`);
  const reports = page.complaints.filter((text) => /Content Security Policy/.test(text));
  assert.ok(reports.some((text) => /style/.test(text)) && reports.some((text) => /img-src|image/.test(text)), `only: ${page.complaints.join('\n')}`);
});

test('no database: the polite page', async () => {
  await end(empty, 'database');
  const answer = await seller0.goto(`${empty.site}/admin/`);
  assert.equal(answer.status(), 503);
  assert.deepEqual(await inspect(seller0, '503'), []);
});
