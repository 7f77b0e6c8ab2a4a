// database: a private MariaDB server without any house, for what makes houses itself. It does not wait for the disk.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

const pinned = (cpu, program, args) => (cpu === null ? [program, args] : ['taskset', ['-c', String(cpu), program, ...args]]);

// cpu: the processor on which it stays; whoever asks it from there too wakes nobody up on another (a virtual machine pays
// more for that than for the statement).
export async function startDatabase({ cpu = null } = {}) {
  const dir = mkdtempSync(`${execFileSync('tests/lib/memory', { encoding: 'utf8' }).trim()}/tacite-db.`);
  const socket = `${dir}/s.sock`;
  const user = userInfo().username === 'root' ? 'mysql' : userInfo().username;
  mkdirSync(`${dir}/tmp`);
  chmodSync(dir, 0o755);
  if (user === 'mysql') execFileSync('chown', ['mysql', dir, `${dir}/tmp`]);
  const common = ['--no-defaults', `--user=${user}`, `--datadir=${dir}/data`, `--tmpdir=${dir}/tmp`];
  execFileSync('mariadb-install-db', [...common, '--auth-root-authentication-method=normal', '--skip-test-db'], { stdio: 'pipe' });
  const log = openSync(`${dir}/log`, 'a');
  const child = spawn(...pinned(cpu, 'mariadbd', [...common, `--socket=${socket}`, '--skip-networking', `--pid-file=${dir}/pid`, '--innodb-flush-log-at-trx-commit=2',
    '--innodb-rollback-on-timeout=ON', '--innodb-snapshot-isolation=ON', '--local-infile=OFF', '--skip-log-bin', '--performance-schema=OFF',
    '--innodb-buffer-pool-size=256M', '--innodb-log-file-size=256M', '--innodb-stats-persistent=OFF', '--table-open-cache=4000']), { stdio: ['ignore', log, log] });
  const sql = (text) => execFileSync('mariadb', ['--no-defaults', '-uroot', '-S', socket, '-BN', '-e', text], { encoding: 'utf8', stdio: 'pipe' });
  for (let i = 0; ; i++) {
    try { sql('SELECT 1'); break; } catch (error) { if (i === 300) throw error; await pause(100); }
  }
  return {
    socket, sql,
    async stop() {
      child.kill('SIGKILL');
      await new Promise((done) => { if (child.exitCode !== null || child.signalCode !== null) done(); else child.on('exit', done); });
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
