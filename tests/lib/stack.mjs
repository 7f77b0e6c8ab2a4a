// stack: a whole private Tacite for a test, in a temporary folder on free ports (nginx/stack), with a
// connection for questions to its database.
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { commanded } from './moment.mjs';

const run = promisify(execFile);

// demo: the demo company ('year': with a year of trade; false: an empty house); language: the seller's; batch: the loop; limits: nginx's request limits.
export async function startStack({ demo = true, batch = true, limits = false, smtp = '', vies = '', workers = 4, language = 'fr' } = {}) {
  const dir = mkdtempSync(`${execFileSync('tests/lib/memory', { encoding: 'utf8' }).trim()}/tacite-test.`);
  chmodSync(dir, 0o755);
  const env = { ...process.env, STACK_DEMO: demo === 'year' ? 'year' : demo ? 'yes' : 'no', STACK_BATCH: batch ? 'yes' : 'no', STACK_LIMITS: limits ? 'yes' : 'no',
    STACK_PASSWORD_LN: '12', STACK_SMTP: smtp, STACK_VIES: vies, STACK_LANGUAGE: language, STACK_WORKERS: String(workers), STACK_BUFFER: '64M', STACK_LOG: '48M' };
  const stack = new Stack(dir, env);
  try {
    await run('nginx/stack', ['start', dir], { env, maxBuffer: 1 << 24 });
  } catch (error) {
    const text = `${error.stderr ?? error.message}\n${stack.logs()}`;
    await stack.stop();
    throw new Error(text);
  }
  const { stdout } = await run('nginx/stack', ['env', dir], { env });
  stack.take(stdout);
  await stack.stayToday();
  return stack;
}

class Stack {
  constructor(dir, env) {
    this.dir = dir;
    this.env = env;
  }

  take(text) {
    for (const line of text.trim().split('\n')) {
      const [name, value] = line.split(/=(.*)/s);
      this[name.toLowerCase()] = value;
    }
  }

  // Rows of a SELECT as arrays of texts (NULL is null).
  sql(text) {
    const out = execFileSync('mariadb', ['--no-defaults', '-uroot', '-S', this.database, '-BN', '--default-character-set=utf8mb4', 'tacite_demo', '-e', text],
      { encoding: 'utf8', maxBuffer: 1 << 28 });
    return out.split('\n').filter((line) => line !== '').map((line) => line.split('\t').map((cell) => (cell === 'NULL' ? null
      : cell.replace(/\\(.)/g, (whole, c) => ({ n: '\n', t: '\t', 0: '\0', '\\': '\\' })[c] ?? whole))));
  }

  value(text) { return this.sql(text)[0]?.[0] ?? null; }

  // tacite-batch for this tenant: { code, out, err }.
  async batch(...args) {
    try {
      const { stdout, stderr } = await run('nginx/stack', ['batch', this.dir, ...args], { env: this.env, maxBuffer: 1 << 26 });
      return { code: 0, out: stdout, err: stderr };
    } catch (error) {
      return { code: error.code, out: error.stdout, err: error.stderr };
    } finally { commanded(args); }
  }

  // The house's day is pinned to what it is: a test reads it once, and midnight (in Paris) may come while it runs.
  async stayToday() {
    const today = await this.batch('clock');
    if (today.code === 0) this.sql(`UPDATE house SET test_clock_on = '${today.out.trim()}' WHERE test_clock_on IS NULL`);
  }

  // Everything that is due, until nothing more happens: webhooks, then the batch.
  async settle() {
    for (let i = 0; i < 2; i++) {
      await fetch(`${this.sandbox}/sandbox/deliver`, { method: 'POST' }).catch(() => {});
      const done = await this.batch('run');
      if (done.code !== 0) throw new Error(`the batch gave ${done.code}: ${done.err}`);
    }
  }

  logs() {
    let text = '';
    for (const name of ['create', 'pages', 'slow', 'sandbox', 'batch', 'nginx', 'database'])
      if (existsSync(`${this.dir}/log/${name}`)) text += `--- ${name}\n${readFileSync(`${this.dir}/log/${name}`, 'utf8').split('\n').slice(-12).join('\n')}\n`;
    return text;
  }

  log(name) { return existsSync(`${this.dir}/log/${name}`) ? readFileSync(`${this.dir}/log/${name}`, 'utf8') : ''; }

  async stop() {
    await run('nginx/stack', ['stop', this.dir], { env: this.env }).catch(() => {});
    if (process.env.KEEP) process.stderr.write(`kept: ${this.dir}\n`);
    else rmSync(this.dir, { recursive: true, force: true });
  }
}

// Asks until the answer is true; fails with the words after so many seconds.
export async function until(what, ready, seconds = 30) {
  for (let i = 0; i < seconds * 10; i++) {
    if (await ready()) return;
    await pause(100);
  }
  throw new Error(`${what}: not within ${seconds} s`);
}

// The first invoice stays unpaid, as far as the pages of dunning are concerned.
export function openCase(stack) {
  stack.sql(`INSERT INTO dunning_case (invoice_id, customer_id, subscription_id, rule_id, due_on, steps_done, last_step_on, next_on, can_retry, opened_on)
    SELECT invoice_id, customer_id, subscription_id, 1, due_on, 1, due_on, due_on + INTERVAL 3 DAY, 1, due_on FROM receivable ORDER BY invoice_id LIMIT 1`);
}
