// life: what the fault tests let happen again and again: a signed quote that is paid, and a month in the
// life of subscriptions. A whole database is kept before and brought back after each try.
import assert from 'node:assert/strict';
import { batch, begin, bringBack, keep, seed } from '../lib/control.mjs';
import { startMailServer } from '../lib/mail_server.mjs';
import { startStack } from '../lib/stack.mjs';
import { difference, state } from '../lib/state.mjs';
import { Visitor } from '../lib/visitor.mjs';

export const CARD = '4242424242424242';
export const snapshot = (stack) => state(stack.database, 'tacite_demo');
export const same = (stack, wanted, what) => assert.deepEqual(difference(wanted, snapshot(stack)), [], what);

// A house whose mails leave, with a quote that is signed and waits for its payment, kept as "signed".
export async function startLife(wanted) {
  const mails = await startMailServer();
  const stack = await startStack({ batch: false, smtp: mails.url }).catch(async (error) => { await mails.close(); throw error; }); // else the process waits for ever
  const close = stack.stop.bind(stack);
  stack.stop = async () => { await close(); await mails.close(); };
  stack.mails = mails;
  try { return await sign(stack, wanted); } catch (error) { await stack.stop(); throw error; }
}

async function sign(stack, { others = 0 } = {}) {
  stack.today = (await batch(stack, ['clock'])).out.trim();
  await run(stack);
  const visitor = new Visitor(stack.site);
  await visitor.get(stack.link);
  await visitor.submit(/\/q\/[^/]+$/, {}, { button: 'sign' });
  await visitor.submit(/\/sign$/, { name: 'Camille Lefèvre', consent: true });
  assert.match(visitor.url, /\/pay\//);
  stack.pay = visitor.url;
  stack.cookies = new Map([...visitor.cookies].map(([origin, jar]) => [origin, new Map(jar)]));
  if (others > 0) seed(stack, { subscriptions: others, due: after(stack.today, 20) });
  await run(stack);
  await keep(stack, 'signed');
  return stack;
}

export const after = (day, days) => new Date(Date.parse(day) + days * 864e5).toISOString().slice(0, 10);

// What waits for a later look is due now. This UPDATE of ours may meet a worker's transaction and be the one
// that the database gives up: then it is said again; any other error is one.
function hasten(stack, text) {
  for (let i = 0; ; i++) {
    try { return stack.sql(text); } catch (error) { if (i === 20 || !/^ERROR (1213|1205|1020) /m.test(String(error.stderr))) throw error; }
  }
}
const LOOK = 'UPDATE attempt SET next_check_at = UTC_TIMESTAMP(6) WHERE next_check_at IS NOT NULL';

// Everything that is due, as often as it takes to be still; what waits for a later look is looked at now.
export async function run(stack, times = 3) {
  for (let i = 0; i < times; i++) {
    for (const text of [LOOK, LOOK.replace('attempt', 'refund'), "UPDATE outbox SET next_try_at = UTC_TIMESTAMP(6) WHERE state = 'waiting'",
      'UPDATE gateway_event SET next_try_at = UTC_TIMESTAMP(6) WHERE next_try_at IS NOT NULL']) hasten(stack, text);
    await fetch(`${stack.sandbox}/sandbox/deliver?all=1`, { method: 'POST' }).catch(() => {});
    const done = await batch(stack, ['run']);
    assert.ok([0, 1].includes(done.code), done.err);
  }
}

// The customer who comes back as often as it takes: pays, and sees that the order stands. Gives how many
// answers failed on the way. onPage: called once, when the gateway's page is open. alone: no batch helps.
export async function payUntilDone(stack, { tries = 12, onPage = null, alone = false, card = CARD } = {}) {
  let failed = 0;
  const visitor = new Visitor(stack.site);
  visitor.cookies = new Map([...stack.cookies].map(([origin, jar]) => [origin, new Map(jar)]));
  for (let i = 0; i < tries; i++) {
    try {
      await visitor.get(stack.pay);
      if (visitor.status >= 500) failed++;
      if (/\/done\//.test(visitor.url) && visitor.status === 200) return failed;
      if (visitor.status === 200 && /action="\/pay\/[^"/]+"/.test(visitor.html)) {
        await visitor.submit(/^\/pay\/[^/]+$/, {});
        if (visitor.status >= 500) failed++;
        if (visitor.url.startsWith(stack.sandbox) && onPage) { await onPage(); onPage = null; }
        if (visitor.url.startsWith(stack.sandbox) && visitor.status === 200)
          await visitor.submit((form) => form.fields.some(([name]) => name === 'number'), { number: card, expiry: '12/34', cvc: '123', name: 'C L' });
      }
      if (/\/done\//.test(visitor.url) && visitor.status === 200) return failed;
      if (/\/refresh"/.test(visitor.html)) {
        await visitor.submit(/\/refresh$/, {});
        if (visitor.status >= 500) failed++;
      }
      if (/\/done\//.test(visitor.url) && visitor.status === 200) return failed;
    } catch (error) {
      if (!/fetch failed|no form|terminated/.test(error.message)) throw error;
    }
    hasten(stack, LOOK);
    if (!alone) await batch(stack, ['janitor']);
  }
  throw new Error(`the payment never came to an end: ${visitor.url} ${visitor.status} ${visitor.html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').slice(0, 400)} ${stack.sql('SELECT kind, state, redirect_url, next_check_at FROM attempt').join(' | ')}`);
}

// A month later.
export async function month(stack, to) {
  const moved = await batch(stack, ['clock', '--to', to]);
  assert.equal(moved.code, 0, moved.err);
  await run(stack);
}

// The gateway's own book against ours: every capture belongs to an attempt that we know, none twice, each
// with its payment of the same amount; and the books verified. Both databases are kept and brought back together.
export async function sound(stack) {
  const lines = (await (await fetch(`${stack.sandbox}/sandbox/ledger.tsv`)).text()).trim().split('\n').map((line) => line.split('\t'));
  const names = lines.shift();
  const at = (line, name) => { assert.ok(names.includes(name), `the ledger has no ${name}: ${names}`); return line[names.indexOf(name)]; };
  const keys = new Map(stack.sql('SELECT attempt_key, payable_id FROM attempt'));
  const captured = [];
  for (const line of lines) {
    const payable = keys.get(at(line, 'attempt'));
    assert.ok(payable !== undefined, `captured for nothing that we know: ${line}`);
    captured.push(`${payable} ${at(line, 'amount_minor')}`);
  }
  assert.equal(new Set(captured.map((text) => text.split(' ')[0])).size, captured.length, `captured twice: ${captured}`);
  const paid = stack.sql('SELECT a.payable_id, p.amount_minor FROM payment p JOIN attempt a ON a.id = p.attempt_id AND a.kind <> "sepa"').map((row) => row.join(' '));
  assert.deepEqual(paid.sort(), captured.sort(), 'payments and captures');
  assert.ok(captured.length > 0);
  const verified = await batch(stack, ['verify']);
  assert.equal(verified.code, 0, verified.out + verified.err);
}

export { batch, begin, bringBack, keep };
