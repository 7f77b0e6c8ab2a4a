// Two hundred kills at random times: the batch and the database in months of renewals, the workers while
// a customer pays. Each is followed by a normal run; the end must be the end of a life without kills.
// When is a share of a span that follows what the machine does, else a quick one is never met at work.
// TACITE_KILL_SEED=n replays one seed's times; what is killed when is told when a life differs.
import assert from 'node:assert/strict';
import { after as finish, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { again, children } from '../lib/control.mjs';
import { end } from '../lib/control.mjs';
import { after, batch, begin, bringBack, keep, payUntilDone, run, same, snapshot, sound, startLife } from './life.mjs';

const LIVES = 4;
const MONTHS = 40;
const PAYMENTS = 20; // two kills in each
const WORKERS_SEED = 77;
const seeds = process.env.TACITE_KILL_SEED ? [Number(process.env.TACITE_KILL_SEED)] : Array.from({ length: LIVES }, (_, i) => 1 + i);

// A small generator, so that a seed gives the same times again.
function random(seed) {
  let x = (seed * 2654435761) >>> 0;
  return (below) => {
    x ^= x << 13; x >>>= 0; x ^= x >>> 17; x ^= x << 5; x >>>= 0;
    return x % below;
  };
}

// The span in which kills are thrown, from what the act took here undisturbed. A kill that came when all was done
// makes it shorter, one that met somebody at work a little longer: some four of five meet, however the load of the machine
// changes meanwhile, and they meet early and late parts alike.
function killSpan(ms) {
  const span = { ms, met: 0, at: (next) => Math.round((next(1000) / 1000) * span.ms),
    met_at_work: (met) => { span.met += met; span.ms = Math.max(2, span.ms * (met ? 1.1 : 0.7)); } };
  return span;
}
async function took(act) { // ms
  const from = performance.now();
  await act();
  return performance.now() - from;
}
const middle = (times) => times.sort((a, b) => a - b)[times.length >> 1];

let stack, paid, lived, aRun;
before(async () => {
  stack = await startLife({ others: 12 });
  await payUntilDone(stack);
  await run(stack);
  paid = snapshot(stack);
  await keep(stack, 'paid');
  const times = [];
  for (let month = 1; month <= MONTHS; month++) {
    await batch(stack, ['clock', '--to', after(stack.today, 31 * month)]);
    times.push(await took(() => batch(stack, ['run'])));
    await run(stack, 2);
  }
  aRun = middle(times);
  await run(stack);
  lived = snapshot(stack);
  await sound(stack);
}, { timeout: 240000 });
finish(() => stack?.stop());

for (const seed of seeds)
  test(`batch and database killed ${MONTHS} times, seed ${seed}`, { timeout: 240000 }, async () => {
    const next = random(seed);
    const story = [];
    const span = killSpan(aRun);
    await bringBack(stack, 'paid');
    for (let month = 1; month <= MONTHS; month++) {
      const database = next(4) === 0;
      const at = span.at(next);
      await batch(stack, ['clock', '--to', after(stack.today, 31 * month)]);
      story.push(`month ${month}: ${database ? 'database' : 'batch'} after ${at} ms`);
      if (database) {
        const running = batch(stack, ['run']);
        await pause(at);
        await end(stack, 'database', 'SIGKILL');
        span.met_at_work((await running).code !== 0);
        await begin(stack, 'database');
      } else {
        span.met_at_work((await batch(stack, ['run'], { killAfter: at })).signal === 'SIGKILL');
      }
      await run(stack, 2);
    }
    await run(stack);
    same(stack, lived, story.join('; '));
    await sound(stack);
    console.log(`seed ${seed}: ${span.met} of ${MONTHS} kills met the batch at work, in ${Math.round(aRun)} to ${Math.round(span.ms)} ms`);
    assert.ok(span.met > MONTHS / 2, `only ${span.met} kills met somebody at work`);
  });

const workersSeed = process.env.TACITE_KILL_SEED ? Number(process.env.TACITE_KILL_SEED) : WORKERS_SEED;
test(`workers killed twice in each of ${PAYMENTS} payments, seed ${workersSeed}`, { timeout: 300000 }, async () => {
  const next = random(workersSeed);
  let failed = 0;
  await bringBack(stack, 'signed');
  await again(stack, 'slow');
  const aPayment = await took(async () => assert.equal(await payUntilDone(stack), 0, 'answers fail without any kill: counting them would prove nothing'));
  const span = killSpan(aPayment / 2); // of the first kill; the second comes as long after it
  for (let i = 0; i < PAYMENTS; i++) {
    const times = [];
    await bringBack(stack, 'signed');
    await again(stack, 'slow');
    let underWay = true;
    const paying = payUntilDone(stack).finally(() => { underWay = false; });
    paying.catch(() => {}); // awaited below
    for (let kill = 0; kill < 2; kill++) {
      times.push(span.at(next));
      await pause(times.at(-1));
      span.met_at_work(underWay);
      for (const id of children(stack, 'slow')) try { process.kill(id, 'SIGKILL'); } catch { /* it ended meanwhile */ }
    }
    failed += await paying;
    await run(stack, 2);
    same(stack, paid, `payment ${i}, workers killed after ${times.join(' and then ')} ms`);
    await sound(stack);
  }
  console.log(`${span.met} of ${2 * PAYMENTS} kills met a payment under way, in ${Math.round(aPayment / 2)} to ${Math.round(span.ms)} ms; ${failed} answers failed`);
  assert.ok(span.met > PAYMENTS && failed > 0, `only ${span.met} kills met a payment under way, ${failed} answers failed`);
});
