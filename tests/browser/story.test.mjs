// story: from an empty house to a renewed, paid subscription, through the pages alone, without
// JavaScript: in French and in English, on a phone and on a desk. Hostile words travel along and must
// come back as words.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, before, test } from 'node:test';
import { fits, openPage, signIn, startBrowser, sticksOut } from '../lib/browser.mjs';
import { startStack } from '../lib/stack.mjs';
import { arrive, cards, payByCard } from '../lib/story.mjs';

const HOSTILE = `"><script>x</script>'&{{7*7}}%0A`;
const words = {
  en: { money: (n) => `€${n}`, percent: '10' },
  fr: { money: (n) => `${n.replace(',', '\u202f').replace('.', ',')}\u00a0€`, percent: '10' },
};

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

const text = async (page) => (await page.locator('main').innerText()).replace(/\s+/g, ' ');
const says = async (page, wanted) => assert.ok((await text(page)).replace(/[\u00a0\u202f]/g, ' ').includes(wanted.replace(/[\u00a0\u202f]/g, ' ')),
  `${page.url()} does not say ${wanted}: ${await text(page)}`);

// Every page on the way: no script, no sideways scrolling, no complaint of the browser.
async function well(page) {
  assert.equal(await page.locator('script').count(), 0, `${page.url()} holds a script`);
  assert.ok(await fits(page), `${page.url()} is wider than its window: ${await sticksOut(page)}`);
  assert.deepEqual(page.complaints.splice(0).filter((line) => !/status of 4\d\d/.test(line)), []);
}
async function press(page, selector) {
  await page.locator(selector).and(page.locator(':not([aria-hidden])')).first().click();
  await well(page);
}
const choose = (page, name, label) => page.selectOption(`[name="${name}"]`, { label });

async function completeCompany(page, stack) {
  await page.goto(`${stack.site}/admin/`);
  assert.ok(await page.locator('#setup').count() > 0, 'the pages must say what is missing');
  await page.goto(`${stack.site}/admin/settings/company`);
  const values = { legal_form: 'SAS', capital: '10 000 €', register_city: 'Lille', street: '8 rue de la Soie', postal_code: '59000', city: 'Lille', phone: '+33 3 20 00 00 00' };
  for (const [name, value] of Object.entries(values)) await page.fill(`[name=${name}]`, value);
  await press(page, 'main button[type=submit]');
  await page.goto(`${stack.site}/admin/`);
  assert.equal(await page.locator('#setup').count(), 0);
}

async function fillShelf(page, stack) {
  await page.goto(`${stack.site}/admin/plans/new`);
  await page.fill('[name=name]', 'Monthly');
  await press(page, 'main button[type=submit]');
  for (const [name, code, once, monthly] of [[`Licence ${HOSTILE}`, 'LIC', '', '29'], ['Backup', 'BAK', '', '10'], ['Setup', 'SET', '150', '']]) {
    await page.goto(`${stack.site}/admin/products/new`);
    await page.fill('[name=name]', name);
    await page.fill('[name=code]', code);
    await page.fill('[name=unit]', 'user');
    const plans = await page.locator('[name^="price."][name$=".plan"]').evaluateAll((inputs) => inputs.map((input) => [input.name, input.value]));
    for (const [field, plan] of plans) await page.fill(`[name="${field.replace('.plan', '.price')}"]`, plan === '0' ? once : monthly);
    await press(page, 'main button[type=submit]');
  }
}

async function writeTemplate(page, stack) {
  await page.goto(`${stack.site}/admin/templates/new`);
  await page.fill('[name=name]', 'Standard');
  await choose(page, 'plan', 'Monthly');
  await press(page, 'button[value=add-recurring]');
  await page.selectOption('[name="line.0.product"]', { index: 1 + await indexOf(page, 'line.0.product', 'LIC') });
  await press(page, 'button[value=add-once]');
  await page.selectOption('[name="line.1.product"]', { index: 1 + await indexOf(page, 'line.1.product', 'SET') });
  await page.selectOption('[name="line.1.kind"]', 'setup');
  await press(page, 'main button.btn-primary[value=save]');
}
async function indexOf(page, name, code) {
  const labels = await page.locator(`[name="${name}"] option`).allTextContents();
  const at = labels.findIndex((label) => label.includes({ LIC: 'Licence', BAK: 'Backup', SET: 'Setup' }[code]));
  assert.ok(at > 0, `no ${code} among ${labels}`);
  return at - 1;
}

