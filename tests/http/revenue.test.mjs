// Revenue accounts of products: refused where the chart has none of income, taken by invoices, deferred revenue and
// credit notes; documents keep theirs when the product changes; the account cannot be deleted while a product names it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, seller, product;
const plain = (html) => html.replace(/<[^>]*>/g, ' ').replace(/&#39;/g, "'").replace(/\s+/g, ' ');
const error = () => plain(seller.html.match(/<p class="ui-error" id="f-account-err">([\s\S]*?)<\/p>/)?.[1] ?? '');
const balance = (account) => Number(stack.value(`SELECT IFNULL(SUM(credit_minor - debit_minor), 0) FROM journal_item WHERE account = '${account}'`));
const lines = (account) => Number(stack.value(`SELECT IFNULL(SUM(l.net_minor), 0) FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id WHERE l.account = '${account}' AND i.kind = 'invoice'`));
const clean = async () => { const done = await stack.batch('verify'); assert.equal(done.code, 0, done.out + done.err); };

before(async () => {
  stack = await startStack({ batch: false, language: 'en' });
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
  product = stack.value("SELECT id FROM product WHERE code = 'ATELIER'");
}, { timeout: 120000 });
after(() => stack?.stop());

async function name(account) {
  await seller.get(`${stack.site}/admin/products/${product}`);
  await seller.submit(/\/products\/\d+$/, { account });
}

test('an account that is none of income is refused beside its field, and what was typed stays', async () => {
  for (const [account, words] of [['7999', /no account of this number/], ['411', /class 7/], ["706' OR 1", /no account of this number/]]) {
    await name(account);
    assert.equal(seller.status, 422, account);
    assert.match(error(), words);
    assert.equal(seller.form(/\/products\/\d+$/).fields.find(([n]) => n === 'account')[1], account);
  }
  assert.equal(stack.value('SELECT COUNT(*) FROM product WHERE revenue_account IS NOT NULL'), '0');
  assert.throws(() => stack.sql(`UPDATE product SET revenue_account = '411' WHERE id = ${product}`), /revenue stands on an account of income/);
});

test('its lines, their deferred revenue and their credit stand on the product\'s account', { timeout: 120000 }, async () => {
  await seller.get(`${stack.site}/admin/accounts/new`);
  await seller.submit(/\/accounts\/new$/, { code: '7061', name: 'Licences' });
  assert.equal(seller.status, 200, plain(seller.html));
  await name('7061');
  assert.equal(seller.status, 200, plain(seller.html));
  const customer = new Visitor(stack.site);
  await customer.get(stack.link);
  await customer.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await customer.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  await customer.submit(/^\/pay\/[^/]+$/, {});
  await customer.submit((f) => f.fields.some(([n]) => n === 'number'), { number: '4242424242424242', expiry: '12/34', cvc: '123', name: 'C L' });
  await stack.settle();
  const licences = lines('7061');
  assert.ok(licences > 0);
  const invoice = stack.value('SELECT number FROM invoice ORDER BY id DESC LIMIT 1');
  assert.equal(Number(stack.value("SELECT SUM(amount_minor) FROM deferral WHERE account = '7061'")) + balance('7061'), licences);
  await clean();
  assert.throws(() => stack.sql("DELETE FROM account WHERE code = '7061'"), /foreign key|in use/i);
  // a change of the product counts for the next documents; what is deferred is released where it was invoiced
  await name('708');
  const due = stack.value('SELECT due_on FROM subscription ORDER BY id DESC LIMIT 1');
  assert.equal((await stack.batch('clock', '--to', due)).code, 0);
  await stack.settle();
  assert.equal(balance('7061'), licences);
  assert.ok(lines('708') > 0);
  // a note takes it back from where it was booked
  await seller.get(`${stack.site}/admin/invoices/${invoice}/credit`);
  await seller.submit(/\/credit$/, { scope: 'rest', reason: 'Goodwill' }, { button: 'preview' });
  await seller.submit(/\/credit$/, { scope: 'rest', reason: 'Goodwill' }, { button: 'issue' });
  assert.equal(seller.status, 200, plain(seller.html));
  assert.equal(balance('7061'), 0);
  await clean();
});
