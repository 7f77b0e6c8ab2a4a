// demo: the year behind the demo company is one that any seller's could be: the same services made it, every proof holds,
// and the tax office's file of it equals the ledger.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { batch } from '../lib/control.mjs';
import { readFec } from '../lib/fec.mjs';
import { startMailServer } from '../lib/mail_server.mjs';
import { startStack } from '../lib/stack.mjs';

let stack;
before(async () => { stack = await startStack({ demo: 'year', batch: false }); }, { timeout: 300000 });
after(() => stack?.stop());
const number = (sql) => Number(stack.value(sql));

test('a year of everything: contracts, changes, money in and back, credit, dunning', () => {
  assert.ok(number("SELECT COUNT(*) FROM invoice WHERE kind = 'invoice'") > 65);
  assert.ok(number("SELECT COUNT(*) FROM invoice WHERE kind = 'credit_note'") >= 2);
  assert.ok(number("SELECT COUNT(*) FROM subscription WHERE state = 'ended'") >= 1);
  assert.ok(number("SELECT COUNT(*) FROM subscription WHERE state = 'active'") >= 6);
  assert.ok(number("SELECT COUNT(*) FROM collection WHERE return_code = ''") > 20);
  assert.equal(number("SELECT COUNT(*) FROM collection WHERE return_code = 'AM04'"), 1);
  assert.ok(number('SELECT COUNT(*) FROM dunning_case') > 0);
  assert.equal(number("SELECT COUNT(*) FROM quote WHERE state = 'sent'"), 5);
  assert.equal(number("SELECT COUNT(*) FROM quote WHERE kind = 'upsell' AND state = 'sent'"), 1);
  assert.equal(number('SELECT COUNT(*) FROM payment p LEFT JOIN journal_entry e ON e.source_kind = "payment" AND e.source_id = p.id WHERE e.id IS NULL'), 0);
  assert.ok(number("SELECT COUNT(*) FROM closing WHERE kind = 'month'") >= 11);
  assert.equal(stack.value('SELECT MAX(issued_on) <= CURDATE() FROM invoice'), '1');
});

test('a direct debit takes its days: nobody is late, or reminded, while one is under way', () => {
  const paidAtOnce = "FROM attempt a JOIN payable y ON y.id = a.payable_id WHERE a.kind = 'sepa' AND a.state = 'succeeded' AND NOT EXISTS (SELECT 1 FROM attempt o WHERE o.payable_id = y.id AND o.id <> a.id)";
  assert.ok(Number(stack.value(`SELECT COUNT(*) ${paidAtOnce}`)) > 20);
  assert.equal(stack.value(`SELECT COUNT(*) FROM dunning_case WHERE invoice_id IN (SELECT y.invoice_id ${paidAtOnce})`), '0');
  assert.equal(stack.value("SELECT COUNT(*) FROM activity WHERE kind = 'subscription.past_due' AND subject_kind = 'subscription' AND subject_id = 1"), '0');
});

test('its documents are made and sealed, and verify finds nothing', { timeout: 120000 }, async () => {
  const made = await batch(stack, ['render']);
  assert.equal(made.code, 0, made.err);
  assert.equal(number('SELECT COUNT(*) FROM document_job'), 0);
  const done = await batch(stack, ['verify', '--documents']);
  assert.equal(done.code, 0, done.out + done.err);
});

const textOf = (sql) => execFileSync('pdftotext', ['-layout', '-', '-'], { input: Buffer.from(stack.value(`SELECT HEX(bytes) FROM document ${sql}`), 'hex'), encoding: 'utf8' }).replace(/\s+/g, ' ');

test('what customers signed is in their language, whoever made the paper', () => {
  const language = (code) => `JOIN signature s ON s.id = document.ref_id JOIN quote_version v ON v.id = s.version_id WHERE document.kind = 'quote_signed' AND v.language = '${code}' LIMIT 1`;
  assert.match(textOf(language('fr')), /Désignation.*3 utilisateurs.*Preuve de l’acceptation J'accepte ce devis/);
  assert.match(textOf(language('en')), /Description.*Evidence of acceptance I accept this quote/);
  assert.match(textOf("WHERE kind = 'mandate' LIMIT 1"), /Mandat de prélèvement SEPA.*En signant ce mandat.*Signature/);
});

test('the tax office’s file of each year equals the ledger', async () => {
  const years = stack.sql('SELECT DISTINCT YEAR(entry_on) FROM journal_entry ORDER BY 1').map(([year]) => Number(year));
  assert.ok(years.length === 2 || (years.length === 1 && /-12-31$/.test(stack.value('SELECT CURDATE()'))), String(years));
  for (const year of years) {
    const path = `${stack.dir}/fec.txt`;
    const done = await batch(stack, ['fec', '--year', String(year), '--out', path]);
    assert.equal(done.code, 0, done.out + done.err);
    const read = readFec(readFileSync(path), year);
    assert.deepEqual(read.wrong, []);
    const moved = new Map(); // without the opening entries of the second year
    for (const l of read.lines.filter((line) => line.JournalCode !== 'AN')) {
      const sum = moved.get(l.CompteNum) ?? [0n, 0n];
      moved.set(l.CompteNum, [sum[0] + l.debit, sum[1] + l.credit]);
    }
    const ledger = stack.sql(`SELECT i.account, SUM(i.debit_minor), SUM(i.credit_minor) FROM journal_item i JOIN journal_entry e ON e.id = i.entry_id
      WHERE YEAR(e.entry_on) = ${year} GROUP BY i.account ORDER BY i.account`);
    assert.deepEqual([...moved].map(([account, [debit, credit]]) => [account, String(debit), String(credit)]).sort(([a], [b]) => (a < b ? -1 : 1)), ledger);
  }
});

test('a year of mails that leave today: amounts as they were asked, and no demand for what was paid', { timeout: 120000 }, async () => {
  const mails = await startMailServer();
  try {
    appendFileSync(`${stack.dir}/tenants/demo.conf`, `mail.smtp = ${mails.url}\n`);
    for (const command of ['dunning', 'mail']) { // the open invoice's first reminder is due today
      const done = await batch(stack, [command]);
      assert.equal(done.code, 0, done.err);
    }
  } finally { await mails.close(); }
  const states = (where) => stack.sql(`SELECT DISTINCT o.state FROM outbox o JOIN receivable r ON r.invoice_id = o.invoice_id WHERE o.template IN ('pay_reminder', 'debit_returned') AND ${where}`).flat();
  assert.deepEqual(states("r.state = 'paid'"), ['needless']);
  assert.deepEqual(states("r.state = 'open'"), ['sent']);
  const notices = stack.sql("SELECT o.params, i.number FROM outbox o JOIN invoice i ON i.id = o.invoice_id WHERE o.template = 'sepa_prenotice' AND o.state = 'sent'");
  assert.ok(notices.length > 20, `${notices.length} notices`);
  const texts = mails.mails.map(({ raw }) => Buffer.from(raw.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1')
    .toString('utf8').replace(/\s/g, '')).filter((text) => text.includes('Nousprélèveronsvotrecompte'));
  assert.equal(texts.length, notices.length);
  for (const [params, number] of notices) { // all of these invoices are paid by now
    const { asked } = JSON.parse(params);
    assert.ok(texts.some((text) => text.includes(`lafacture${number}.`) && text.includes(`Montant:${asked.slice(0, -2)},${asked.slice(-2)}€`)), `${number}: ${asked}`);
  }
});