async function writeCustomer(page, stack, language) {
  await page.goto(`${stack.site}/admin/customers/new`);
  await page.check('[name=kind][value=company]');
  const values = { name: `Client ${HOSTILE}`, contact: 'Ada Client', email: 'ada@client.example', street: '1 rue du Port', postal_code: '59800', city: 'Lille' };
  for (const [name, value] of Object.entries(values)) await page.fill(`[name=${name}]`, value);
  await page.selectOption('[name=language]', language);
  await press(page, 'main button[type=submit]');
  await says(page, HOSTILE);
}

// The quote's link, as its customer gets it.
async function writeQuote(page, stack) {
  await page.goto(`${stack.site}/admin/quotes/new`);
  await page.fill('[name=customer]', 'ada@client.example');
  await page.selectOption('[name=template]', { index: 0 });
  await press(page, 'main button.btn-primary');
  assert.match(page.url(), /\/edit/);
  await page.fill('[name="line.0.quantity"]', '2');
  await page.fill('[name="line.0.discount"]', '10');
  await page.check('[name="line.0.editable"]');
  await press(page, 'button[value=add-option]');
  await page.fill('[name="line.0.min"]', '1');
  await page.fill('[name="line.0.max"]', '50');
  const option = await page.locator('[name^="line."][name$=".kind"]').count() - 1;
  await page.selectOption(`[name="line.${option}.product"]`, { index: 1 + await indexOf(page, `line.${option}.product`, 'BAK') });
  await page.fill('[name=note]', `Note ${HOSTILE}`);
  await press(page, 'button[value=recalc]');
  return page.url().match(/quotes\/([^/]+)/)[1];
}

async function sendQuote(page, stack, money) {
  await press(page, 'button.btn-secondary[value=preview]');
  assert.match(page.url(), /\/preview/);
  await says(page, money('242.64'));
  await says(page, `Note ${HOSTILE}`);
  const pdf = await page.context().request.get(page.url().replace(/\/preview.*/, '/preview.pdf'));
  assert.match(pdfText(await pdf.body()), new RegExp(HOSTILE.slice(0, 10).replace(/[^\w]/g, '\\$&')));
  await page.goto(page.url().replace(/\/preview.*/, '/send'));
  await press(page, 'main form button.btn-primary');
  await page.goto(`${stack.site}/admin/outbox`);
  await press(page, 'main tbody th a');
  return new URL(await page.locator('a.btn[href^="/l/"]').getAttribute('href'), stack.site).href;
}

function pdfText(bytes) {
  const dir = mkdtempSync(`${tmpdir()}/tacite-pdf.`);
  try {
    writeFileSync(`${dir}/a.pdf`, bytes);
    return execFileSync('pdftotext', ['-layout', `${dir}/a.pdf`, '-'], { encoding: 'utf8' });
  } finally { rmSync(dir, { recursive: true }); }
}

async function askAndAnswer(seller, customer, stack, number) {
  await customer.fill('[name=text]', `How? ${HOSTILE}`);
  await press(customer, 'form[action$="/ask"] button');
  await seller.goto(`${stack.site}/admin/`);
  await says(seller, HOSTILE);
  await seller.goto(`${stack.site}/admin/quotes/${number}`);
  await seller.fill('[name=message]', 'Like this.');
  await press(seller, 'form[action$="/answer"] button');
  await customer.reload();
  await says(customer, 'Like this.');
}

async function chooseAndSign(customer, money) {
  await says(customer, money('242.64'));
  await customer.check('input[type=checkbox][name^="line."]');
  await customer.locator('input[name$=".quantity"]').first().fill('3');
  await press(customer, 'main button[value=again]');
  await says(customer, money('285.96')); // 3 x 29.00 - 10 % + 10.00 + 150.00, VAT 20 %
  await press(customer, 'main button[value=sign]');
  await customer.fill('[name=name]', `Ada ${HOSTILE}`);
  await press(customer, 'main form button[type=submit]'); // without consent: 422, the name stays
  assert.equal(await customer.inputValue('[name=name]'), `Ada ${HOSTILE}`);
  await customer.check('[name=consent]');
  await press(customer, 'main form button[type=submit]');
}

