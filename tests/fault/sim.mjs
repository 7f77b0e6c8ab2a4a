// sim: a seed's life: subscriptions with cards that behave in many ways, days that pass in jumps, refunds and disputes,
// faults from the seed, then quiet; and whether the invariants hold. Seeds share a running house, each with its own days
// and subscriptions, so that a seed alone on a fresh house lives the same (but for the order in which two
// processes reach the database, and where exactly a kill by time strikes).
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { again, batch, bringBack, children, keep, seed as plant, storeCards } from '../lib/control.mjs';
import { startMailServer } from '../lib/mail_server.mjs';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';
import { COMMIT, Database, GATEWAY, Gateway, random, Webhooks } from './faults.mjs';
import { broken } from './invariants.mjs';

export const GROUP = 10; // seeds on one database
const DAY = 864e5;
const BASE = Date.parse('2027-01-04');
const iso = (ms) => new Date(ms).toISOString().slice(0, 10);
const CARDS = ['approve', 'approve', 'approve', 'approve_mastercard', 'approve', 'approve', 'authenticate_always', 'charge_fails',
  'renewal_insufficient', 'renewal_lost', 'renewal_twice_declined', 'error_after', 'event_twice', 'event_first', 'captures_less', 'approve'];
const POINTS = ['C04', 'C05', 'C06', 'C07', 'C08', 'C11', 'C12', 'C13', 'C14', 'C14b', 'C15', 'C16', 'C17', 'C32'];
const REFUND_POINTS = ['R2', 'R3', 'R4', 'R5'];

// Seeds that live every kind of money back, in this order as far as payments allow; others live some of it.
export const TOLD = [4, 6];
const TOLD_CARDS = ['approve', 'refund_fails', 'refund_later', 'approve_mastercard', 'approve'];
export const STORY = ['part', 'disputed', 'fails', 'won', 'full', 'disputed', 'lost', 'later', 'reopened', 'disputed', 'part', 'lost', 'written_off', 'full'];

