// Every field of every form with wrong values: 422 with a summary and the words at the field, everything
// else kept as it was typed; never an error page of ours, never half a change.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { forms, Visitor } from '../lib/visitor.mjs';

let stack;
before(async () => { stack = await startStack({ batch: false }); });
after(() => stack?.stop());

const WRONG = ['', ' ', '-1', '0', '1e9', '99999999999999999999', '1.23456789', '31/02/2026', '2026-02-30', 'x'.repeat(6000), '<b>&"\'', 'a\r\nB: c', '\u202e\u0007', 'é'.repeat(300)];
const hidden = /^(csrf|once|rev|version|sha256|today|base|was|line\.\d+\.(id|was|listed)|price\.\d+\.plan)$/; // what nobody types

const plain = (html) => html.replace(/<span class="visually-hidden">[^<]*<\/span>/g, '').replace(/<[^>]*>/g, '').replace(/\s+/g, ' ').trim();

// The summary names every field in error by its id, in the same words as stand at the field, and no other.
function flaws(html) {
  const found = [];
  const summary = /<div class="ui-errors"[\s\S]*?<ul>([\s\S]*?)<\/ul>/.exec(html)?.[1];
  if (!summary || !/role="alert"/.test(html)) return ['no summary'];
  const named = [...summary.matchAll(/<li><a href="#([^"]*)">([\s\S]*?)<\/a>/g)].map(([, id, words]) => [id, plain(words)]);
  const fields = new Map([...html.replace(/<span class="visually-hidden">[^<]*<\/span>/g, '')
    .matchAll(/<(p|span) class="ui-error" id="([^"]*)-err">([\s\S]*?)<\/\1>/g)].map(([, , id, words]) => [id, plain(words)]));
  if (named.length === 0) found.push('an empty summary');
  for (const [id, words] of named) {
    if (!html.includes(`id="${id}"`)) found.push(`#${id} leads nowhere`);
    if (fields.get(id) !== words) found.push(`summary "${words}", at #${id} "${fields.get(id)}"`);
  }
  for (const id of fields.keys()) if (!named.some(([other]) => other === id)) found.push(`#${id} is not in the summary`);
  return found;
}
const met = new Set(); // fields that were refused at least once

// Sends the form with one field wrong at a time; gives what was not as it should be.
async function tryForm(visitor, path, match, valid = {}, button) {
  const findings = [];
  await visitor.get(stack.site + path);
  assert.equal(visitor.status, 200, path);
  const names = [...new Set(visitor.form(match).fields.map(([name]) => name))].filter((name) => !hidden.test(name));
  let refused = 0;
  for (const name of names) {
    for (const wrong of WRONG) {
      await visitor.get(stack.site + path);
      if (visitor.status !== 200) { findings.push(`${path}: ${visitor.status} before ${name}`); return { findings, refused }; }
      const form = visitor.form(match);
      const field = form.fields.find(([other]) => other === name);
      if (!field) continue;
      const chosen = button && form.buttons.find((b) => b.value === button);
      const present = Object.fromEntries(Object.entries(valid).filter(([k]) => form.fields.some(([other]) => other === k)));
      const request = visitor.fill(form, present, chosen ?? {});
      const body = new URLSearchParams(request.body);
      body.set(name, wrong);
      await visitor.send('POST', request.url, body.toString());
      if (![303, 422, 400, 404, 409].includes(visitor.status)) findings.push(`${path} ${name}=${wrong.slice(0, 12)}: ${visitor.status}`);
      if (visitor.status !== 422) continue;
      refused++;
      for (const flaw of flaws(visitor.html)) findings.push(`${path} ${name}=${wrong.slice(0, 12)}: ${flaw}`);
      met.add(`${path} ${name}`);
      const again = forms(visitor.html).find((f) => (match instanceof RegExp ? match.test(f.action) : match(f)));
      for (const [other, value] of body)
        if (other !== name && !hidden.test(other) && other !== 'do' && value !== '' && again) {
          const back = again.fields.filter(([n]) => n === other).map(([, v, offered]) => v ?? (offered === value ? null : v));
          if (!back.includes(value)) findings.push(`${path} ${name}=${wrong.slice(0, 12)}: ${other} lost ${value} (${back})`);
        }
    }
  }
  return { findings, refused };
}

async function seller() {
  const visitor = new Visitor(stack.site);
  await visitor.get(`${stack.site}/admin/login`);
  await visitor.submit(/login/, { email: stack.email, password: stack.password });
  assert.equal(visitor.status, 200);
  return visitor;
}

test('the seller\'s forms', { timeout: 480000 }, async () => {
  const visitor = await seller();
  const first = async (list, pattern) => {
    await visitor.get(stack.site + list);
    const path = pattern.exec(visitor.html)?.[1];
    assert.ok(path, `${list} leads to nothing`);
    return path;
  };
  const customer = await first('/admin/customers', /href="(\/admin\/customers\/(?!new)[^"\/?]+)"/);
  const product = await first('/admin/products', /href="(\/admin\/products\/\d+)"/);
  const plan = await first('/admin/plans', /href="(\/admin\/plans\/\d+)"/);
  const template = await first('/admin/templates', /href="(\/admin\/templates\/\d+)"/);
  const list = await first(await first('/admin/pricelists', /href="(\/admin\/pricelists\/\d+)"/), /href="(\/admin\/pricelists\/\d+\/prices\/\d+)"/);
  const coupon = await first('/admin/coupons', /href="(\/admin\/coupons\/\d+)"/);
  const sent = stack.value("SELECT number FROM quote WHERE state = 'sent' LIMIT 1");
  const draft = stack.value("SELECT number FROM quote WHERE state = 'draft' LIMIT 1");
  const all = [];
  let refused = 0;
  for (const [path, match, valid, button] of [
    ['/admin/settings/company', /settings\/company/, {}], ['/admin/products/new', /products\/new/, { name: 'Product', code: 'NEW-1' }],
    ['/admin/taxes/rates/new', /rates\/new/, { country: 'BR', rate: '17', from: '01/01/2040', source: 'x' }], ['/admin/taxes/settings', /taxes\/settings/, {}],
    ['/admin/plans/new', /plans\/new/, { name: 'Weekly' }],
    ['/admin/coupons/new', /coupons\/new/, { code: 'HALF-OFF', percent: '5' }], [coupon, /coupons\/\d+$/, {}], [`/admin/quotes/${draft}`, /\/coupon$/, {}, 'enter'], ['/admin/indexes', /indexes$/, { name: 'Syntec', month: '01/02/2026', value: '1' }], ['/admin/units/new', /units\/new/, { name: 'heure' }], ['/admin/teams/new', /teams\/new/, { name: 'Nord' }], ['/admin/units/1', /units\/1$/, {}], ['/admin/pricelists/new', /pricelists\/new/, { name: 'A list' }], [list, /prices\/\d+$/, {}, 'save'], [list.replace(/\/prices.*/, '/edit'), /\/edit$/, {}], ['/admin/templates/new', /templates\/new/, { name: 'A template' }, 'save'],
    ['/admin/customers/new', /customers\/new/, { name: 'A', email: 'a@b.example', street: '1 rue', postal_code: '59000', city: 'Lille' }],
    ['/admin/quotes/new', /quotes\/new/, {}], [`/admin/quotes/${draft}/edit`, /\/edit$/, {}, 'save'], ['/admin/', /\/clock$/, {}],
    [`${customer}/edit`, /\/edit$/, {}], [product, /products\/\d+$/, {}], [plan, /plans\/\d+$/, {}], [template, /templates\/\d+$/, {}, 'save'],
    [`/admin/quotes/${sent}`, /\/answer$/, { text: 'x' }], ['/admin/forgot', /forgot/, {}],
    ['/admin/accounts/new', /accounts\/new$/, { code: '7061', name: 'Hosting' }], ['/admin/accounts/706', /accounts\/706$/, {}], ['/admin/accounts/roles', /accounts\/roles$/, {}], ['/admin/deferred/method', /deferred\/method$/, {}],
    [`/admin/settings/years/${stack.value('SELECT MAX(from_on) FROM financial_year')}`, /settings\/years\//, {}]]) {
    const done = await tryForm(visitor, path, match, valid, button);
    all.push(...done.findings);
    refused += done.refused;
  }
  assert.deepEqual(all.slice(0, 20), []);
  assert.ok(met.size > 40, `only ${met.size} fields were refused`);
  console.log(`${refused} refusals at ${met.size} fields`);
  assert.ok(refused > 100, `only ${refused} were refused`);
});

test('the customer\'s forms', { timeout: 120000 }, async () => {
  const visitor = new Visitor(stack.site);
  await visitor.get(stack.link);
  const quote = new URL(visitor.url).pathname;
  const all = [];
  let refused = 0;
  for (const [path, match, valid, button] of [[quote, /\/ask$/, { text: 'x' }], [quote, (f) => f.action === quote, {}, 'again'], [`${quote}/sign`, /\/sign$/, {}], [quote, /\/coupon$/, {}, 'enter'],
    ['/link', /\/link$/, { email: 'a@b.example', number: 'Q-2026-00001' }]]) {
    const done = await tryForm(visitor, path, match, valid, button);
    all.push(...done.findings);
    refused += done.refused;
  }
  assert.deepEqual(all.slice(0, 20), []);
  assert.ok(refused > 20, `only ${refused} were refused`);
  assert.equal(stack.value('SELECT COUNT(*) FROM signature'), '0');
  await visitor.get(`${stack.site}${quote}/decline`); // any reason declines, so only one that is too long
  await visitor.submit(/\/decline$/, { reason: 'x'.repeat(6000) });
  assert.equal(visitor.status, 422);
  assert.deepEqual(flaws(visitor.html), []);
  assert.equal(stack.value(`SELECT state FROM quote WHERE number = '${quote.split('/')[2]}'`), 'sent');
});
