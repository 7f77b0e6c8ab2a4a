// What tacite-batch says and gives back: help, exit codes, wrong configurations, the test clock, doctor.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { begin, batch, dump, end, seed, until } from '../lib/control.mjs';
import { startStack } from '../lib/stack.mjs';

let stack;
let conf;
before(async () => {
  stack = await startStack({ batch: false });
  conf = readFileSync(stack.tenant, 'utf8');
});
after(() => stack?.stop());

const COMMANDS = ['run', 'amend', 'renew', 'dunning', 'collect', 'janitor', 'recognise', 'render', 'mail', 'clock', 'doctor', 'verify', 'closing', 'fec', 'migrate', 'seal', 'rekey', 'tenant', 'demo'];

// A configuration of its own, with changes: { path, line } of what was changed.
function variant(name, change) {
  const path = `${stack.dir}/tenants/${name}.conf`;
  const text = change(conf);
  writeFileSync(path, text, { mode: 0o640 });
  return path;
}

test('--help names every command, each has its own, and says the exit codes', async () => {
  const help = await batch(stack, ['--help'], { tenant: null });
  assert.equal(help.code, 0);
  for (const name of COMMANDS) assert.match(help.out, new RegExp(`^  ${name} `, 'm'));
  assert.match(help.out, /Exit codes: 0 done/);
  for (const name of COMMANDS) {
    const own = await batch(stack, [name, '--help']);
    assert.equal(own.code, 0, name);
    assert.match(own.out, new RegExp(`^usage: tacite-batch --tenant FILE ${name}`));
  }
});

test('an unknown command, an unknown option, a wrong value: 64, with words on stderr', async () => {
  for (const args of [['sing'], [], ['--tenants', 'x', 'run'], ['run', '--fast'], ['renew', 'now'], ['run', '--loop', '0'], ['run', '--loop', 'often'],
    ['clock', '--to', '2026-02-30'], ['clock', '--to', 'tomorrow'], ['doctor', '--all'], ['tenant', 'delete'], ['tenant', 'create', '--dir', 'here']]) {
    const done = await batch(stack, args);
    assert.equal(done.code, 64, `${args.join(' ')}: ${done.code} ${done.err}`);
    if (args[0] !== 'doctor') assert.notEqual(done.err, '', args.join(' '));
    assert.equal(done.out, '');
  }
  const alone = await batch(stack, ['doctor'], { tenant: null });
  assert.equal(alone.code, 64);
  assert.match(alone.err, /--tenant/);
});

test('a wrong configuration refuses to start: 78, with file and line', async () => {
  const lines = conf.split('\n');
  const at = (key) => lines.findIndex((line) => line.startsWith(`${key} `)) + 1;
  const keys = readFileSync(conf.match(/^key.file = (.*)$/m)[1], 'utf8');
  const open = `${stack.dir}/tenants/open.keys`;
  writeFileSync(open, keys);
  chmodSync(open, 0o644);
  const cases = [
    ['unknown', (text) => `${text}colour = red\n`, lines.length],
    ['twice', (text) => `${text}mode = test\n`, lines.length],
    ['number', (text) => text.replace(/^password.ln = .*$/m, 'password.ln = many'), at('password.ln')],
    ['range', (text) => text.replace(/^password.ln = .*$/m, 'password.ln = 99'), at('password.ln')],
    ['nothing', (text) => text.replace(/^mode = .*$/m, 'mode'), at('mode')],
  ];
  for (const [name, change, line] of cases) {
    const path = variant(`wrong_${name}`, change);
    const done = await batch(stack, ['run'], { tenant: path });
    assert.equal(done.code, 78, `${name}: ${done.err}`);
    assert.match(done.err, new RegExp(`${path}:${line}\\b`), `${name}: ${done.err}`);
  }
  for (const [name, change] of [['missing', (text) => text.replace(/^site.base = .*\n/m, '')], ['mode', (text) => text.replace(/^mode = .*$/m, 'mode = maybe')],
    ['openkeys', (text) => text.replace(/^key.file = .*$/m, `key.file = ${open}`)], ['nokeys', (text) => text.replace(/^key.file = .*$/m, 'key.file = /nowhere/keys')]]) {
    const path = variant(`wrong_${name}`, change);
    const done = await batch(stack, ['run'], { tenant: path });
    assert.equal(done.code, 78, `${name}: ${done.err}`);
    assert.match(done.err, name.endsWith('keys') ? /keys/ : new RegExp(path), `${name}: ${done.err}`);
  }
  for (const path of [`${stack.dir}/tenants/none.conf`, `${stack.dir}/tenants`]) {
    const done = await batch(stack, ['run'], { tenant: path });
    assert.equal(done.code, 78, done.err);
    assert.match(done.err, new RegExp(path));
  }
  // The worker refuses the folder as a whole, for the same reasons.
  const worker = await import('node:child_process').then(({ spawnSync }) => spawnSync(`${process.env.BUILD ?? 'build'}/tacite-worker`,
    ['--socket', `${stack.dir}/run/no.sock`, '--workers', '1', '--tenants', `${stack.dir}/tenants`, '--root', '.',
      '--assets', `${process.env.BUILD ?? 'build'}/assets`, '--locale', `${process.env.BUILD ?? 'build'}/locale`], { encoding: 'utf8', timeout: 20000 }));
  assert.equal(worker.status, 78, worker.stderr);
  assert.match(worker.stderr, new RegExp(`wrong_unknown.conf:${lines.length}\\b`));
  assert.ok(!existsSync(`${stack.dir}/run/no.sock`));
});

