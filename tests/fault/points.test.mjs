// Crash points by name (trust.md): kill -9 exactly there, the same command again, and everything is as if
// nothing had happened; the gateway's ledger agrees, nothing was captured twice.
import assert from 'node:assert/strict';
import { after as finish, before, test } from 'node:test';
import { readFileSync, writeFileSync } from 'node:fs';
import { again, batchThatStops, end } from '../lib/control.mjs';
import { Visitor } from '../lib/visitor.mjs';
import { Database } from './faults.mjs';
import { CARD, after, batch, begin, bringBack, keep, month, payUntilDone, run, same, snapshot, sound, startLife } from './life.mjs';

let stack, paid, renewed;
before(async () => {
  stack = await startLife({ others: 30 });
  await payUntilDone(stack);
  await run(stack);
  paid = snapshot(stack);
  await sound(stack);
  await keep(stack, 'paid');
  await month(stack, after(stack.today, 31));
  renewed = snapshot(stack);
  await sound(stack);
  assert.equal(stack.value('SELECT COUNT(*) FROM invoice'), '32');
}, { timeout: 120000 });
finish(() => stack?.stop());

// A renewal month: one process, killed at the point, then run again.
for (const point of ['C01', 'C02', 'C03', 'C04', 'C05', 'C05:3', 'C06', 'C07', 'C08', 'C09', 'C10', 'C11', 'C12', 'C13', 'C14', 'C15', 'C16', 'C17', 'C30'])
  test(`${point} in a month of renewals`, { timeout: 60000 }, async () => {
    await bringBack(stack, 'paid');
    stack.mails.mails.length = 0;
    await batch(stack, ['clock', '--to', after(stack.today, 31)]);
    const killed = await batch(stack, ['run'], { env: { TACITE_CRASH_AT: point } });
    assert.equal(killed.signal, 'SIGKILL', `${point} was never reached: ${killed.err}`);
    await run(stack);
    same(stack, renewed, point);
    await sound(stack);
    const ids = stack.mails.mails.map(({ raw }) => /^message-id: (.*)$/im.exec(raw)[1]);
    assert.ok(ids.length - new Set(ids).size <= (point === 'C17' ? 1 : 0), 'a mail left twice');
  });

test('C12, and nobody comes for a day: what was never sent is withdrawn and begins anew', { timeout: 60000 }, async () => {
  await bringBack(stack, 'paid');
  await batch(stack, ['clock', '--to', after(stack.today, 31)]);
  assert.equal((await batch(stack, ['run'], { env: { TACITE_CRASH_AT: 'C12' } })).signal, 'SIGKILL');
  const [[id]] = stack.sql("SELECT id FROM attempt WHERE state = 'ready'");
  stack.sql(`UPDATE attempt SET created_at = created_at - INTERVAL 2 DAY, next_check_at = UTC_TIMESTAMP(6) WHERE id = ${id}`);
  assert.equal((await batch(stack, ['janitor'])).code, 0);
  assert.deepEqual(stack.sql(`SELECT state, next_check_at FROM attempt WHERE id = ${id}`), [['not_sent', null]]);
  await run(stack);
  assert.deepEqual(stack.sql(`SELECT state FROM attempt WHERE payable_id = (SELECT payable_id FROM attempt WHERE id = ${id}) ORDER BY number`), [['not_sent'], ['succeeded']]);
  await sound(stack);
});

// Changes whose day comes within the month: less of a line with its credit note, pauses.
function planChanges(stack) {
  const day = after(stack.today, 10);
  const made = `'planned', '${day}', 1, 'seller:1', '${stack.today}', UTC_TIMESTAMP(6), 'EUR'`;
  const columns = 'subscription_id, kind, state, effective_on, credit, made_by, made_on, made_at, currency';
  const sold = "(SELECT MIN(s.id) FROM subscription s JOIN billing_period b ON b.subscription_id = s.id)";
  stack.sql(`INSERT INTO amendment (${columns}) SELECT ${sold}, 'lines', ${made};
    INSERT INTO amendment_item (amendment_id, place, act, slot, quantity_e4) SELECT MAX(id), 1, 'set', 1, 10000 FROM amendment;
    INSERT INTO amendment (${columns}) SELECT id, 'pause', ${made} FROM subscription WHERE id <> ${sold} ORDER BY id LIMIT 4`);
}

