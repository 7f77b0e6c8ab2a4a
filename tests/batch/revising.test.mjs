// A revision of the prices of many contracts: killed on its way, gone on with where it stood, taken back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { batch, seed } from '../lib/control.mjs';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

const MANY = Number(process.env.TEST_REVISED ?? 900);
let stack, seller, plan;
before(async () => {
  stack = await startStack({ batch: false, language: 'en' });
  const today = (await batch(stack, ['clock'])).out.trim();
  const due = new Date(Date.parse(today) + 20 * 86400000).toISOString().slice(0, 10);
  seed(stack, { subscriptions: MANY, due });
  plan = stack.value('SELECT plan_id FROM subscription ORDER BY id DESC LIMIT 1');
  seller = new Visitor(stack.site);
  await seller.get(`${stack.site}/admin/login`);
  await seller.submit(/login/, { email: stack.email, password: stack.password });
}, { timeout: 300000 });
after(() => stack?.stop());

const value = (sql) => Number(stack.value(sql));
const LINES = 2 * MANY;
const words = (html) => html.replace(/<[^>]*>/g, ' ').replace(/[\s\u00a0\u202f]+/g, ' ');
const told = (template) => value(`SELECT COUNT(*) FROM outbox WHERE template = '${template}'`);
const lines = () => value('SELECT COUNT(*) FROM subscription_line WHERE revision_id IS NOT NULL');
async function timed(name, doing) {
  const from = Date.now();
  const result = await doing();
  if (process.env.TACITE_TEST_TIMES) console.log(`${name}: ${Date.now() - from} ms`);
  return result;
}

test('announced on the page, killed, gone on with: every contract once', { timeout: 300000 }, async () => {
  await seller.get(`${stack.site}/admin/revisions/new`);
  await timed('preview', () => seller.submit(/revisions\/new$/, { plan, change: '10', notice: '5', reason: 'Costs' }, { button: 'preview' }));
  assert.equal(seller.status, 200);
  assert.ok(words(seller.html).includes(`${LINES.toLocaleString('en')} lines change`));
  assert.ok(words(seller.html).includes('The first 200 lines are shown'));
  assert.equal([...seller.html.matchAll(/<tr><th scope="row">/g)].length, 200);
  await timed('announcement', () => seller.submit(/revisions\/new$/, {}, { button: 'announce' }));
  assert.match(seller.url, /revisions\/\d+/);
  assert.ok(words(seller.html).includes(`198 of ${LINES.toLocaleString('en')} lines are changed and announced so far`));
  assert.ok(words(seller.html).includes('being announced'));
  assert.equal(lines(), 198);
  const killed = await batch(stack, ['revise'], { env: { TACITE_CRASH_AT: 'C05:2' } });
  assert.equal(killed.signal, 'SIGKILL', killed.err);
  assert.equal(lines(), 594); // two slices more, whole
  assert.equal(told('price_revised'), 297);
  const both = await timed('the rest', () => Promise.all([batch(stack, ['revise']), batch(stack, ['revise'])]));
  for (const done of both) assert.equal(done.code, 0, done.err);
  assert.equal(lines(), LINES);
  assert.equal(told('price_revised'), MANY);
  assert.equal(value('SELECT COUNT(DISTINCT subscription_id) FROM outbox WHERE template = \'price_revised\''), MANY);
  assert.equal(stack.value('SELECT state FROM price_revision'), 'announced');
  const [[was, is]] = stack.sql('SELECT o.unit_price_e4, n.unit_price_e4 FROM subscription_line n JOIN subscription_line o ON o.id = n.replaces_id LIMIT 1');
  assert.equal(Number(is), Math.round(Number(was) * 1.1));
});

test('the further lines are a page away; undone, every contract runs on at its price', { timeout: 300000 }, async () => {
  const url = seller.url;
  await seller.get(url);
  const further = /href="(\/admin\/revisions\/\d+\?after=\d+)"/.exec(seller.html)[1];
  await seller.get(stack.site + further);
  assert.equal(seller.status, 200);
  await seller.get(url);
  await seller.submit(/\/undo$/, {});
  assert.ok(words(seller.html).includes('It is being undone'));
  assert.equal((await timed('undoing', () => batch(stack, ['revise']))).code, 0);
  await seller.get(url);
  assert.ok(words(seller.html).includes('undone'));
  assert.equal(lines(), 0);
  assert.equal(value('SELECT COUNT(*) FROM subscription_line WHERE until_on IS NOT NULL'), 0);
  assert.equal(told('price_kept'), MANY);
  assert.equal((await batch(stack, ['verify'])).code, 0);
});
