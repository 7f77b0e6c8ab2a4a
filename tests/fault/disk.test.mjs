// X02: the disk under the database is full, really: a small file system of its own, filled to its last block in the middle
// of a month. The batch gives up with 75, pages answer without a fault of ours, nothing is half done; when there is room
// again, the end is that of a life with room. Mounting wants root and a kernel that allows it: else it is said and skipped.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { after as finish, before, test } from 'node:test';
import { begin, end, pid } from '../lib/control.mjs';
import { Visitor } from '../lib/visitor.mjs';
import { after, batch, keep, payUntilDone, run, same, snapshot, sound, startLife } from './life.mjs';

let stack, wanted, place;
const sh = (...command) => execFileSync(command[0], command.slice(1), { stdio: 'pipe', encoding: 'utf8' });

before(async () => {
  stack = await startLife({ others: 20 });
  await payUntilDone(stack);
  await run(stack);
  await keep(stack, 'paid');
  await batch(stack, ['clock', '--to', after(stack.today, 31)]);
  await run(stack);
  wanted = snapshot(stack);
}, { timeout: 120000 });
// The small disk is taken away, with what is on it.
async function release() {
  if (!place) return;
  await end(stack, 'database', 'SIGKILL').catch(() => {});
  sh('umount', '-l', place);
  place = undefined;
}
finish(async () => { await release(); await stack?.stop(); });

// The database as it was kept, on a disk with so many bytes to spare. Gives why it cannot be.
async function smallDisk(room) {
  if (place) await release();
  else await end(stack, 'database').catch(() => {});
  const db = `${stack.dir}/db`;
  rmSync(db, { recursive: true });
  mkdirSync(db);
  const used = Number(sh('du', '-sk', '--apparent-size', `${stack.dir}/kept-paid`).split('\t')[0]) * 1024;
  try {
    sh('mount', '-t', 'tmpfs', '-o', `size=${used + room}`, 'tmpfs', db);
    place = db;
    sh('cp', '-a', '--sparse=never', `${stack.dir}/kept-paid/.`, db);
    rmSync(`${stack.tenant}.state`, { force: true });
    await begin(stack, 'database');
    return null;
  } catch (error) { return String(error.stderr ?? error.message).trim(); }
}

// But for so many bytes, to the last block.
function fill(spare) {
  const file = openSync(`${place}/filler`, 'w');
  const { bavail, bsize } = statfsSync(place);
  const block = Buffer.alloc(1 << 16);
  for (let left = bavail * bsize - spare; left > 0;) try { left -= writeSync(file, block, 0, Math.min(left, block.length)); } catch { break; }
  closeSync(file);
}

const alive = () => { try { process.kill(pid(stack, 'database'), 0); return stack.value('SELECT 1') === '1'; } catch { return false; } };

// With no block at all the server itself ends in the middle of a rollback, which is its way; with a few, it refuses.
for (const spare of [0, 512 << 10])
  test(`X02 the database's disk is full but for ${spare >> 10} kB: 75 or 69, nothing half done, then everything`, { timeout: 240000 }, async (t) => {
    const why = await smallDisk(64 << 20);
    if (why !== null) { console.log(`skipped: ${why}`); t.skip(why); return; }
    assert.equal((await batch(stack, ['clock', '--to', after(stack.today, 31)])).code, 0);
    fill(spare);
    const codes = [];
    for (let i = 0; i < 2; i++) codes.push((await batch(stack, ['run'])).code);
    const seller = new Visitor(stack.site);
    await seller.get(`${stack.site}/admin/login`);
    assert.ok([200, 503].includes(seller.status), String(seller.status));
    if (seller.status === 200) await seller.submit(/login/, { email: stack.email, password: stack.password }); // writes a session
    assert.ok([200, 503].includes(seller.status), `a form: ${seller.status} ${seller.url}`);
    if (seller.status === 503) assert.ok(Number(seller.retryAfter) > 0);
    assert.ok(codes.every((code) => code === 69 || code === 75), codes.join());
    rmSync(`${place}/filler`);
    if (!alive()) await begin(stack, 'database');
    assert.equal(stack.value("SELECT COUNT(*) FROM subscription WHERE error <> ''"), '0', 'nobody is set aside for the disk');
    console.log(`${codes.join(' and ')}, a form: ${seller.status}`);
    await run(stack);
    same(stack, wanted, `X02, ${codes}`);
    await sound(stack);
  });