test('changes whose day comes, killed at every point of theirs', { timeout: 240000 }, async () => {
  const to = after(stack.today, 31);
  const apply = async (point) => {
    await bringBack(stack, 'paid');
    planChanges(stack);
    await batch(stack, ['clock', '--to', to]);
    if (point !== null) assert.equal((await batch(stack, ['run'], { env: { TACITE_CRASH_AT: point } })).signal, 'SIGKILL', `${point} was never reached`);
    await run(stack);
    await sound(stack);
    return snapshot(stack);
  };
  const wanted = await apply(null);
  assert.deepEqual(stack.sql("SELECT kind, state, COUNT(*), SUM(credit_minor) > 0 FROM amendment GROUP BY kind, state ORDER BY kind + 0"),
    [['lines', 'applied', '1', '1'], ['pause', 'applied', '4', '0']]);
  for (const point of ['A01', 'A01:3', 'C07', 'A02', 'A02:5']) {
    await apply(point);
    same(stack, wanted, point);
  }
});

// The customer's payment: a worker dies at the point, the customer comes back. "starts": on the way to the
// gateway's page; "settles": from that page on, when the money is taken and its webhook comes.
// The customer does not wait for the worker that dies at a webhook: its supervisor may tell a moment later.
async function died(stack, from, seconds = 20) {
  for (let i = 0; i < 20 * seconds; i++) {
    if (/"child\.ended".*"signal"\W+9\b/.test(stack.log('slow').slice(from))) return true;
    await new Promise((done) => { setTimeout(done, 50); });
  }
  return false;
}
for (const [phase, point] of [...['C05', 'C12', 'C13', 'C14', 'C15', 'C16'].map((name) => ['starts', name]), ...['C05', 'C15', 'C16'].map((name) => ['settles', name])])
  test(`${point} while a payment ${phase}`, { timeout: 60000 }, async () => {
    await bringBack(stack, 'signed');
    await again(stack, 'slow', phase === 'starts' ? { TACITE_CRASH_AT: point } : {}, 'SIGKILL');
    const from = stack.log('slow').length;
    const pay = (how) => payUntilDone(stack, how).catch((error) => { if (!/never came to an end/.test(error.message)) throw error; });
    if (phase === 'starts') await pay({ tries: 2 });
    else { // a customer whose page did not come tries again; a batch would settle beside the workers
      const onPage = () => again(stack, 'slow', { TACITE_CRASH_AT: point }, 'SIGKILL');
      for (let i = 0; i < 6 && (i === 0 || !(await died(stack, from, 2))); i++) await pay({ tries: 1, onPage, alone: true });
    }
    assert.ok(await died(stack, from), `${point}: no worker died`);
    await again(stack, 'slow', {}, 'SIGKILL');
    await payUntilDone(stack);
    await run(stack);
    same(stack, paid, point);
    await sound(stack);
  });

