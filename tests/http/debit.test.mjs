// Direct debit through its pages and programs: terms, a mandate with a code from the mail, notice, the bank's file,
// settlement, a refund that the payer asked for. And a transfer through the page of leftovers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { account, saveFile, statement } from '../lib/bank.mjs';
import { seed } from '../lib/control.mjs';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack, seller, customer, day, subscription;
const theirs = 'DE89370400440532013000';

before(async () => {
  stack = await startStack({ batch: false, language: 'en' });
  day = (await stack.batch('clock')).out.trim();
  seed(stack, { subscriptions: 2, due: day });
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
  subscription = stack.sql("SELECT s.number, s.customer_id, s.id FROM subscription s WHERE s.number LIKE 'SB-%' ORDER BY s.id LIMIT 1")[0];
  const token = 'M'.repeat(43);
  stack.sql(`INSERT INTO link (kind, object_id, token_hash, created_at, expires_at) VALUES ('manage', ${subscription[1]}, UNHEX(SHA2('${token}', 256)),
    UTC_TIMESTAMP(6) - INTERVAL 1 DAY, UTC_TIMESTAMP(6) + INTERVAL 1 DAY)`);
  customer = new Visitor(stack.site);
  await customer.get(`${stack.site}/l/${token}`);
}, { timeout: 120000 });
after(async () => { await stack?.stop(); });

async function mailedCode() {
  await seller.get(`${stack.site}/admin/outbox/${stack.value("SELECT MAX(id) FROM outbox WHERE template = 'mandate_code'")}`);
  return /\b(\d{6}) (?:is the|est le) code/.exec(seller.html)[1];
}

// A button pressed three times at once, and once more: where each press is led.
async function pressed(visitor, { url, body }) {
  const press = async () => {
    const answer = await fetch(url, { method: 'POST', redirect: 'manual', body,
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: visitor.cookieHeader(), origin: stack.site } });
    await answer.arrayBuffer();
    return `${answer.status} ${answer.headers.get('location')}`;
  };
  return [...await Promise.all([press(), press(), press()]), await press()];
}

test('terms: the creditor identifier is checked', async () => {
  await seller.get(`${stack.site}/admin/settings/debit`);
  await seller.submit(/debit/, { creditor_id: 'FR00ZZZ123456' });
  assert.equal(seller.status, 422);
  assert.match(seller.html, /its check digits do not fit/);
  assert.match(seller.html, /value="FR00ZZZ123456"/);
  await seller.submit(/debit/, { creditor_id: 'fr72 zzz 123456', notice_days: '0' });
  assert.equal(seller.status, 422);
  await seller.submit(/debit/, { creditor_id: 'fr72 zzz 123456', notice_days: '5', lead_days: '1', cut_off_hour: '24' });
  assert.equal(seller.status, 200);
  assert.equal(stack.value('SELECT creditor_id FROM debit_terms'), 'FR72ZZZ123456');
});

