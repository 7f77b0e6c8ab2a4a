// VIES: what it says is kept as evidence and decides about reverse charge; what it does not say changes nothing, flags,
// and is asked again. Against a server of ours that answers, refuses, stays mute, cuts and lies.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { startVies } from '../lib/vies_server.mjs';
import { Visitor } from '../lib/visitor.mjs';

const NUMBER = 'DE136695976';
let vies, stack, seller, path, id;

before(async () => {
  vies = await startVies();
  stack = await startStack({ batch: false, vies: vies.url, language: 'en' });
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
}, { timeout: 60000 });
after(async () => { await stack?.stop(); await vies?.stop(); });

const owner = (sql) => stack.sql(sql);
const checks = () => owner(`SELECT valid, via, consultation FROM vat_check WHERE customer_id = ${id} ORDER BY id`);
const items = () => owner(`SELECT kind FROM operator_item WHERE closed_at IS NULL AND subject_kind = 'customer' AND subject_id = ${id} ORDER BY kind`).flat();
const recheck = () => owner(`SELECT tries, reason, next_try_at > UTC_TIMESTAMP(6) FROM vat_recheck WHERE customer_id = ${id}`)[0];
const due = () => owner(`UPDATE vat_recheck SET next_try_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE customer_id = ${id}`);
const press = async () => { await seller.get(`${stack.site}${path}`); await seller.submit(/\/vies$/, {}); };

// A new customer for every case, and nobody else's number due.
let made = 0;
beforeEach(async () => {
  owner('DELETE FROM vat_recheck');
  owner('DELETE FROM vies_breaker');
  vies.asked.length = 0;
  vies.say = 'valid';
  await seller.get(`${stack.site}/admin/customers/new`);
  await seller.submit(/customers\/new/, { kind: 'company', name: `Kunde ${++made}`, email: 'kunde@kunde.example', street: 'Weg 1', postal_code: '10115',
    city: 'Berlin', country: 'DE', vat_id: NUMBER, language: 'en' });
  path = new URL(seller.url).pathname;
  id = stack.value(`SELECT id FROM customer WHERE number = '${path.split('/').pop()}'`);
});

test('a valid number: evidence with the consultation number, no flag, asked again after the days of the house', async () => {
  await press();
  assert.match(seller.html, /VIES was asked/);
  assert.match(seller.html, /WAPIAAAA00000001/);
  assert.deepEqual(checks(), [['1', 'vies', 'WAPIAAAA00000001']]);
  assert.deepEqual(vies.asked, [{ path: '/taxation_customs/vies/rest-api/check-vat-number', countryCode: 'DE', vatNumber: '136695976', requesterMemberStateCode: 'FR', requesterNumber: '11123456782' }]);
  assert.deepEqual(items(), []);
  assert.equal(stack.value(`SELECT DATEDIFF(next_try_at, UTC_TIMESTAMP(6)) FROM vat_recheck WHERE customer_id = ${id}`), '30');
  assert.equal((await stack.batch('vat')).code, 0);
  assert.equal(vies.asked.length, 1, 'nothing is due');
});

test('an invalid number is told on the page', async () => {
  vies.say = 'invalid';
  await press();
  assert.match(seller.html, /Not valid/);
  assert.deepEqual(checks(), [['0', 'vies', 'WAPIAAAA00000001']]);
  assert.deepEqual(items(), []);
});

for (const [say, reason] of [['away', 'MS_UNAVAILABLE'], ['busy', 'GLOBAL_MAX_CONCURRENT_REQ'], ['down', 'SERVICE_UNAVAILABLE'], ['garbage', 'UNKNOWN_ANSWER'],
  ['cut', 'TIMEOUT'], ['other', 'UNKNOWN_ANSWER'], ['mute', 'TIMEOUT']])
  test(`${say}: nothing is known, the customer is flagged and asked about again`, { timeout: 30000 }, async () => {
    vies.say = say;
    const from = Date.now();
    await press();
    assert.ok(Date.now() - from < 12000, 'nobody waits for long');
    assert.equal(seller.status, 200);
    assert.match(seller.html, new RegExp(`VIES did not answer \\(${reason}\\)`));
    assert.deepEqual(checks(), []);
    assert.deepEqual(items(), ['vat_no_answer']);
    assert.deepEqual(recheck(), ['1', reason, '1']);
    vies.say = 'valid'; // the batch hears the answer when it comes
    due();
    assert.equal((await stack.batch('run')).code, 0);
    assert.deepEqual(checks().map(([valid, via]) => [valid, via]), [['1', 'vies']]);
    assert.deepEqual(items(), []);
    assert.deepEqual(recheck(), ['0', '', '1']);
  });