// MON-22: the COMMIT that wrote the attempt stands, its answer is lost, and before the worker asks again another process has
// ended that very attempt. It must neither come back to life nor be sent: the customer looks again, and pays once.
test('C05 while a payment starts, and another process ends the attempt meanwhile', { timeout: 60000 }, async () => {
  const database = await new Database().start(stack.database, `${stack.dir}/run/proxy.sock`);
  const conf = readFileSync(stack.tenant, 'utf8');
  try {
    await bringBack(stack, 'signed');
    writeFileSync(stack.tenant, conf.replace(/^database.socket = .*$/m, `database.socket = ${database.path}`));
    await again(stack, 'slow', {}, 'SIGKILL');
    let ended = 0;
    database.plan = () => (ended === 0 ? 'lost after' : null); // every COMMIT until the one of the attempt
    database.meanwhile = () => {
      stack.sql("UPDATE attempt SET state = 'not_sent', next_check_at = NULL WHERE state = 'ready'");
      ended = Number(stack.value("SELECT COUNT(*) FROM attempt WHERE state = 'not_sent'"));
    };
    const visitor = new Visitor(stack.site);
    visitor.cookies = new Map([...stack.cookies].map(([origin, jar]) => [origin, new Map(jar)]));
    for (let i = 0; i < 20 && visitor.status !== 200; i++) await visitor.get(stack.pay); // the pools start anew
    await visitor.submit(/^\/pay\/[^/]+$/, {});
    assert.equal(ended, 1, 'the attempt was ended under its sender');
    assert.ok(!visitor.url.startsWith(stack.sandbox) && visitor.status < 500, `${visitor.status} ${visitor.url}`);
    assert.deepEqual(stack.sql('SELECT state, session_ref FROM attempt'), [['not_sent', null]], 'nothing began');
    database.meanwhile = null;
    await payUntilDone(stack);
    await run(stack);
    assert.deepEqual(stack.sql('SELECT state FROM attempt ORDER BY number').flat(), ['not_sent', 'succeeded']);
    await sound(stack);
  } finally {
    writeFileSync(stack.tenant, conf);
    await again(stack, 'slow', {}, 'SIGKILL');
    await database.stop();
  }
});

// MON-08: the money was taken and nobody was told. Whoever presses [Pay] again has the open attempt asked about first.
test('C14 of a hosted page: paid there, no webhook, no return; the next press finds the money and takes no more', { timeout: 60000 }, async () => {
  const sandbox = readFileSync(`${stack.dir}/sandbox.conf`, 'utf8');
  try {
    await bringBack(stack, 'signed');
    writeFileSync(`${stack.dir}/sandbox.conf`, sandbox.replace(/^webhook.url = .*$/m, 'webhook.url = http://127.0.0.1:9/'));
    await again(stack, 'sandbox');
    const customer = () => {
      const visitor = new Visitor(stack.site);
      visitor.cookies = new Map([...stack.cookies].map(([origin, jar]) => [origin, new Map(jar)]));
      return visitor;
    };
    const first = customer();
    await first.get(stack.pay);
    await first.submit(/^\/pay\/[^/]+$/, {});
    const second = customer(); // another window, open since before
    await second.get(stack.pay);
    await first.submit((form) => form.fields.some(([name]) => name === 'number'), { number: CARD, expiry: '12/34', cvc: '123', name: 'C L' },
      { stop: (url) => url.startsWith(stack.site) });
    stack.sql("UPDATE attempt SET created_at = created_at - INTERVAL 11 MINUTE WHERE state = 'action'");
    assert.deepEqual(stack.sql('SELECT state FROM attempt').flat(), ['action'], 'nobody here knows of the money');
    await second.submit(/^\/pay\/[^/]+$/, {});
    assert.deepEqual(stack.sql('SELECT state FROM attempt').flat(), ['succeeded']);
    assert.ok(!second.url.startsWith(stack.sandbox), second.url);
    await sound(stack);
  } finally {
    writeFileSync(`${stack.dir}/sandbox.conf`, sandbox);
    await again(stack, 'sandbox');
  }
});

// A month for each point: the batch stands still there, the database is killed and comes back, the batch goes on.
const WHOLE = ['C01', 'C02', 'C03', 'C04', 'C05', 'C06', 'C07', 'C08', 'C09', 'C10', 'C11', 'C12', 'C13', 'C14', 'C15', 'C16', 'C17', 'C30'];
test('X01 the database is killed while the batch is at each point', { timeout: 400000 }, async () => {
  const months = async (each) => {
    await bringBack(stack, 'paid');
    for (const [i, point] of WHOLE.entries()) {
      await batch(stack, ['clock', '--to', after(stack.today, 31 * (i + 1))]);
      await each(point);
      await run(stack, 2);
    }
    await run(stack);
    return snapshot(stack);
  };
  const undisturbed = await months(async () => {});
  const codes = [];
  await months(async (point) => {
    const running = batchThatStops(stack, ['run'], point);
    await running.stopped;
    await end(stack, 'database', 'SIGKILL');
    running.go();
    const done = await running.done;
    assert.ok([0, 1, 69, 75].includes(done.code), `${point}: ${done.code} ${done.err}`);
    codes.push(done.code);
    if (point === 'C04') assert.equal((await batch(stack, ['run'])).code, 69, 'the database is away');
    await begin(stack, 'database');
  });
  assert.ok(codes.filter((code) => code === 69).length > WHOLE.length / 2, `the batch met it: ${codes}`);
  same(stack, undisturbed, 'X01');
  await sound(stack);
});

