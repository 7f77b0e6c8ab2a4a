// house: one private seller for fault tests: database, sandbox, workers, a front, a tenant in test mode.
// Everything is in one folder; the state before a story can be kept and brought back.
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { Database } from './database.mjs';
import { startFront } from './front.mjs';
import { Visitor } from './visitor.mjs';

export const build = process.env.BUILD ?? 'build';

export function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => resolve(port)); });
  });
}

async function until(what, ready, seconds = 20) {
  for (let i = 0; i < seconds * 20; i++) {
    if (await ready()) return;
    await pause(50);
  }
  throw new Error(`${what}: not within ${seconds} s`);
}

const connects = (where) => new Promise((resolve) => {
  const connection = net.connect(where, () => { connection.destroy(); resolve(true); });
  connection.on('error', () => resolve(false));
});

export class House {
  constructor() {
    this.dir = mkdtempSync(`${tmpdir()}/tacite-fault.`);
    chmodSync(this.dir, 0o755);
    this.database = new Database(`${this.dir}/db`);
    this.tenants = `${this.dir}/tenants`;
    this.conf = `${this.tenants}/demo.conf`;
    this.log = `${this.dir}/log`;
    this.running = new Map(); // name -> { process, ended }
  }

  async configure() {
    this.sitePort = await freePort();
    this.sandboxPort = await freePort();
    this.site = `http://127.0.0.1:${this.sitePort}`;
    this.sandbox = `http://localhost:${this.sandboxPort}`;
    mkdirSync(this.tenants);
    writeFileSync(this.conf, `name = demo
mode = test
database.socket = ${this.database.socket}
database.name = tacite
database.user = tacite_app
site.base = ${this.site}
gateway.base = http://127.0.0.1:${this.sandboxPort}
gateway.page = ${this.sandbox}
key.file = ${this.tenants}/keys
owner.file = ${this.tenants}/owner
seal.certificate = ${this.tenants}/seal.pem
seal.key = ${this.tenants}/seal.key
password.ln = 10
`);
    writeFileSync(`${this.tenants}/keys`, `master = ${randomBytes(32).toString('hex')}
database.password = app
gateway.key = sk_test_fault
webhook.secret = whsec_fault
`, { mode: 0o400 });
    writeFileSync(`${this.tenants}/owner`, 'owner.user = tacite_owner\nowner.password = owner\n', { mode: 0o400 });
    this.database.sql(`CREATE DATABASE tacite CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
      CREATE USER 'tacite_owner'@'localhost' IDENTIFIED BY 'owner', 'tacite_app'@'localhost' IDENTIFIED BY 'app';
      GRANT ALL ON tacite.* TO 'tacite_owner'@'localhost' WITH GRANT OPTION;`);
  }

  sql(text) { return this.database.sql(text, 'tacite'); }

  visitor(options) { return new Visitor(this.site, options); }

  start(name, program, args, env = {}) {
    const process_ = spawn(`${build}/${program}`, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const keep = (data) => appendFileSync(`${this.log}-${name}`, data);
    process_.stdout.on('data', keep);
    process_.stderr.on('data', keep);
    const ended = new Promise((resolve) => process_.once('exit', (code, signal) => resolve({ code, signal })));
    this.running.set(name, { process: process_, ended });
    return this.running.get(name);
  }

  // The program and whatever it started.
  async end(name, signal = 'SIGTERM') {
    const one = this.running.get(name);
    if (!one) return;
    this.running.delete(name);
    try { process.kill(signal === 'SIGKILL' ? -one.process.pid : one.process.pid, signal); } catch { /* gone already */ }
    await one.ended;
  }

  async startWorkers(env = {}, count = 2) {
    this.socket = `${this.dir}/w.sock`;
    rmSync(this.socket, { force: true });
    this.start('worker', 'tacite-worker', ['--socket', this.socket, '--workers', String(count), '--tenants', this.tenants, '--root', '.',
      '--assets', `${build}/assets`, '--locale', `${build}/locale`], env);
    await until('worker', () => existsSync(this.socket) && connects(this.socket));
    this.front ??= await startFront({ tenant: this.conf, route: () => this.socket, port: this.sitePort });
  }

  // Runs the batch to its end: { code, signal, out }. `kill` ends it after so many milliseconds.
  batch(args, { env = {}, killAfter = null, onStart } = {}) {
    return new Promise((resolve) => {
      const child = execFile(`${build}/tacite-batch`, args, { env: { ...process.env, ...env }, maxBuffer: 1 << 26, timeout: 300000 },
        (error, stdout, stderr) => resolve({ code: child.exitCode, signal: child.signalCode, out: stdout + stderr }));
      onStart?.(child);
      if (killAfter !== null) {
        const timer = setTimeout(() => child.kill('SIGKILL'), killAfter);
        child.on('exit', () => clearTimeout(timer));
      }
    });
  }

  logs() {
    let text = '';
    for (const name of ['worker', 'sandbox']) if (existsSync(`${this.log}-${name}`)) text += `--- ${name}\n${readFileSync(`${this.log}-${name}`, 'utf8').split('\n').slice(-30).join('\n')}`;
    return text;
  }

  async close() {
    for (const name of [...this.running.keys()]) await this.end(name, 'SIGKILL');
    await this.front?.stop();
    await this.database.kill().catch(() => {});
    if (!process.env.KEEP) rmSync(this.dir, { recursive: true, force: true });
  }
}

export { until, connects, pause };