test('an outage takes nothing away: a number that was valid stays so', async () => {
  await press();
  vies.say = 'down';
  due();
  assert.equal((await stack.batch('vat')).code, 0);
  assert.deepEqual(checks().map(([valid]) => valid), ['1']);
  assert.deepEqual(items(), ['vat_no_answer']);
});

test('a number that is no longer registered: the batch asks a person', async () => {
  await press();
  vies.say = 'invalid';
  due();
  assert.equal((await stack.batch('vat')).code, 1, 'something needs a look');
  assert.deepEqual(checks().map(([valid]) => valid), ['1', '0']);
  assert.deepEqual(items(), ['vat_invalid']);
});

test('a seller that VIES does not know still learns about the customer, without a consultation number', async () => {
  vies.say = 'requester';
  await press();
  assert.equal(vies.asked.length, 2);
  assert.deepEqual(checks(), [['1', 'vies', '']]);
});

test('a member state that stays away: after three failures nobody waits for it, and others are still asked about', async () => {
  vies.say = 'away';
  for (let i = 0; i < 5; i++) await press();
  assert.equal(vies.asked.length, 3, 'the breaker is open');
  assert.deepEqual(recheck().slice(0, 2), ['5', 'BREAKER_OPEN']);
  await seller.get(`${stack.site}/admin/customers/new`);
  await seller.submit(/customers\/new/, { kind: 'company', name: `Klant ${made}`, email: 'klant@klant.example', street: 'Weg 1', postal_code: '1012',
    city: 'Amsterdam', country: 'NL', vat_id: 'NL004495445B01', language: 'en' });
  vies.say = 'valid';
  await seller.submit(/\/vies$/, {});
  assert.equal(vies.asked.length, 4);
  assert.match(seller.html, /WAPIAAAA00000004/);
});

test('VIES down: the batch gives up after three, keeps the rest due, and a failing run costs nothing else', async () => {
  for (let i = 0; i < 6; i++) {
    await seller.get(`${stack.site}/admin/customers/new`);
    await seller.submit(/customers\/new/, { kind: 'company', name: `Firma ${made} ${i}`, email: 'f@f.example', street: 'Weg 1', postal_code: '10115',
      city: 'Berlin', country: 'DE', vat_id: NUMBER, language: 'en' });
  }
  vies.say = 'down';
  assert.equal((await stack.batch('run')).code, 0);
  assert.equal(vies.asked.length, 3);
  assert.equal(stack.value('SELECT COUNT(*) FROM vat_recheck WHERE next_try_at <= UTC_TIMESTAMP(6)'), '4');
  const dry = await stack.batch('vat', '--dry-run');
  assert.match(dry.err, /"event":"vat".*"due":"4"/);
  owner('DELETE FROM vies_breaker');
  vies.say = 'valid';
  assert.equal((await stack.batch('vat')).code, 0);
  assert.equal(stack.value('SELECT COUNT(*) FROM vat_recheck WHERE next_try_at <= UTC_TIMESTAMP(6)'), '0');
});

test('pressed twice with one form: one check', async () => {
  await seller.get(`${stack.site}${path}`);
  const { url, body } = seller.fill(seller.form(/\/vies$/));
  await seller.send('POST', url, body);
  assert.equal(seller.status, 303);
  await seller.send('POST', url, body);
  assert.equal(seller.status, 303);
  assert.equal(checks().length, 1);
});

test('reverse charge follows the check: charged before, not after, charged when it is invalid', async () => {
  const sale = async (vat) => {
    await seller.get(`${stack.site}/admin/taxes/calculator`);
    await seller.submit(/calculator/, { buyer_country: 'DE', buyer_postal: '10115', vat_id: vat });
    return /<dt>Why<\/dt><dd>([^<]*)/.exec(seller.html)?.[1];
  };
  assert.match(await sale('unchecked'), /has not been checked/);
  assert.match(await sale('checked'), /reverse charge/);
  assert.match(await sale('none'), /has no VAT number/);
  await seller.get(`${stack.site}/admin/quotes/new?customer=${path.split('/').pop()}`);
  await seller.submit(/quotes\/new/, {});
  assert.match(seller.url, /\/edit$/);
  const edit = seller.url;
  const charged = async () => { await seller.get(edit); return /has not been checked/.test(seller.html); };
  const before = await charged();
  await press();
  const after = await charged();
  vies.say = 'invalid';
  await press();
  assert.deepEqual([before, after, await charged()], [true, false, true]);
});

test('a customer whose number goes is asked about no more', async () => {
  assert.deepEqual(recheck().slice(0, 2), ['0', '']);
  await seller.get(`${stack.site}${path}/edit`);
  await seller.submit(/\/edit$/, { vat_id: '' });
  assert.equal(recheck(), undefined);
  await seller.get(`${stack.site}${path}`);
  assert.ok(!/\/vies"/.test(seller.html));
});