// Declined, given up, then with the bank's question: one order.
async function payAtLast(customer, stack) {
  await press(customer, 'form[action^="/pay/"] button');
  await payByCard(customer, cards.declined);
  assert.match(customer.url(), new RegExp(stack.sandbox), 'a declined card stays on the gateway\'s page');
  await customer.locator('a[href*="cancel"], button[value=cancel]').first().click();
  await customer.waitForURL((url) => url.href.startsWith(stack.site));
  await well(customer);
  await press(customer, 'form[action^="/pay/"] button');
  await payByCard(customer, cards.secure);
  await customer.waitForURL(/\/step\//);
  await customer.locator('button[value=approve]').click();
  await customer.waitForURL((url) => url.href.startsWith(stack.site));
  await arrive(customer);
  await well(customer);
}

async function moveClock(seller, stack) {
  await seller.goto(`${stack.site}/admin/`);
  await press(seller, 'form[action="/admin/clock"] button'); // a month, as proposed
  await stack.settle();
}

const count = (stack, sql) => Number(stack.value(`SELECT COUNT(*) FROM ${sql}`));

for (const [language, width] of [['fr', 360], ['en', 1280], ['fr', 1280], ['en', 360]]) {
  test(`the whole story in ${language} at ${width} px`, { timeout: 240000 }, async () => {
    const stack = await startStack({ demo: false, batch: false, language });
    const { money } = words[language];
    try {
      const seller = await openPage(browser, { language, width });
      const customer = await openPage(browser, { language, width });
      await signIn(seller, stack);
      await completeCompany(seller, stack);
      await fillShelf(seller, stack);
      await writeTemplate(seller, stack);
      await writeCustomer(seller, stack, language);
      const number = await writeQuote(seller, stack);
      const link = await sendQuote(seller, stack, money);

      await customer.goto(link);
      await well(customer);
      assert.doesNotMatch(customer.url(), /\/l\//);
      await askAndAnswer(seller, customer, stack, number);
      await chooseAndSign(customer, money);
      await payAtLast(customer, stack);
      await stack.settle();
      assert.equal(count(stack, 'subscription'), 1);
      assert.equal(count(stack, 'invoice'), 1);
      assert.equal(count(stack, 'payment'), 1);
      assert.equal(stack.value('SELECT SUM(debit_minor) - SUM(credit_minor) FROM journal_item'), '0');

      await customer.goto(`${stack.site}/my`);
      await well(customer);
      await says(customer, money('105.96'));
      await press(customer, 'main a[href^="/my/subscriptions/"]');
      await says(customer, '3155');
      const pdf = await customer.context().request.get(new URL(await customer.locator('a[href$=".pdf"]').first().getAttribute('href'), stack.site).href);
      const paper = pdfText(await pdf.body());
      assert.ok(paper.replace(/[\u00a0\u202f]/g, ' ').includes(money('285.96').replace(/[\u00a0\u202f]/g, ' ')), paper);

      // A month later: renewed and paid by itself.
      await moveClock(seller, stack);
      assert.equal(count(stack, "receivable WHERE state = 'paid'"), 2);
      await seller.goto(`${stack.site}/admin/subscriptions/${stack.value('SELECT number FROM subscription')}`);
      await well(seller);
      await says(seller, stack.value('SELECT number FROM invoice ORDER BY id DESC LIMIT 1'));

      // A card that pays now and is declined at the next renewal.
      await customer.reload();
      await press(customer, 'form[action$="/card"] button');
      await customer.fill('[name=number]', cards.declinesRenewals);
      await customer.fill('[name=expiry]', '12/34');
      await customer.fill('[name=cvc]', '123');
      await customer.fill('[name=name]', 'Ada');
      await customer.click('main form button[type=submit]');
      await customer.waitForURL((url) => url.href.startsWith(stack.site));
      await stack.settle();
      await moveClock(seller, stack);
      await seller.goto(`${stack.site}/admin/`);
      await says(seller, stack.value('SELECT number FROM invoice ORDER BY id DESC LIMIT 1'));
      assert.equal(count(stack, "operator_item WHERE kind = 'renewal_declined' AND open_key = 1"), 1);
      await seller.goto(`${stack.site}/admin/outbox/${stack.value("SELECT id FROM outbox WHERE template = 'pay_failed'")}`);
      await well(seller);
      const pay = new URL(await seller.locator('a.btn[href^="/l/"]').getAttribute('href'), stack.site).href;
      const again = await openPage(browser, { language, width });
      await again.goto(pay);
      await well(again);
      await press(again, 'form[action^="/pay/"] button');
      await payByCard(again);
      await again.waitForURL((url) => url.href.startsWith(stack.site));
      await stack.settle();
      assert.equal(count(stack, "receivable WHERE state = 'open'"), 0);
      assert.equal(count(stack, "operator_item WHERE kind = 'renewal_declined' AND open_key = 1"), 0);
      assert.equal(count(stack, 'payment'), 3);
      for (const path of ['/admin/', '/admin/quotes?view=pipeline', '/admin/invoices', '/admin/payments', '/admin/outbox']) {
        await seller.goto(stack.site + path);
        await well(seller);
      }
      const verified = await stack.batch('verify');
      assert.equal(verified.code, 0, verified.out + verified.err);
    } catch (error) {
      error.message += `\n${stack.logs()}`;
      throw error;
    } finally { await stack.stop(); }
  });
}