// How large a seed is. Everything else of it is drawn later.
export function shape(seed) {
  if (TOLD.includes(seed)) return { subscriptions: TOLD_CARDS.length, days: 70 };
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
    this.back = {}; // how often each kind of money back was lived
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
      UPDATE refund SET first_sent_at = first_sent_at - INTERVAL ${days} DAY, sending_at = sending_at - INTERVAL ${days} DAY WHERE id > ${this.scope.refund};
      DELETE FROM tacite_sandbox.idempotency; ${this.#look()}`);
  }

  #look() {
    return `UPDATE attempt SET next_check_at = UTC_TIMESTAMP(6) WHERE next_check_at IS NOT NULL;
      UPDATE refund SET next_check_at = UTC_TIMESTAMP(6) WHERE next_check_at IS NOT NULL;
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

  async #seller() {
    this.visitor = new Visitor(this.stack.site, { language: 'en' });
    await this.visitor.get(`${this.stack.site}/admin/login`);
    await this.visitor.submit(/login/, { email: this.stack.email, password: this.stack.password });
  }

  async #atSandbox(fields) {
    const answer = await fetch(`${this.stack.sandbox}/sandbox/disputes`, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) });
    assert.equal(answer.status, 303, `the gateway gave ${answer.status} for ${JSON.stringify(fields)}`);
  }

  // A refund whose order stands, to be sent by the next run, under whatever faults it has.
  #order([payment, , invoice, customer, currency, intent, left], minor) {
    const key = `sim-refund-${payment}-${left}`;
    this.sql(`INSERT INTO refund (refund_key, kind, state, payment_id, invoice_id, customer_id, amount_minor, currency, reason, request_body, next_check_at, opened_on, actor, created_at)
      VALUES ('${key}', 'card', 'ready', ${payment}, ${invoice}, ${customer}, ${minor}, '${currency}', 'Goodwill',
      'payment_intent=${intent}&amount=${minor}&metadata%5Brefund%5D=${key}', UTC_TIMESTAMP(6), (SELECT MAX(test_clock_on) FROM house), 'seller:1', UTC_TIMESTAMP(6))`);
  }

  // One kind of money back; false when nothing is there that it could happen to.
  async #reverse(kind, take) {
    const { scope, stack } = this;
    const cards = { fails: "m.card = 'refund_fails'", later: "m.card = 'refund_later'" }[kind] ?? "m.card NOT LIKE 'refund%'";
    const one = (rows) => (rows.length > 0 ? rows[take(rows.length)] : null);
    const payment = () => one(this.sql(`SELECT p.id, a.id, x.invoice_id, p.customer_id, p.currency, a.intent_ref,
        p.amount_minor - (SELECT IFNULL(SUM(f.amount_minor), 0) FROM refund f WHERE f.payment_id = p.id AND f.holds = 1) AS left_minor
      FROM payment p JOIN attempt a ON a.id = p.attempt_id AND a.id > ${scope.attempt} AND a.state IN ('succeeded', 'partly_reversed') JOIN allocation x ON x.payment_id = p.id
      JOIN tacite_sandbox.ledger l ON l.attempt = a.attempt_key JOIN tacite_sandbox.method m ON m.ref = l.method_ref
      WHERE ${cards} AND NOT EXISTS (SELECT 1 FROM tacite_sandbox.dispute d WHERE d.intent_ref = a.intent_ref${kind === 'disputed' ? '' : " AND d.status <> 'won'"}) HAVING left_minor > 1 ORDER BY p.id`));
    if (['won', 'lost'].includes(kind)) {
      const dispute = one(this.sql(`SELECT d.ref FROM tacite_sandbox.dispute d JOIN attempt a ON a.intent_ref = d.intent_ref AND a.id > ${scope.attempt}
        WHERE d.status = 'needs_response' ORDER BY d.id`));
      if (dispute) await this.#atSandbox({ dispute: dispute[0], status: kind });
      return dispute !== null;
    }
    if (['reopened', 'written_off'].includes(kind)) {
      const lost = one(this.sql(`SELECT d.id FROM dispute d JOIN payment p ON p.id = d.payment_id AND p.attempt_id > ${scope.attempt} WHERE d.state = 'lost' ORDER BY d.id`));
      if (lost === null) return false;
      await this.#seller();
      await this.visitor.get(`${stack.site}/admin/disputes/${lost[0]}`);
      await this.visitor.submit(/\/disputes\//, { then: kind === 'reopened' ? 'open' : 'bad' });
      assert.equal(this.visitor.status, 200, `${kind} gave ${this.visitor.status}`);
      assert.equal(this.sql(`SELECT state FROM dispute WHERE id = ${lost[0]}`)[0][0], kind);
      return true;
    }
    const paid = payment();
    if (paid === null) return false;
    const left = Number(paid[6]);
    if (kind === 'disputed') await this.#atSandbox({ intent: paid[5] });
    else if (kind === 'fails' || (kind === 'part' && take(2) === 0)) { // by the page, which sends it at once: what fails was made first
      await this.#seller();
      await this.visitor.get(`${stack.site}/admin/payments/${paid[1]}/refund`);
      await this.visitor.submit(/\/refund$/, { amount: ((1 + take(left - 1)) / 100).toFixed(2), reason: 'Goodwill', then: 'open' });
      assert.equal(this.visitor.status, 200, `the refund gave ${this.visitor.status}`);
    } else this.#order(paid, kind === 'full' ? left : 1 + take(left - 1));
    return true;
  }

  // What is taken back on this day; they draw from a generator of their own, as webhooks do.
  async #reversals(take, told) {
    const done = [];
    const some = told ? 3 : take(3) === 0 ? 1 : 0;
    for (let i = 0; i < some && this.untold.length > 0; i++) {
      for (let k = 0; k < this.untold.length; k++) {
        const kind = this.untold[told ? k : take(this.untold.length)];
        if (!await this.#reverse(kind, take)) continue;
        if (told) this.untold.splice(k, 1);
        done.push(kind);
        this.back[kind] = (this.back[kind] ?? 0) + 1;
        break;
      }
    }
    return done;
  }

  #subscriptions(next, { subscriptions, days }, begins, told) {
    const { stack } = this;
    const [[first, invoice, attempt, refund]] = stack.sql(`SELECT IFNULL((SELECT MAX(id) FROM subscription), 0), IFNULL((SELECT MAX(id) FROM invoice), 0),
      IFNULL((SELECT MAX(id) FROM attempt), 0), IFNULL((SELECT MAX(id) FROM refund), 0)`);
    plant(stack, { subscriptions, due: iso(begins) });
    const ids = stack.sql(`SELECT id FROM subscription WHERE id > ${first} ORDER BY id`).map(([id]) => Number(id));
    this.scope = { first: ids[0], last: ids.at(-1), invoice: Number(invoice), attempt: Number(attempt), refund: Number(refund) };
    assert.equal(ids.length, subscriptions);
    const cards = [];
    const texts = ids.map((id, i) => {
      const units = days > 300 ? [['month', 1], ['quarter', 1], ['year', 1], ['month', 2], ['quarter', 1]] : [['month', 1], ['month', 1], ['week', 2], ['month', 2], ['day', 30]];
      const [unit, count] = told ? ['week', 2] : units[next(units.length)];
      const at = new Date(begins + next(25) * DAY);
      const anchor = next(3) === 0 ? iso(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)) : iso(at); // the last day of the month, often
      if (told) cards.push([id, TOLD_CARDS[i]]);
      else if (next(10) > 0) cards.push([id, CARDS[next(CARDS.length)]]);
      return `UPDATE subscription SET unit = '${unit}', count = ${count}, anchor_on = '${anchor}', month_day = 0, started_on = '${anchor}', due_on = '${anchor}', next_index = 0 WHERE id = ${id};`;
    });
    stack.sql(`START TRANSACTION; ${texts.join('\n')} COMMIT`);
    for (let i = 0; i < cards.length; i += 50) stack.sql(`START TRANSACTION; ${storeCards(stack, cards.slice(i, i + 50))} COMMIT`);
  }

  // One run with faults; says which.
  async #faulty(next, clock, told) {
    const { gateway, database } = this;
    const kind = next(8);
    const one = (list, rarely) => { const salt = random(next(2 ** 31)); return () => (salt(rarely) === 0 ? list[salt(list.length)] : null); };
    gateway.plan = next(3) > 0 ? one(GATEWAY, 3) : () => null;
    gateway.waits = next(4); // faults after which the client pauses and tries again; each costs half a second
    database.plan = next(3) === 0 ? one(COMMIT, 16) : () => null;
    const mail = random(next(2 ** 31));
    this.mailFault = next(4) === 0 ? () => mail(3) === 0 : null;
    const options = { tenant: this.tenant };
    const points = told ? [...POINTS, ...REFUND_POINTS] : POINTS;
    if (kind < 2) options.env = { TACITE_CRASH_AT: `${points[next(points.length)]}:${1 + next(told ? 2 : 4)}` };
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
      const [[open, mails, jobs]] = this.stack.sql(`SELECT (SELECT COUNT(*) FROM attempt WHERE state IN ('ready', 'sending', 'unknown')) +
        (SELECT COUNT(*) FROM refund WHERE state IN ('ready', 'sending', 'unknown', 'pending')),
        (SELECT COUNT(*) FROM outbox WHERE state = 'waiting'), (SELECT COUNT(*) FROM document_job)`);
      if (open === '0' && mails === '0' && jobs === '0' && this.webhooks.waiting.length === 0) return [];
    }
    return this.stack.sql("SELECT id, payable_id, state, kind, checks, message, next_check_at, sending_at, created_at FROM attempt WHERE state IN ('ready', 'sending', 'unknown')")
      .map((row) => `still: attempt ${row.join(' ')}`).concat(this.stack.sql("SELECT template, tries, error FROM outbox WHERE state = 'waiting'").map((row) => `still: mail ${row.join(' ')}`),
        this.stack.sql("SELECT id, kind, state, checks, failure, next_check_at FROM refund WHERE state IN ('ready', 'sending', 'unknown', 'pending')").map((row) => `still: refund ${row.join(' ')}`),
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
    const told = TOLD.includes(seed);
    const take = random(seed + 7777);
    for (let i = 0; i < 8; i++) take(2);
    this.untold = [...STORY];
    await set(begins);
    this.#subscriptions(next, size, begins, told);
    for (let day = begins; day < begins + size.days * DAY;) {
      const to = Math.min(told ? day + (4 + next(9)) * DAY : jump(next, day), begins + size.days * DAY);
      this.#pass(Math.round((to - day) / DAY));
      await set(day = to);
      const began = Date.now();
      const what = await this.#faulty(next, iso(day), told);
      const ran = Date.now() - began;
      await this.#deliver(next(2 ** 31), false);
      const back = await this.#reversals(take, told);
      story.push(`${[what, ...back].join(' ')}${process.env.TACITE_SIM_SEED ? ` (${ran} + ${Date.now() - began - ran} ms)` : ''}`);
    }
    const bad = await this.#quiet();
    for (let i = 0; told && bad.length === 0 && this.untold.length > 0 && i < 4; i++) { // what it had no occasion for
      story.push(['and', ...await this.#reversals(take, told)].join(' '));
      bad.push(...await this.#quiet());
    }
    const [[came]] = this.sql(`SELECT COUNT(*) FROM refund WHERE id > ${this.scope.refund} AND state = 'failed' AND done_on IS NOT NULL`);
    this.back['came again'] = (this.back['came again'] ?? 0) + Number(came);
    if (told && this.untold.length > 0) bad.push(`not lived: ${this.untold.join(' ')}`);
    bad.push(...await broken(this.stack, this.scope));
    if (bad.length === 0) this.#over();
    else this.group = null; // the next seed begins on a fresh database
    return { story, bad };
  }
}