test('a mandate: bad accounts are refused beside the field, the code is asked for', async () => {
  const page = `${stack.site}/my/subscriptions/${subscription[0]}/mandate`;
  await customer.get(page);
  assert.match(customer.html, /FR72ZZZ123456/);
  for (const [iban, bic, reason] of [['', '', /Enter the IBAN/], ['FR7630006000011234567890188', '', /check digits do not fit/], ['FR763000', '', /too short or too long/],
    ['ZZ76 3000', '', /two letters of its country/], ['BR1500000000000010932840814P2', '', /outside SEPA/], ['CH9300762011623852957', '', /need the BIC/],
    [theirs, 'AGRIFRPP', /in another country/], [theirs, 'AGRI', /8 or 11 letters/]]) {
    await customer.get(page);
    await customer.submit(/mandate$/, { iban, bic, name: 'Ada Morel', consent: '1' });
    assert.equal(customer.status, 422, iban);
    assert.match(customer.html, reason);
    if (iban) assert.ok(customer.html.includes(iban), `${iban} is not kept`);
  }
  // A French account has a key of its own: a wrong one is worth a warning beside it, and no refusal.
  const odd = /key at the end of this French account number does not fit/;
  await customer.get(page);
  await customer.submit(/mandate$/, { iban: 'FR06 3000 6000 0112 3456 7890 188', name: 'Ada Morel' });
  assert.equal(customer.status, 422);
  assert.match(customer.html, odd);
  await customer.submit(/mandate$/, { consent: '1' });
  assert.equal(customer.status, 200);
  assert.match(customer.html, odd);
  await customer.submit(/mandate\/M-/, { code: '000000' });
  assert.match(customer.html, odd);
  await customer.get(page);
  assert.doesNotMatch(customer.html, odd);
  await customer.submit(/mandate$/, { iban: 'FR7630006000011234567890189', name: 'Ada Morel' });
  assert.equal(customer.status, 422);
  assert.doesNotMatch(customer.html, odd);
  await customer.get(page);
  await customer.submit(/mandate$/, { iban: theirs, name: 'Ada Morel' });
  assert.match(customer.html, /Tick the box to sign the mandate/);
  await customer.submit(/mandate$/, { iban: 'de89 3704 0044 0532 0130 00', name: 'Ada Morel', consent: '1' });
  assert.equal(customer.status, 200);
  assert.match(customer.url, /\/mandate\/M-\d{4}-\d{5}$/);
  assert.doesNotMatch(customer.html, new RegExp(theirs));
  const code = await mailedCode();
  await customer.submit(/mandate\/M-/, { code: code === '123456' ? '654321' : '123456' });
  assert.equal(customer.status, 422);
  assert.match(customer.html, /not the code of our last e-mail/);
  assert.equal(stack.value(`SELECT payment_method_id FROM subscription WHERE id = ${subscription[2]}`), null);
  await customer.submit(/mandate\/M-/, { code });
  assert.equal(customer.status, 200);
  assert.match(customer.html, /Your mandate is signed/);
  assert.match(customer.html, /account ending in 3000/);
  assert.equal(stack.value("SELECT COUNT(*) FROM payment_method WHERE token_sealed LIKE '%370400%'"), '0');
  const stranger = new Visitor(stack.site);
  await stranger.get(page);
  assert.doesNotMatch(stranger.html, /FR72ZZZ123456/);
});

