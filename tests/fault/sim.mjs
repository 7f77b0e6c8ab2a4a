// sim: a seed's life: subscriptions with cards that behave in many ways, days that pass in jumps, faults from
// the seed, then quiet; and whether the invariants hold. Seeds share a running house, each with its own days
// and subscriptions, so that a seed alone on a fresh house lives the same (but for the order in which two
// processes reach the database, and where exactly a kill by time strikes).
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { again, batch, bringBack, children, keep, seed as plant, storeCards } from '../lib/control.mjs';
import { startMailServer } from '../lib/mail_server.mjs';
import { startStack } from '../lib/stack.mjs';
import { COMMIT, Database, GATEWAY, Gateway, random, Webhooks } from './faults.mjs';
import { broken } from './invariants.mjs';

export const GROUP = 10; // seeds on one database
const DAY = 864e5;
const BASE = Date.parse('2027-01-04');
const iso = (ms) => new Date(ms).toISOString().slice(0, 10);
const CARDS = ['approve', 'approve', 'approve', 'approve_mastercard', 'approve', 'approve', 'authenticate_always', 'charge_fails',
  'renewal_insufficient', 'renewal_lost', 'renewal_twice_declined', 'error_after', 'event_twice', 'event_first', 'captures_less', 'approve'];
const POINTS = ['C04', 'C05', 'C06', 'C07', 'C08', 'C11', 'C12', 'C13', 'C14', 'C14b', 'C15', 'C16', 'C17', 'C32'];

// How large a seed is. Everything else of it is drawn later.
export function shape(seed) {
  if (seed % 250 === 0) return { subscriptions: 200, days: 400 };
  if (seed % 50 === 0) return { subscriptions: 20, days: 400 };
  if (seed % 10 === 0) return { subscriptions: 12, days: 120 };
  return { subscriptions: 2 + seed % 4, days: 45 + (seed * 7) % 50 };
}

// The day on which a seed begins: after the days of the seeds before it in its group. Groups begin in
// different months of four years, so that leap days and all ends of months are met.
export function firstDay(seed) {
  const group = Math.floor((seed - 1) / GROUP);
  let at = BASE + (group * 59 % 1461) * DAY;
  for (let other = group * GROUP + 1; other < seed; other++) at += (shape(other).days + 20) * DAY;
  return at;
}

// The next day to look at: a few days on, about a month, or a day of the calendar that is known for trouble.
function jump(next, day) {
  const at = new Date(day);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  const edges = [Date.UTC(year, month + 1, 0), Date.UTC(year, month + 1, 1), Date.UTC(year, month + 2, 0), Date.UTC(year, 2, 0), Date.UTC(year, 2, 1),
    Date.UTC(year + 1, 2, 0), Date.UTC(year, 11, 31), Date.UTC(year + 1, 0, 1), Date.UTC(year, 2, 31 - new Date(Date.UTC(year, 2, 31)).getUTCDay()),
    Date.UTC(year, 9, 31 - new Date(Date.UTC(year, 9, 31)).getUTCDay())].filter((edge) => edge > day && edge < day + 70 * DAY);
  const kind = next(4);
  if (kind < 2 && edges.length > 0) return edges[next(edges.length)];
  return day + (kind === 2 ? 1 + next(9) : 20 + next(20)) * DAY;
}

export class House {
  async start() {
    this.mails = await startMailServer((to, count) => (this.mailFault?.(count) ? '451 later' : ''));
    this.stack = await startStack({ batch: false, smtp: this.mails.url });
    const { stack } = this;
    const conf = readFileSync(stack.tenant, 'utf8');
    this.gateway = await new Gateway().start(/^gateway.base = (.*)$/m.exec(conf)[1]);
    this.webhooks = await new Webhooks().start(`${stack.site}/hook/stripe`);
    this.database = await new Database().start(stack.database, `${stack.dir}/run/sim.sock`);
    this.tenant = `${stack.dir}/sim.conf`;
    copyFileSync(stack.tenant, this.tenant);
    writeFileSync(this.tenant, conf.replace(/^gateway.base = .*$/m, `gateway.base = ${this.gateway.url}`)
      .replace(/^database.socket = .*$/m, `database.socket = ${this.database.path}`));
    const sandbox = readFileSync(`${stack.dir}/sandbox.conf`, 'utf8');
    writeFileSync(`${stack.dir}/sandbox.conf`, sandbox.replace(/^webhook.url = .*$/m, `webhook.url = ${this.webhooks.url}`));
    await again(stack, 'sandbox');
    await keep(stack, 'empty');
    this.group = null;
    this.kills = 0;
    return this;
  }

