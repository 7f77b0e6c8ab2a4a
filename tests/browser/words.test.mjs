// The pseudo-language wraps every text that passed a translation in ⟦…⟧. What remains on a page is data:
// values of the database, numbers, dates and money. Anything else was forgotten.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { openPage, signIn, startBrowser } from '../lib/browser.mjs';
import { startStack, openCase } from '../lib/stack.mjs';
import { liveStory } from '../lib/story.mjs';

const build = process.env.BUILD ?? 'build';
let stack, browser, seller, customer, data;
before(async () => {
  browser = await startBrowser();
  stack = await startStack({ batch: false });
  seller = await openPage(browser);
  customer = await openPage(browser);
  await liveStory({ stack, customer });
  stack.sql("UPDATE seller_user SET language = 'qq'");
  await signIn(seller, stack);
  data = values();
}, { timeout: 120000 });
after(async () => {
  await browser?.close();
  await stack?.stop();
});

// Every text that the database holds, longest first.
function values() {
  const found = new Set(['Français', 'English', 'PDF', 'MRR', 'SIREN', 'FEC', 'IBAN', 'BIC', 'EUR', 'Visa', 'UTC', 'v1']);
  const columns = stack.sql("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'tacite_demo' AND data_type IN ('varchar', 'text', 'mediumtext', 'char')");
  for (const [table, column] of columns)
    for (const [text] of stack.sql(`SELECT DISTINCT \`${column}\` FROM \`${table}\` WHERE \`${column}\` IS NOT NULL AND CHAR_LENGTH(\`${column}\`) BETWEEN 2 AND 3000 LIMIT 500`))
      for (const line of (text ?? '').split('\n')) if (line.trim() !== '') found.add(line.trim());
  return [...found].sort((a, b) => b.length - a.length);
}

const MONTHS = /\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]*\b/g;
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const countryName = new Intl.DisplayNames(['en-GB'], { type: 'region', fallback: 'none' }); // ICU, as the pages' own
const COUNTRIES = new RegExp(letters.flatMap((a) => letters.map((b) => countryName.of(a + b))).filter(Boolean).sort((a, b) => b.length - a.length)
  .map((name) => name.replace(/[()&.]/g, '\\$&')).join('|'), 'g');

// What is visible, or read aloud, and neither translated nor data.
async function forgotten(page) {
  const texts = await page.evaluate(() => {
    const list = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) if (!node.parentElement.closest('select[name$=country], [aria-hidden=true], main [lang]')) list.push(node.data); // names of countries come from ICU; a mail is in its reader's language
    for (const e of document.querySelectorAll('[aria-label], [title], [alt], [placeholder]'))
      for (const name of ['aria-label', 'title', 'alt', 'placeholder']) if (e.hasAttribute(name)) list.push(e.getAttribute(name));
    return list;
  });
  const wrong = [];
  for (const text of texts) {
    let left = text.replace(/\s+/g, ' ').trim();
    for (let before_ = ''; before_ !== left;) { before_ = left; left = left.replace(/⟦[^⟦⟧]*⟧/g, ' '); }
    if (new RegExp(`^(${COUNTRIES.source})$`).test(left)) continue; // a name and nothing else
    for (const value of data) if (left.includes(value)) left = left.replaceAll(value, ' ');
    left = left.replace(MONTHS, ' ').replace(COUNTRIES, ' ').replace(/https?:\S+/g, ' ').replace(/€|%/g, ' ');
    if (/\p{L}{2,}/u.test(left)) wrong.push(left.trim());
  }
  return wrong;
}

const one = (sql) => stack.value(sql);

test('the seller\'s pages', { timeout: 180000 }, async () => {
  openCase(stack);
  const example = { quote: one("SELECT number FROM quote WHERE state = 'draft' LIMIT 1"), customer: one('SELECT number FROM customer LIMIT 1'), subscription: one('SELECT number FROM subscription'),
    invoice: one('SELECT number FROM invoice'), entry: one('SELECT MIN(id) FROM journal_entry'), account: '411', country: 'PT', list: 1, price: 1, unit: 1, coupon: 1, revision: 1 };
  const ids = { '/admin/products/:id': 1, '/admin/plans/:id': 1, '/admin/dunning/rules/:id': 1, '/admin/templates/:id': 1, '/admin/templates/:id/history': 1, '/admin/outbox/:id': 1 };
  const findings = [];
  for (const line of execFileSync(`${build}/tacite-worker`, ['--routes'], { encoding: 'utf8' }).trim().split('\n')) {
    const [method, pattern, access] = line.split('\t');
    if (method !== 'GET' || access !== 'seller' || /\.(pdf|csv|txt)$/.test(pattern)) continue;
    let path = pattern.replace(/:(\w+)/g, (whole, name) => ids[pattern] ?? example[name]);
    if (/withdraw/.test(path)) path = `/admin/quotes/${one("SELECT number FROM quote WHERE state = 'sent' LIMIT 1")}/withdraw`;
    await seller.goto(stack.site + path);
    for (const text of await forgotten(seller)) findings.push(`${pattern}: ${text}`);
  }
  assert.deepEqual(findings, []);
});

test('the customer\'s pages and the wrong ones', { timeout: 120000 }, async () => {
  const findings = [];
  const look = async (path) => {
    await customer.goto(`${stack.site}${path}${path.includes('?') ? '&' : '?'}lang=qq`);
    for (const text of await forgotten(customer)) findings.push(`${path}: ${text}`);
  };
  const quote = one("SELECT number FROM quote WHERE state = 'confirmed'");
  for (const path of [`/q/${quote}`, `/done/${quote}`, '/my', `/my/subscriptions/${one('SELECT number FROM subscription')}`, `/my/subscriptions/${one('SELECT number FROM subscription')}/card`,
    `/pay/${one('SELECT number FROM invoice')}`, '/link', '/legal/terms', '/legal/notice', '/l/AAAA', '/nothing', '/admin/login', '/admin/forgot', '/admin/reset']) await look(path);
  assert.deepEqual(findings, []);
});
