// tacite-batch selftest: the proof that a hosting provider runs on a machine of his own, without any of our tests'
// tools: every crash point by name, and lives of 400 days with faults of every kind.
//
//   TACITE_SIM_SEEDS=500   so many lives (the fault stage: 48)
//   TACITE_SIM_LANES=3     so many at a time (else one more than processors)
//   tacite-batch selftest --seed 7 --database-socket …   one of them again, with its story
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, before, test } from 'node:test';
import { batch } from '../lib/control.mjs';
import { startDatabase } from '../lib/database.mjs';

const SEEDS = Number(process.env.TACITE_SIM_SEEDS ?? 48);
const LANES = process.env.TACITE_SIM_LANES;
const ACTS = 20;
let database;
before(async () => { database = await startDatabase(); }, { timeout: 60000 });
after(() => database?.stop());

const selftest = (...args) => batch({}, ['selftest', '--database-socket', database.socket, ...args], { tenant: null });
const left = () => [database.sql("SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE '%selftest%' UNION SELECT user FROM mysql.user WHERE user LIKE '%selftest%'").trim(),
  readdirSync(tmpdir()).filter((name) => name.startsWith('tacite-selftest.')).length];

// Every name that is given to crash_point in the sources of what the batch is made of.
function points(folder = 'cgi') {
  const found = new Set();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile() && /\.c$/.test(entry.name))
      for (const [, name] of readFileSync(`${entry.parentPath ?? entry.path}/${entry.name}`, 'utf8').matchAll(/crash_point\("(\w+)"\)/g)) found.add(name);
  return [...found].sort();
}

test('every named crash point is reached, and nothing is lost or doubled', { timeout: 300000 }, async () => {
  const before = left();
  const done = await selftest('--crash');
  const lines = done.out.trim().split('\n');
  const verdict = lines.pop();
  assert.deepEqual(lines.filter((line) => !line.startsWith('ok\t')), []);
  assert.deepEqual(lines.map((line) => line.split('\t')[1]), points());
  assert.match(verdict, /^\d+ points, 0 bad: no fault lost or doubled a cent$/);
  assert.equal(done.code, 0);
  assert.deepEqual(left(), before, 'what was made is removed');
});

test('what exists is refused, and stays', { timeout: 60000 }, async () => {
  database.sql('CREATE DATABASE tacite_selftest1');
  const refused = await selftest('--crash');
  assert.equal(refused.code, 70);
  assert.match(refused.out, /bad\tscratch house\t.*there already/);
  assert.match(left()[0], /tacite_selftest1/);
  database.sql('DROP DATABASE tacite_selftest1');
});

test('wrong options are told', async () => {
  for (const wrong of [[], ['--crash', '--seeds', '3'], ['--seeds', '0'], ['--seeds', 'x'], ['--lanes', '9', '--seeds', '1'], ['--nothing']]) {
    const done = await selftest(...wrong);
    assert.equal(done.code, 64, wrong.join(' '));
    assert.match(done.err, /selftest/);
  }
  const away = await batch({}, ['selftest', '--crash', '--database-socket', '/nowhere'], { tenant: null });
  assert.notEqual(away.code, 0);
});

// The last three lines: acts, faults, verdict. A list of everything that must have happened at least once.
function happened(out) {
  const words = out.trim().split('\n').slice(-3, -1).flatMap((line) => line.split('\t').slice(1));
  return words.map((word) => [word.replace(/ \d+$/, ''), Number(/\d+$/.exec(word)[0])]);
}

test(`${SEEDS} lives of 400 days`, { timeout: 120000 + SEEDS * 20000 }, async () => {
  const done = await selftest('--seeds', String(SEEDS), ...(LANES ? ['--lanes', LANES] : []));
  console.log(done.out.trim().split('\n').slice(-3).join('\n'));
  assert.equal(done.code, 0, done.out);
  const list = happened(done.out);
  assert.ok(list.length >= ACTS + 14, `${list.length} things are counted`);
  assert.deepEqual(SEEDS >= 16 ? list.filter(([, n]) => n === 0) : [], [], 'never happened');
});

test('lives that failed once', { timeout: 300000 }, async () => {
  for (const line of readFileSync('tests/fault/seeds.txt', 'utf8').split('\n')) {
    const seed = /^\d+/.exec(line)?.[0];
    if (seed === undefined || Number(seed) <= SEEDS) continue;
    const done = await selftest('--seed', seed);
    assert.equal(done.code, 0, done.out);
  }
});