test('no secret of the configuration is ever told', async () => {
  const secrets = readFileSync(conf.match(/^key.file = (.*)$/m)[1], 'utf8').match(/= (\S{12,})/g).map((text) => text.slice(2));
  assert.ok(secrets.length >= 3);
  const said = [await batch(stack, ['doctor']), await batch(stack, ['run']), await batch(stack, ['verify'])].map((done) => done.out + done.err).join('');
  for (const secret of secrets) assert.ok(!said.includes(secret));
});

test('the database is away: 69, and nothing else', async () => {
  await end(stack, 'database');
  try {
    for (const command of [['run'], ['renew'], ['doctor'], ['verify'], ['clock'], ['migrate']]) {
      const done = await batch(stack, command);
      assert.equal(done.code, 69, `${command}: ${done.code} ${done.err}`);
    }
  } finally { await begin(stack, 'database'); }
  assert.equal((await batch(stack, ['run'])).code, 0);
});

test('a loop waits for a database that is away, and ends on SIGTERM with 0', async () => {
  await end(stack, 'database');
  let renewed;
  const loop = batch(stack, ['run', '--loop', '1'], { killWhen: new Promise((resolve) => { renewed = resolve; }), signal: 'SIGTERM' });
  await new Promise((resolve) => { setTimeout(resolve, 1000); });
  await begin(stack, 'database');
  seed(stack, { subscriptions: 3, due: '2026-01-01' });
  await until('renewals of the loop', () => stack.value('SELECT COUNT(*) FROM subscription WHERE next_index > 1') === '3').finally(renewed);
  const done = await loop;
  assert.equal(done.code, 0, done.err);
  assert.equal(done.signal, null);
  assert.equal(stack.value('SELECT COUNT(*) FROM subscription WHERE next_index > 1'), '3', done.err);
});

test('--dry-run changes no table', async () => {
  seed(stack, { subscriptions: 1, quotes: 0, due: (await batch(stack, ['clock'])).out.trim() });
  const [[first]] = stack.sql('SELECT MAX(id) FROM subscription');
  const was = dump(stack);
  for (const args of [['--dry-run', 'run'], ['renew', '--dry-run'], ['clock', '--to', '2099-01-01', '--dry-run'], ['migrate', '--dry-run'],
    ['collect', '--dry-run'], ['mail', '--dry-run'], ['render', '--dry-run'], ['janitor', '--dry-run'], ['recognise', '--dry-run'], ['closing', '--dry-run']]) {
    const done = await batch(stack, args);
    assert.equal(done.code, 0, `${args}: ${done.err}`);
    if (args.includes('renew')) assert.match(done.err, /"invoices":"1"/, 'it says what would be done');
    assert.equal(dump(stack) === was, true, `${args} changed something`);
  }
  assert.equal((await batch(stack, ['renew'])).code, 0);
  assert.equal(stack.value(`SELECT next_index FROM subscription WHERE id = ${first}`), '2');
});

