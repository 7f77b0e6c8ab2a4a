// database: a private MariaDB with the durable settings, that can be killed, and whose whole folder can
// be kept and brought back between runs.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const asRoot = process.getuid() === 0;

export const durable = ['--innodb-flush-log-at-trx-commit=1', '--innodb-doublewrite=ON', '--innodb-rollback-on-timeout=ON',
  '--local-infile=OFF', '--innodb-snapshot-isolation=ON', '--skip-log-bin', '--skip-networking',
  '--character-set-server=utf8mb4', '--collation-server=utf8mb4_unicode_ci',
  '--sql-mode=STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'];

export class Database {
  constructor(dir, options = []) {
    this.dir = dir;
    this.data = `${dir}/data`;
    this.socket = `${dir}/s.sock`;
    this.options = options;
    this.process = null;
  }

  install() {
    mkdirSync(this.dir, { recursive: true });
    chmodSync(this.dir, 0o755);
    if (asRoot) execFileSync('chown', ['mysql', this.dir]);
    execFileSync('mariadb-install-db', ['--no-defaults', ...(asRoot ? ['--user=mysql'] : []), `--datadir=${this.data}`,
      '--auth-root-authentication-method=normal', '--skip-test-db', '--innodb-log-file-size=16M'], { stdio: 'pipe' });
  }

  async start() {
    this.process = spawn('mariadbd', ['--no-defaults', ...(asRoot ? ['--user=mysql'] : []), `--datadir=${this.data}`, `--socket=${this.socket}`,
      `--pid-file=${this.dir}/pid`, `--log-error=${this.dir}/log`, '--innodb-log-file-size=16M', '--innodb-buffer-pool-size=64M',
      '--performance-schema=OFF', ...durable, ...this.options], { stdio: 'ignore' });
    this.ended = new Promise((resolve) => this.process.once('exit', resolve));
    for (let i = 0; i < 600; i++) {
      try {
        execFileSync('mariadb-admin', ['--no-defaults', '-uroot', '-S', this.socket, 'ping'], { stdio: 'pipe' });
        return;
      } catch { await pause(50); }
      if (this.process.exitCode !== null) break;
    }
    throw new Error(`the database does not start:\n${existsSync(`${this.dir}/log`) ? readFileSync(`${this.dir}/log`, 'utf8').slice(-2000) : ''}`);
  }

  // SIGKILL: what was committed must survive.
  async kill() {
    this.process?.kill('SIGKILL');
    await this.ended;
    this.process = null;
  }

  async stop() {
    if (!this.process) return;
    this.process.kill('SIGTERM');
    await this.ended;
    this.process = null;
  }

  sql(text, database = '') {
    return execFileSync('mariadb', ['--no-defaults', '-uroot', '-S', this.socket, '-BN', '--default-character-set=utf8mb4', ...(database ? [database] : [])],
      { input: text, encoding: 'utf8', maxBuffer: 1 << 28 });
  }

  // Both only while it is stopped.
  keep(name) {
    rmSync(`${this.dir}/kept-${name}`, { recursive: true, force: true });
    execFileSync('cp', ['-a', '--reflink=auto', this.data, `${this.dir}/kept-${name}`]);
  }

  bringBack(name) {
    rmSync(this.data, { recursive: true, force: true });
    execFileSync('cp', ['-a', '--reflink=auto', `${this.dir}/kept-${name}`, this.data]);
  }
}
