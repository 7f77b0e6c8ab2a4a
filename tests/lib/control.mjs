// control: ends, kills and starts again single programs of a stack, with other surroundings where a test
// wants them, and keeps and brings back its whole database.
import { execFileSync, spawn } from 'node:child_process';
import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { openSync, closeSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { commanded } from './moment.mjs';
import { until } from './stack.mjs';

export { pause, until };

export const build = process.env.BUILD ?? 'build';

// The pid of "database", "pages", "slow", "sandbox" or "nginx".
export function pid(stack, name) { return Number(readFileSync(`${stack.dir}/pid/${name}`, 'utf8')); }

// What ended but was not waited for is gone too, once its last thread is: a killed server's threads still
// hold its sockets for a moment.
function gone(id) {
  try {
    return /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${id}/stat`, 'utf8')) && readdirSync(`/proc/${id}/task`).length <= 1;
  } catch { return true; }
}

// The pids of the processes that a program made, lowest first.
export function children(stack, name) {
  const parent = pid(stack, name);
  const found = [];
  for (const id of readdirSync('/proc')) {
    if (!/^\d+$/.test(id)) continue;
    try {
      const [, state, above] = readFileSync(`/proc/${id}/stat`, 'utf8').match(/^\d+ \(.*\) (\S) (\d+)/s);
      if (Number(above) === parent && state !== 'Z') found.push(Number(id));
    } catch { /* it ended meanwhile */ }
  }
  return found.sort((a, b) => a - b);
}

function command(stack, name) {
  stack.commands ??= {};
  return (stack.commands[name] ??= readFileSync(`/proc/${pid(stack, name)}/cmdline`, 'utf8').split('\0').slice(0, -1));
}

// The program and everything that it made. SIGKILL reaches all at once, as a machine's end would.
export async function end(stack, name, signal = 'SIGTERM') {
  const id = pid(stack, name);
  command(stack, name);
  process.kill(signal === 'SIGKILL' ? -id : id, signal);
  for (let i = 0; i < 3000 && !gone(id); i++) await pause(10);
  if (!gone(id)) throw new Error(`${name} does not end`);
}

const connects = (path) => new Promise((resolve) => {
  const connection = net.connect(path, () => { connection.destroy(); resolve(true); });
  connection.on('error', () => resolve(false));
});

function answers(stack) {
  try {
    execFileSync('mariadb-admin', ['--no-defaults', '-uroot', '-S', stack.database, 'ping'], { stdio: 'pipe' });
    return true;
  } catch { return false; }
}

// With the same arguments as before; env: added to the surroundings.
export async function begin(stack, name, env = {}) {
  const [program, ...args] = command(stack, name);
  const log = openSync(`${stack.dir}/log/${name}`, 'a');
  const child = spawn(program, args, { detached: true, env: { ...process.env, ...env }, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  writeFileSync(`${stack.dir}/pid/${name}`, `${child.pid}\n`);
  const socket = { database: `${stack.dir}/run/db.sock`, nginx: null }[name] ?? `${stack.dir}/run/${name}.sock`;
  for (let i = 0; i < 3000; i++) {
    if (name === 'database' ? answers(stack) : name === 'nginx' || await connects(socket)) return;
    if (gone(child.pid)) break;
    await pause(10);
  }
  throw new Error(`${name} does not start:\n${stack.log(name).slice(-2000)}`);
}

export async function again(stack, name, env = {}, signal = 'SIGTERM') {
  await end(stack, name, signal);
  await begin(stack, name, env);
}

// The database as it is now, under a name; and back to it. Between the two it is stopped and started.
export async function keep(stack, name) {
  await end(stack, 'database');
  rmSync(`${stack.dir}/kept-${name}`, { recursive: true, force: true });
  execFileSync('cp', ['-a', '--sparse=always', `${stack.dir}/db`, `${stack.dir}/kept-${name}`]);
  await begin(stack, 'database');
}
export async function bringBack(stack, name) {
  await end(stack, 'database', 'SIGKILL');
  rmSync(`${stack.dir}/db`, { recursive: true, force: true });
  execFileSync('cp', ['-a', '--sparse=always', `${stack.dir}/kept-${name}`, `${stack.dir}/db`]);
  rmSync(`${stack.tenant}.state`, { force: true }); // else the batch would notice
  await begin(stack, 'database');
}

// tacite-batch with more to say about how: env, killAfter (ms) or killWhen (a promise), signal, input (text for stdin),
// tenant, through (a program that starts it).
export function batch(stack, args, { env = {}, killAfter = null, killWhen = null, signal = 'SIGKILL', input = null, tenant = stack.tenant, through = [] } = {}) {
  return new Promise((resolve) => {
    const [program, ...before] = [...through, `${build}/tacite-batch`];
    const child = spawn(program, [...before, '--root', '.', '--locale', `${build}/locale`, ...(tenant ? ['--tenant', tenant] : []), ...args],
      { env: { ...process.env, ...env }, stdio: [input === null ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (data) => { out += data; });
    child.stderr.on('data', (data) => { err += data; });
    child.stdin?.end(input);
    const timer = killAfter === null ? null : setTimeout(() => child.kill(signal), killAfter);
    killWhen?.then(() => child.kill(signal));
    child.on('close', (code, how) => { clearTimeout(timer); commanded(args); resolve({ code, signal: how, out, err }); });
  });
}

// tacite-batch that stands still where it comes to a crash point for the nth time: { stopped, go(), done }.
export function batchThatStops(stack, args, point, nth = 1) {
  const child = spawn(`${build}/tacite-batch`, ['--root', '.', '--locale', `${build}/locale`, '--tenant', stack.tenant, ...args],
    { env: { ...process.env, TACITE_CRASH_AT: `${point}:${nth}:stop` }, stdio: ['ignore', 'ignore', 'pipe'] });
  let err = '';
  child.stderr.on('data', (data) => { err += data; });
  const done = new Promise((resolve) => { child.on('close', (code, signal) => resolve({ code, signal, err })); });
  const stands = () => { try { return /^\d+ \(.*\) T/s.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8')); } catch { return false; } };
  const stopped = (async () => {
    for (let i = 0; !stands(); i++) {
      if (child.exitCode !== null || i === 6000) throw new Error(`${point} was never reached: ${err}`);
      await pause(5);
    }
  })();
  return { stopped, done, go: () => child.kill('SIGCONT') };
}

// Subscriptions by the thousand, all due on a day (tests/bench/seed.sql), and quotes that wait.
export function seed(stack, { subscriptions, quotes = 1, due }) {
  const text = `SET @n = ${subscriptions}, @sent = ${quotes}, @due_on = '${due}';\n${readFileSync('tests/bench/seed.sql', 'utf8')}`;
  execFileSync('mariadb', ['--no-defaults', '-uroot', '-S', stack.database, '--default-character-set=utf8mb4', 'tacite_demo'], { input: text });
}

// A text sealed for a place as cgi/base/secret.c does it, under the house's own key.
function sealed(stack, place, text) {
  const line = (file, name) => new RegExp(`^${name} *= *(.*)$`, 'm').exec(readFileSync(file, 'utf8'))[1];
  const key = createHmac('sha256', Buffer.from(line(line(stack.tenant, 'key.file'), 'master'), 'hex')).update('data').digest();
  const id = createHmac('sha256', key).update('key id').digest('hex').slice(0, 8);
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(place));
  const data = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  return `v2:${id}:${nonce.toString('base64url')}:${data.toString('base64url')}`;
}

// SQL that stores a card at the gateway and with us, for each [subscription, name of a card of the sandbox].
export function storeCards(stack, cards) {
  const first = Number(stack.value('SELECT IFNULL(MAX(id), 0) + 1 FROM payment_method'));
  return cards.map(([subscription, card], i) => {
    const id = first + i;
    const now = 'UTC_TIMESTAMP(6)';
    return `INSERT INTO tacite_sandbox.customer (ref, metadata, created_at) VALUES ('cus_test${id}', '{}', ${now});
      INSERT INTO tacite_sandbox.method (ref, customer_ref, card, brand, last4, exp_month, exp_year, created_at)
        VALUES ('pm_test${id}', 'cus_test${id}', '${card}', 'visa', '4242', 12, 2099, ${now});
      INSERT INTO payment_method (id, customer_id, source_ref, token_sealed, brand, last4, exp_month, exp_year, created_at)
        SELECT ${id}, customer_id, 'seti_test${id}', '${sealed(stack, `demo/payment_method/token_sealed/${id}`, `pm_test${id}`)}', 'Visa', '4242', 12, 2099, ${now}
          FROM subscription WHERE id = ${subscription};
      UPDATE subscription s JOIN customer c ON c.id = s.customer_id SET s.payment_method_id = ${id}, c.gateway_customer = 'cus_test${id}' WHERE s.id = ${subscription};`;
  }).join('\n');
}

// The whole database as text; what only says how often somebody looked is left out.
export function dump(stack, without = []) {
  return execFileSync('mariadb-dump', ['--no-defaults', '-uroot', '-S', stack.database, '--skip-comments', '--order-by-primary', '--skip-triggers',
    '--single-transaction', ...without.map((table) => `--ignore-table=tacite_demo.${table}`), 'tacite_demo'], { encoding: 'utf8', maxBuffer: 1 << 30 })
    .replace(/ AUTO_INCREMENT=\d+/g, '');
}