test('one log line per event, each a JSON object with time and event', async () => {
  seed(stack, { subscriptions: 2, quotes: 0, due: (await batch(stack, ['clock'])).out.trim() });
  const done = await batch(stack, ['run']);
  assert.equal(done.code, 0, done.err);
  const lines = done.err.trim().split('\n').map((line) => JSON.parse(line));
  assert.ok(lines.some((line) => Object.values(line).includes('renew') && line.invoices === '2'), done.err);
  for (const line of lines) assert.ok(line.at ?? line.time, JSON.stringify(line));
});

test('the test clock only goes forward', async () => {
  const today = (await batch(stack, ['clock'])).out.trim();
  assert.match(today, /^\d{4}-\d\d-\d\d$/);
  const next = new Date(Date.parse(today) + 864e5).toISOString().slice(0, 10);
  const moved = await batch(stack, ['clock', '--to', next]);
  assert.equal(moved.code, 0, moved.err);
  assert.equal(moved.out.trim(), next);
  assert.equal((await batch(stack, ['clock'])).out.trim(), next);
  const back = await batch(stack, ['clock', '--to', today]);
  assert.equal(back.code, 78);
  assert.match(back.err, /only goes forward/);
  assert.equal((await batch(stack, ['clock'])).out.trim(), next);
  assert.equal(stack.value('SELECT test_clock_on FROM house'), next);
});

test('X05 a machine whose clock is behind the last run bills nothing: 75', async () => {
  assert.equal((await batch(stack, ['renew'])).code, 0); // whatever the demo company bills on that day
  const last = stack.value('SELECT last_run_at FROM house');
  seed(stack, { subscriptions: 1, quotes: 0, due: (await batch(stack, ['clock'])).out.trim() });
  const count = stack.value('SELECT COUNT(*) FROM invoice');
  stack.sql('UPDATE house SET last_run_at = UTC_TIMESTAMP(6) + INTERVAL 6 MINUTE');
  for (const args of [['run'], ['renew']]) {
    const done = await batch(stack, args);
    assert.equal(done.code, 75, done.err);
    assert.match(done.err, /behind the last run/);
  }
  assert.equal(stack.value('SELECT COUNT(*) FROM invoice'), count);
  stack.sql('UPDATE house SET last_run_at = UTC_TIMESTAMP(6) + INTERVAL 4 MINUTE');
  assert.equal((await batch(stack, ['renew'])).code, 0, 'four minutes are two machines that differ');
  assert.equal(Number(stack.value('SELECT COUNT(*) FROM invoice')), Number(count) + 1);
  stack.sql(`UPDATE house SET last_run_at = '${last}'`);
});

test('a live tenant has no test clock', async () => {
  const live = variant('live', (text) => text.replace(/^mode = .*$/m, 'mode = live'));
  const was = stack.value('SELECT test_clock_on FROM house');
  const done = await batch(stack, ['clock', '--to', '2099-01-01'], { tenant: live });
  assert.equal(done.code, 78);
  assert.match(done.err, /live tenant/);
  assert.equal(stack.value('SELECT test_clock_on FROM house'), was);
  assert.match((await batch(stack, ['doctor'], { tenant: live })).out, /^bad\tsite http:/m);
});

test('a live tenant without a mail server: mails wait, and somebody is told', async () => {
  const live = variant('mailless', (text) => text.replace(/^mode = .*$/m, 'mode = live').replace(/^mail\.smtp = .*$/m, ''));
  stack.sql("UPDATE outbox SET state = 'waiting', sent_at = NULL, next_try_at = UTC_TIMESTAMP(6) ORDER BY id LIMIT 1");
  const before = stack.sql('SELECT id, state FROM outbox ORDER BY id');
  assert.equal((await batch(stack, ['mail'], { tenant: live })).code, 1);
  assert.deepEqual(stack.sql('SELECT id, state FROM outbox ORDER BY id'), before);
  assert.equal(stack.value("SELECT COUNT(*) FROM operator_item WHERE kind = 'mail_away' AND closed_at IS NULL"), '1');
  assert.match((await batch(stack, ['doctor'], { tenant: live })).out, /^bad\tno mail server/m);
  stack.sql("UPDATE operator_item SET closed_at = UTC_TIMESTAMP(6) WHERE kind = 'mail_away'");
});