let invoice, attempt;
test('an invoice is announced, collected in one file, and counted as paid when nothing can come back', async () => {
  assert.equal((await stack.batch('run')).code, 0);
  [invoice, attempt] = stack.sql(`SELECT i.number, a.attempt_key FROM collection c JOIN invoice i ON i.id = c.invoice_id JOIN attempt a ON a.id = c.attempt_id`)[0];
  assert.equal(stack.value("SELECT COUNT(*) FROM outbox WHERE template = 'sepa_prenotice'"), '1');
  await customer.get(`${stack.site}/pay/${invoice}`); // no second way while the debit is under way
  assert.match(customer.html, /We debit your account ending in \d{4} on .*You have nothing to do/);
  assert.doesNotMatch(customer.html, /action="\/pay\/|IBAN/);
  await customer.get(`${stack.site}/my`);
  assert.match(customer.html, /Direct debit on /);
  assert.ok(!customer.html.includes(`/pay/${invoice}"`));
  await seller.get(`${stack.site}/admin/`);
  assert.doesNotMatch(seller.html, /1 direct debit for the bank/, 'its day is far');
  assert.equal((await stack.batch('clock', '--to', stack.value('SELECT collect_on - INTERVAL 2 DAY FROM collection'))).code, 0);
  await seller.get(`${stack.site}/admin/`);
  assert.match(seller.html, /1 direct debit for the bank<[^]*?file by [^]*?href="\/admin\/collections">Make the file</);
  await seller.get(`${stack.site}/admin/collections`);
  assert.ok(seller.html.includes(invoice));
  await seller.submit(/collections/, {});
  assert.match(seller.html, /The file is made/);
  const href = /href="(\/admin\/collections\/\d+\.xml)"/.exec(seller.html)[1];
  const bytes = [];
  for (let i = 0; i < 2; i++) {
    await seller.get(stack.site + href);
    assert.equal(seller.status, 200);
    bytes.push(seller.html);
  }
  assert.equal(bytes[0], bytes[1]);
  assert.match(bytes[0], /pain\.008\.001\.08/);
  for (const part of [attempt, theirs, account, 'FR72ZZZ123456', '<SeqTp>RCUR</SeqTp>']) assert.ok(bytes[0].includes(part), part);
  assert.equal(stack.value(`SELECT state FROM attempt WHERE attempt_key = '${attempt}'`), 'pending');
  await seller.get(`${stack.site}/admin/collections`);
  assert.doesNotMatch(seller.html, /Make the file/);
  assert.equal((await stack.batch('clock', '--to', stack.value('SELECT settles_on FROM collection'))).code, 0);
  assert.equal((await stack.batch('settle')).code, 0);
  assert.equal(stack.value(`SELECT state FROM attempt WHERE attempt_key = '${attempt}'`), 'pending', 'nobody said that it was sent');
  await seller.get(`${stack.site}/admin/`);
  const question = /href="(\/admin\/collections\/\d+\/sent)"/.exec(seller.html)[1];
  await seller.get(stack.site + question);
  await seller.submit(/\/sent$/, {});
  assert.equal(seller.status, 422);
  assert.match(seller.html, /Say whether the bank has it/);
  assert.deepEqual(await pressed(seller, seller.fill(seller.form(/\/sent$/), { answer: 'sent' })), Array(4).fill('303 /admin/collections?did=file_sent'));
  await seller.get(`${stack.site}/admin/collections?did=file_sent`);
  assert.match(seller.html, /Noted: the bank has the file/);
  assert.ok(!seller.html.includes(question));
  await seller.get(stack.site + question);
  assert.match(seller.url, /\/admin\/collections$/, 'answered once');
  assert.equal((await stack.batch('settle')).code, 0);
  assert.equal(stack.value(`SELECT state FROM attempt WHERE attempt_key = '${attempt}'`), 'succeeded');
  assert.equal(stack.value(`SELECT r.open_minor FROM receivable r JOIN invoice i ON i.id = r.invoice_id WHERE i.number = '${invoice}'`), '0');
  assert.equal((await stack.batch('verify')).code, 0);
});

test('the payer takes it back: the invoice is open again, once', async () => {
  day = (await stack.batch('clock')).out.trim();
  const amount = (Number(stack.value(`SELECT amount_minor FROM attempt WHERE attempt_key = '${attempt}'`)) / 100).toFixed(2);
  const refund = statement([{ amount, text: 'refund', day, ref: 'R1', sign: 'DBIT', id: attempt, code: 'MD06' }]);
  for (const name of ['first.xml', 'second.xml']) {
    const done = await stack.batch('bank-import', saveFile(stack, name, refund.replace('<Id>1</Id>', `<Id>${name}</Id>`)));
    assert.equal(done.code, 0, done.err);
  }
  assert.equal(stack.value(`SELECT state FROM attempt WHERE attempt_key = '${attempt}'`), 'reversed');
  assert.equal(stack.value('SELECT COUNT(*) FROM payment_return'), '1');
  assert.notEqual(stack.value(`SELECT r.open_minor FROM receivable r JOIN invoice i ON i.id = r.invoice_id WHERE i.number = '${invoice}'`), '0');
  assert.equal((await stack.batch('verify')).code, 0);
  await seller.get(`${stack.site}/admin/`);
  assert.ok(seller.html.includes(invoice));
});

test('a transfer without a number: a person books it, with what was typed kept', async () => {
  await stack.batch('bank-import', saveFile(stack, 'left.xml', statement([{ amount: '12.34', text: 'thank you', day, ref: 'L1', iban: 'NL91ABNA0417164300' }])));
  await seller.get(`${stack.site}/admin/bank`);
  const href = /href="(\/admin\/bank\/\d+)"/.exec(seller.html)[1];
  await seller.get(stack.site + href);
  await seller.submit(/bank\/\d+/, { invoice: 'INV-1999-12345' }, { button: null }).catch(() => {});
  const other = stack.value("SELECT i.number FROM receivable r JOIN invoice i ON i.id = r.invoice_id WHERE r.state = 'open' LIMIT 1");
  if (seller.status === 422) assert.match(seller.html, /No invoice has this number/);
  await seller.get(stack.site + href);
  await seller.submit((form) => /bank\/\d+/.test(form.action) && form.fields.some(([name]) => name === 'invoice'), { invoice: other });
  assert.equal(seller.status, 200);
  assert.match(seller.html, /The entry was dealt with/);
  assert.equal(stack.value("SELECT COUNT(*) FROM payment WHERE gateway = 'bank'"), '1');
  assert.equal((await stack.batch('verify')).code, 0);
});