  async stop() {
    await this.stack?.stop();
    for (const one of [this.gateway, this.webhooks, this.database, this.mails]) await one?.close?.() ?? await one?.stop?.();
  }

  sql(text) {
    for (let i = 0; ; i++)
      try { return this.stack.sql(text); } catch (error) { if (i === 20 || !/^ERROR (1213|1205|1020) /m.test(String(error.stderr))) throw error; }
  }

  // So many days are over: the gateway has forgotten its keys, and whatever waited for a later look waited.
  #pass(days) {
    this.sql(`UPDATE attempt SET created_at = created_at - INTERVAL ${days} DAY, sending_at = sending_at - INTERVAL ${days} DAY WHERE id > ${this.scope.attempt};
      DELETE FROM tacite_sandbox.idempotency; ${this.#look()}`);
  }

  #look() {
    return `UPDATE attempt SET next_check_at = UTC_TIMESTAMP(6) WHERE next_check_at IS NOT NULL;
      UPDATE outbox SET next_try_at = UTC_TIMESTAMP(6) WHERE state = 'waiting';
      UPDATE document_job SET next_try_at = UTC_TIMESTAMP(6);
      UPDATE gateway_event SET next_try_at = UTC_TIMESTAMP(6) WHERE next_try_at IS NOT NULL`;
  }

  // How many webhooks there are may differ: they draw from a generator of their own.
  async #deliver(salt, all) {
    const next = random(salt);
    await fetch(`${this.stack.sandbox}/sandbox/deliver?all=1`, { method: 'POST' }).catch(() => {});
    const kill = !all && next(12) === 0;
    await this.webhooks.bring(next, { all, meanwhile: kill ? () => {
      this.kills++;
      for (const id of children(this.stack, 'slow')) try { process.kill(id, 'SIGKILL'); } catch { /* it ended meanwhile */ }
    } : null });
  }

  #subscriptions(next, { subscriptions, days }, begins) {
    const { stack } = this;
    const [[first, invoice, attempt]] = stack.sql('SELECT IFNULL((SELECT MAX(id) FROM subscription), 0), IFNULL((SELECT MAX(id) FROM invoice), 0), IFNULL((SELECT MAX(id) FROM attempt), 0)');
    plant(stack, { subscriptions, due: iso(begins) });
    const ids = stack.sql(`SELECT id FROM subscription WHERE id > ${first} ORDER BY id`).map(([id]) => Number(id));
    this.scope = { first: ids[0], last: ids.at(-1), invoice: Number(invoice), attempt: Number(attempt) };
    assert.equal(ids.length, subscriptions);
    const cards = [];
    const texts = ids.map((id) => {
      const units = days > 300 ? [['month', 1], ['quarter', 1], ['year', 1], ['month', 2], ['quarter', 1]] : [['month', 1], ['month', 1], ['week', 2], ['month', 2], ['day', 30]];
      const [unit, count] = units[next(units.length)];
      const at = new Date(begins + next(25) * DAY);
      const anchor = next(3) === 0 ? iso(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)) : iso(at); // the last day of the month, often
      if (next(10) > 0) cards.push([id, CARDS[next(CARDS.length)]]);
      return `UPDATE subscription SET unit = '${unit}', count = ${count}, anchor_on = '${anchor}', started_on = '${anchor}', due_on = '${anchor}', next_index = 0 WHERE id = ${id};`;
    });
    stack.sql(`START TRANSACTION; ${texts.join('\n')} COMMIT`);
    for (let i = 0; i < cards.length; i += 50) stack.sql(`START TRANSACTION; ${storeCards(stack, cards.slice(i, i + 50))} COMMIT`);
  }

  // One run with faults; says which.
  async #faulty(next, clock) {
    const { gateway, database } = this;
    const kind = next(8);
    const one = (list, rarely) => { const salt = random(next(2 ** 31)); return () => (salt(rarely) === 0 ? list[salt(list.length)] : null); };
    gateway.plan = next(3) > 0 ? one(GATEWAY, 3) : () => null;
    gateway.waits = next(4); // faults after which the client pauses and tries again; each costs half a second
    database.plan = next(3) === 0 ? one(COMMIT, 16) : () => null;
    const mail = random(next(2 ** 31));
    this.mailFault = next(4) === 0 ? () => mail(3) === 0 : null;
    const options = { tenant: this.tenant };
    if (kind < 2) options.env = { TACITE_CRASH_AT: `${POINTS[next(POINTS.length)]}:${1 + next(4)}` };
    else if (kind < 4) options.killAfter = 20 + next(200);
    const two = kind === 4; // two at the same time
    const done = await Promise.all([batch(this.stack, ['run'], options), ...(two ? [batch(this.stack, ['run'], { tenant: this.tenant })] : [])]);
    gateway.plan = database.plan = () => null;
    for (const { code, signal, err } of done) {
      if (process.env.TACITE_SIM_LOG) writeFileSync(process.env.TACITE_SIM_LOG, err, { flag: 'a' });
      if (signal === 'SIGKILL') this.kills++;
      assert.ok(signal === 'SIGKILL' || [0, 1, 69, 75].includes(code), `${clock}: the batch gave ${code}: ${err}`);
    }
    return `${clock}${kind < 2 ? ` ${options.env.TACITE_CRASH_AT}` : kind < 4 ? ` killed after ${options.killAfter} ms` : two ? ' twice at once' : ''}`;
  }

  async #quiet() {
    this.mailFault = null;
    for (let i = 0; i < 8; i++) {
      await this.#deliver(i, true);
      this.sql(this.#look());
      const done = await batch(this.stack, ['run'], { tenant: this.tenant });
      assert.ok([0, 1].includes(done.code), `a run without faults gave ${done.code}: ${done.err}`);
      if (i === 0) continue;
      const [[open, mails, jobs]] = this.stack.sql(`SELECT (SELECT COUNT(*) FROM attempt WHERE state IN ('ready', 'sending', 'unknown')),
        (SELECT COUNT(*) FROM outbox WHERE state = 'waiting'), (SELECT COUNT(*) FROM document_job)`);
      if (open === '0' && mails === '0' && jobs === '0' && this.webhooks.waiting.length === 0) return [];
    }
    return this.stack.sql("SELECT id, payable_id, state, kind, checks, message, next_check_at, sending_at, created_at FROM attempt WHERE state IN ('ready', 'sending', 'unknown')")
      .map((row) => `still: attempt ${row.join(' ')}`).concat(this.stack.sql("SELECT template, tries, error FROM outbox WHERE state = 'waiting'").map((row) => `still: mail ${row.join(' ')}`),
        this.stack.sql('SELECT kind, ref_id, tries, error FROM document_job').map((row) => `still: document ${row.join(' ')}`));
  }

  // What has lived is over: the next seed shall not meet it.
  #over() {
    const { first, last } = this.scope;
    this.sql(`UPDATE dunning_case SET state = 'stopped', ended_on = due_on, next_on = NULL WHERE state = 'open';
      UPDATE receivable SET collect_on = NULL WHERE collect_on IS NOT NULL;
      UPDATE subscription SET state = 'ended', ends_on = GREATEST(started_on, IFNULL(due_on, started_on)), due_on = NULL WHERE id BETWEEN ${first} AND ${last} AND state <> 'ended'`);
  }

  // Lives one seed. Gives { story, bad }: bad is empty when everything holds.
  async live(seed) {
    const group = Math.floor((seed - 1) / GROUP);
    const next = random(seed);
    for (let i = 0; i < 8; i++) next(2); // near seeds part
    if (this.group !== group) {
      this.webhooks.waiting = [];
      await bringBack(this.stack, 'empty');
      rmSync(`${this.tenant}.state`, { force: true }); // no backup: a life that begins
      this.group = group;
    }
    const begins = firstDay(seed);
    const size = shape(seed);
    const story = this.story = [`${size.subscriptions} subscriptions, ${size.days} days from ${iso(begins)}`];
    const set = async (day) => {
      const moved = await batch(this.stack, ['clock', '--to', iso(day)]);
      assert.equal(moved.code, 0, moved.err);
    };
    await set(begins);
    this.#subscriptions(next, size, begins);
    for (let day = begins; day < begins + size.days * DAY;) {
      const to = Math.min(jump(next, day), begins + size.days * DAY);
      this.#pass(Math.round((to - day) / DAY));
      await set(day = to);
      const began = Date.now();
      const told = await this.#faulty(next, iso(day));
      const ran = Date.now() - began;
      await this.#deliver(next(2 ** 31), false);
      story.push(`${told}${process.env.TACITE_SIM_SEED ? ` (${ran} + ${Date.now() - began - ran} ms)` : ''}`);
    }
    const bad = await this.#quiet();
    bad.push(...await broken(this.stack, this.scope));
    if (bad.length === 0) this.#over();
    else this.group = null; // the next seed begins on a fresh database
    return { story, bad };
  }
}