test('doctor finds a wrong setting, a missing right and one too many, and a missing seal', async () => {
  const well = await batch(stack, ['doctor']);
  assert.equal(well.code, 0, well.out);
  assert.match(well.out, /^ok\tinnodb_flush_log_at_trx_commit = 1/m);
  assert.match(well.out, /^0 bad/m);
  const user = conf.match(/^database.user = (.*)$/m)[1];
  const ill = async (wrong, right, find, code = 1) => {
    stack.sql(wrong);
    try {
      const done = await batch(stack, ['doctor']);
      assert.match(done.out, find);
      assert.equal(done.code, code, done.out);
    } finally { stack.sql(right); }
  };
  await ill('SET GLOBAL innodb_flush_log_at_trx_commit = 2', 'SET GLOBAL innodb_flush_log_at_trx_commit = 1', /^bad\tinnodb_flush_log_at_trx_commit = 2/m);
  await ill('SET GLOBAL local_infile = ON', 'SET GLOBAL local_infile = OFF', /^warn\tlocal_infile = 1/m, 0);
  await ill(`REVOKE INSERT ON tacite_demo.journal_entry FROM '${user}'@'localhost'`, `GRANT INSERT ON tacite_demo.journal_entry TO '${user}'@'localhost'`,
    /^bad\tthe application lacks INSERT on journal_entry/m);
  await ill(`GRANT UPDATE ON tacite_demo.invoice TO '${user}'@'localhost'`, `REVOKE UPDATE ON tacite_demo.invoice FROM '${user}'@'localhost'`,
    /^warn\tthe application may also UPDATE on invoice/m, 0);
  await ill('ALTER TABLE invoice RENAME COLUMN language TO tongue', 'ALTER TABLE invoice RENAME COLUMN tongue TO language', /^bad\t.*language/m);
  const noseal = variant('noseal', (text) => text.replace(/^seal.certificate = .*$/m, 'seal.certificate = /nowhere/seal.pem'));
  const done = await batch(stack, ['doctor'], { tenant: noseal });
  assert.equal(done.code, 1);
  assert.match(done.out, /^bad\tseal: /m);
  assert.equal((await batch(stack, ['doctor'])).code, 0);
});

test('verify names the invoice that somebody changed', async () => {
  assert.equal((await batch(stack, ['verify'])).code, 0, (await batch(stack, ['verify'])).out);
  const [[id, number]] = stack.sql('SELECT id, number FROM invoice ORDER BY id DESC LIMIT 1 OFFSET 1');
  const refused = await batch(stack, ['doctor']); // the trigger stands
  assert.equal(refused.code, 0);
  assert.throws(() => stack.sql(`UPDATE invoice_line SET description = 'x' WHERE invoice_id = ${id}`), /never changed/);
  const trigger = (table) => stack.sql(`SHOW CREATE TRIGGER ${table}_no_update`)[0][2];
  for (const [table, change, back] of [
    ['invoice_line', `UPDATE invoice_line SET description = CONCAT(description, 'x') WHERE invoice_id = ${id} AND position = 1`,
      `UPDATE invoice_line SET description = LEFT(description, CHAR_LENGTH(description) - 1) WHERE invoice_id = ${id} AND position = 1`],
    ['invoice', `UPDATE invoice SET due_on = due_on + INTERVAL 1 DAY WHERE id = ${id}`, `UPDATE invoice SET due_on = due_on - INTERVAL 1 DAY WHERE id = ${id}`],
    ['invoice', `UPDATE invoice SET number = CONCAT(number, '9') WHERE id = ${id}`, `UPDATE invoice SET number = '${number}' WHERE id = ${id}`],
  ]) {
    const create = trigger(table);
    stack.sql(`DROP TRIGGER ${table}_no_update; ${change}`);
    const done = await batch(stack, ['verify']);
    stack.sql(back);
    stack.sql(create);
    assert.equal(done.code, 1, `${change}: ${done.out}`);
    assert.match(done.out, new RegExp(`^bad\\t.*\\b${number}9?\\b`, 'm'), `${change}: ${done.out}`);
    assert.equal((await batch(stack, ['verify'])).code, 0);
  }
});

