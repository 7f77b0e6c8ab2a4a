// tacite-batch selftest: the proof that a hosting provider runs on a machine of his own, without any of our tests'
// tools: every crash point by name, and lives of 400 days with faults of every kind.
//
//   TACITE_SIM_SEEDS=500   so many lives (the fault stage: 48)
//   TACITE_SIM_LANES=3     so many at a time (else as many as processors), each on a processor and a server of its own
//   tacite-batch selftest --seed 7 --database-socket …   one of them again, with its story
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { after, before, test } from 'node:test';
import { batch } from '../lib/control.mjs';
import { startDatabase } from '../lib/database.mjs';

const SEEDS = Number(process.env.TACITE_SIM_SEEDS ?? 48);
const LANES = Number(process.env.TACITE_SIM_LANES ?? Math.min(availableParallelism(), 8));
const HOUSE = 5; // lives of one scratch house
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
  for (const wrong of [[], ['--crash', '--seeds', '3'], ['--seeds', '0'], ['--seeds', '9-8'], ['--seeds', '0-3'], ['--seeds', '-3'], ['--seeds', 'x'], ['--lanes', '9', '--seeds', '1'], ['--nothing']]) {
    const done = await selftest(...wrong);
    assert.equal(done.code, 64, wrong.join(' '));
    assert.match(done.err, /selftest/);
  }
  const away = await batch({}, ['selftest', '--crash', '--database-socket', '/nowhere'], { tenant: null });
  assert.notEqual(away.code, 0);
});

// The last three lines are acts, faults, verdict. What must have happened at least once, and how often it did.
function happened(outs) {
  const times = new Map();
  for (const out of outs)
    for (const word of out.trim().split('\n').slice(-3, -1).flatMap((line) => line.split('\t').slice(1))) {
      const [, what, n] = /^(.*) (\d+)$/.exec(word);
      times.set(what, (times.get(what) ?? 0) + Number(n));
    }
  return times;
}

// The processors that this process may use; whoever limits it (taskset, a container) limits the lives.
const processors = () => execFileSync('taskset', ['-cp', String(process.pid)], { encoding: 'utf8' }).trim().replace(/^.*: /, '').split(',')
  .flatMap((part) => { const [from, to = from] = part.split('-').map(Number); return Array.from({ length: to - from + 1 }, (_, i) => from + i); });

test(`${SEEDS} lives of 400 days`, { timeout: 120000 + SEEDS * 20000 }, async () => {
  const cpus = processors();
  const houses = Math.ceil(SEEDS / HOUSE);
  const began = Date.now();
  const share = (lane) => Math.min(Math.round((houses * lane) / LANES) * HOUSE, SEEDS);
  const lanes = await Promise.all(Array.from({ length: LANES }, async (_, lane) => {
    const from = share(lane) + 1, until = share(lane + 1), cpu = cpus[lane % cpus.length];
    if (from > until) return { code: 0, out: '' };
    const server = await startDatabase({ cpu });
    try {
      return await batch({}, ['selftest', '--database-socket', server.socket, '--lanes', '1', '--seeds', `${from}-${until}`], { tenant: null, through: ['taskset', '-c', String(cpu)] });
    } finally { await server.stop(); }
  }));
  const times = happened(lanes.map(({ out }) => out));
  console.log([...times].map(([what, n]) => `${what} ${n}`).join(', '));
  console.log(`${SEEDS} lives in ${Math.round((Date.now() - began) / 1000)} s, servers and all`);
  for (const { code, out, err } of lanes) assert.equal(code, 0, out + err);
  assert.equal(lanes.reduce((sum, { out }) => sum + Number(/^(\d+) seeds, /m.exec(out)?.[1] ?? 0), 0), SEEDS);
  assert.ok(times.size >= ACTS + 14, `${times.size} things are counted`);
  assert.deepEqual(SEEDS >= 16 ? [...times].filter(([, n]) => n === 0) : [], [], 'never happened');
});

test('lives that failed once', { timeout: 300000 }, async () => {
  for (const line of readFileSync('tests/fault/seeds.txt', 'utf8').split('\n')) {
    const seed = /^\d+/.exec(line)?.[0];
    if (seed === undefined || Number(seed) <= SEEDS) continue;
    const done = await selftest('--seed', seed);
    assert.equal(done.code, 0, done.out);
  }
});