test('C27 a closing is cut off: it exists once, and the days that were missed follow in their order', { timeout: 60000 }, async () => {
  await bringBack(stack, 'paid');
  await batch(stack, ['clock', '--to', after(stack.today, 40)]);
  await run(stack);
  assert.equal((await batch(stack, ['closing'], { env: { TACITE_CRASH_AT: 'C27' } })).signal, 'SIGKILL');
  assert.equal(stack.value('SELECT COUNT(*) FROM closing'), '0');
  assert.ok([0, 1].includes((await batch(stack, ['closing'])).code));
  const closed = stack.sql('SELECT sequence, kind, from_on FROM closing ORDER BY sequence');
  assert.ok(closed.length > 5);
  assert.deepEqual(closed.map(([sequence]) => Number(sequence)), closed.map((_, i) => i + 1));
  assert.equal(new Set(closed.map(([, kind, from]) => `${kind} ${from}`)).size, closed.length);
  await sound(stack);
});

test('X10 a database that is missing, older or only to be read: nothing happens, and then everything', { timeout: 90000 }, async () => {
  await bringBack(stack, 'paid');
  await batch(stack, ['clock', '--to', after(stack.today, 31)]);
  const before = snapshot(stack);
  const missing = `${stack.dir}/missing.conf`;
  writeFileSync(missing, readFileSync(stack.tenant, 'utf8').replace(/^database.name = .*$/m, 'database.name = tacite_nowhere'));
  const nowhere = await batch(stack, ['run'], { tenant: missing });
  assert.ok([69, 70, 78].includes(nowhere.code), `${nowhere.code} ${nowhere.err}`);
  stack.sql('ALTER TABLE advance RENAME TO advance_of_tomorrow'); // what a newer program would not find
  const older = await batch(stack, ['run']);
  assert.equal(older.code, 70, older.err);
  stack.sql('ALTER TABLE advance_of_tomorrow RENAME TO advance');
  await bringBack(stack, 'paid');
  await batch(stack, ['clock', '--to', after(stack.today, 31)]);
  stack.sql('SET GLOBAL read_only = ON');
  const readOnly = await batch(stack, ['run']);
  assert.ok([70, 75].includes(readOnly.code), `${readOnly.code} ${readOnly.err}`);
  same(stack, before, 'only read');
  stack.sql('SET GLOBAL read_only = OFF');
  await run(stack);
  same(stack, renewed, 'X10');
  await sound(stack);
});

// There is no lock to disable: rows are claimed, and UNIQUE keys keep money right.
test('X03 two batches at once, and one run twice, leave what one leaves', { timeout: 60000 }, async () => {
  await bringBack(stack, 'paid');
  await batch(stack, ['clock', '--to', after(stack.today, 31)]);
  const both = await Promise.all([batch(stack, ['run']), batch(stack, ['run'])]);
  assert.ok(both.every(({ code }) => code === 0 || code === 75), both.map(({ err }) => err).join('\n'));
  await run(stack);
  const bare = (rows) => Object.fromEntries(Object.entries(rows).map(([table, list]) => [table, list.map((row) => row.replace(/INV-\d+-\d+/g, 'INV').replace(/#\d+/g, '#')
    .replace(/\b(sequence|source_id|invoice_id|ref_id|subject_id|subscription_id|customer_id)=\S+/g, '$1')).sort()]));
  assert.deepEqual(Object.keys(renewed), Object.keys(snapshot(stack)));
  const { difference } = await import('../lib/state.mjs');
  assert.deepEqual(difference(bare(renewed), bare(snapshot(stack))), []);
  await sound(stack);
  const now = snapshot(stack);
  await run(stack, 1);
  same(stack, now, 'once more');
});