test('verify names the journal entry that somebody changed, took out, swapped or slipped in', async () => {
  const entries = stack.sql("SELECT id, series, sequence FROM journal_entry ORDER BY series DESC, sequence LIMIT 3");
  assert.equal(entries.length, 3, 'the demo has books');
  const [[first, series, one], [second, , two], [third, , three]] = entries;
  assert.throws(() => stack.sql(`UPDATE journal_item SET debit_minor = debit_minor + 1 WHERE entry_id = ${first} AND debit_minor > 0`), /never changed/);
  const triggers = ['journal_entry_no_update', 'journal_entry_no_delete', 'journal_item_no_update', 'journal_item_no_delete', 'journal_item_balance'];
  const copy = (table, key, id) => `CREATE TABLE IF NOT EXISTS kept_${table} AS SELECT * FROM ${table} WHERE ${key} = ${id}`;
  const back = (table) => `INSERT INTO ${table} SELECT * FROM kept_${table}; DROP TABLE kept_${table}`;
  for (const [what, change, undo, named] of [
    ['a text', `UPDATE journal_entry SET reference = CONCAT(reference, 'x') WHERE id = ${second}`,
      `UPDATE journal_entry SET reference = LEFT(reference, CHAR_LENGTH(reference) - 1) WHERE id = ${second}`, two],
    ['an account', `UPDATE journal_item SET account = '512' WHERE entry_id = ${first} AND account = '411'`,
      `UPDATE journal_item SET account = '411' WHERE entry_id = ${first} AND account = '512'`, one],
    ['an item gone', `${copy('journal_item', 'entry_id', second)}; DELETE FROM journal_item WHERE entry_id = ${second} AND position = 1`,
      `DELETE FROM journal_item WHERE entry_id = ${second}; ${back('journal_item')}`, two],
    ['an entry gone', `${copy('journal_item', 'entry_id', second)}; ${copy('journal_entry', 'id', second)}; DELETE FROM journal_item WHERE entry_id = ${second}; DELETE FROM journal_entry WHERE id = ${second}`,
      `${back('journal_entry')}; ${back('journal_item')}`, two],
    ['two swapped', `UPDATE journal_entry SET sequence = 99999999 WHERE id = ${second}; UPDATE journal_entry SET sequence = ${two} WHERE id = ${third}; UPDATE journal_entry SET sequence = ${three} WHERE id = ${second}`,
      `UPDATE journal_entry SET sequence = 99999999 WHERE id = ${second}; UPDATE journal_entry SET sequence = ${three} WHERE id = ${third}; UPDATE journal_entry SET sequence = ${two} WHERE id = ${second}`, two],
    ['one slipped in', `INSERT INTO journal_entry (id, series, sequence, journal, entry_on, source_kind, source_id, reference, currency, item_count, total_minor, posted_at, chain_previous, chain_digest) SELECT 99999999, series, (SELECT MAX(sequence) + 1 FROM journal_entry WHERE series = '${series}'), journal, entry_on, source_kind, 99999999, reference, currency, item_count, total_minor, posted_at, chain_previous, chain_digest FROM journal_entry WHERE id = ${first}`,
      'DELETE FROM journal_entry WHERE id = 99999999', null],
    ['the end cut off', `UPDATE series SET last_sequence = last_sequence + 1 WHERE name = '${series}'`,
      `UPDATE series SET last_sequence = last_sequence - 1 WHERE name = '${series}'`, null],
  ]) {
    const create = triggers.map((name) => stack.sql(`SHOW CREATE TRIGGER ${name}`)[0][2]);
    const last = stack.value(`SELECT MAX(sequence) FROM journal_entry WHERE series = '${series}'`);
    stack.sql(`${triggers.map((name) => `DROP TRIGGER ${name}`).join('; ')}; SET foreign_key_checks = 0; ${change}`);
    const done = await batch(stack, ['verify']);
    stack.sql(`SET foreign_key_checks = 0; ${undo}`);
    for (const text of create) stack.sql(`DELIMITER //\n${text}//`);
    assert.equal(done.code, 1, `${what}: ${done.out}`);
    assert.match(done.out, new RegExp(`^bad\\t${series} entry ${named ?? Number(last) + 1}\\b`, 'm'), `${what}: ${done.out}`);
    const after = await batch(stack, ['verify']);
    assert.equal(after.code, 0, `${what}: ${after.out}`);
  }
});
