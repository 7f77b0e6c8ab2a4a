// invariants: what must hold whatever happened (I1 to I12): of our rows among themselves, and against the
// gateway's own book. Each names what breaks it as rows; [] is a house in order. `scope` says which
// subscriptions are looked at one by one: { first, last } of their ids, invoices and documents from invoice on.
import { batch } from '../lib/control.mjs';

const MAIL_TRIES_MAX = 10;
const LEASE_S = 120;

const iso = (ms) => new Date(ms).toISOString().slice(0, 10);

// The k-th boundary from the anchor: the anchor's day, or the last of its month.
export function boundary(anchor, unit, count, k) {
  const [year, month, day] = anchor.split('-').map(Number);
  const days = { day: 1, week: 7 }[unit];
  if (days !== undefined) return iso(Date.UTC(year, month - 1, day + k * count * days));
  const months = month - 1 + k * count * { month: 1, quarter: 3, year: 12 }[unit];
  const last = new Date(Date.UTC(year, months + 1, 0)).getUTCDate();
  return iso(Date.UTC(year, months, Math.min(day, last)));
}

// Each subscription's periods follow the calendar without hole or repetition, up to today or to its end.
function periods(stack, { first, last }) {
  const bad = [];
  const billed = new Map();
  for (const [id, from, until, invoices] of stack.sql(`SELECT p.subscription_id, p.from_on, p.until_on, COUNT(i.id) FROM billing_period p
      LEFT JOIN invoice i ON i.id = p.invoice_id AND i.kind = 'invoice' AND i.subscription_id = p.subscription_id
      WHERE p.subscription_id BETWEEN ${first} AND ${last} GROUP BY p.subscription_id, p.line_group, p.from_on ORDER BY 1, 2`)) {
    if (!billed.has(id)) billed.set(id, []);
    billed.get(id).push([from, until, invoices]);
  }
  const invoices = new Map(stack.sql(`SELECT subscription_id, COUNT(*) FROM invoice WHERE kind = 'invoice' AND subscription_id BETWEEN ${first} AND ${last} GROUP BY 1`));
  for (const [id, anchor, unit, count, state, ends, reason, today] of stack.sql(`SELECT s.id, s.anchor_on, s.unit, s.count, s.state, s.ends_on,
      CONCAT(s.hold_reason, s.error), IFNULL(h.test_clock_on, '') FROM subscription s JOIN (SELECT MAX(test_clock_on) test_clock_on FROM house) h
      WHERE s.id BETWEEN ${first} AND ${last}`)) {
    const list = billed.get(id) ?? [];
    list.forEach(([from, until, n], k) => {
      if (from !== boundary(anchor, unit, Number(count), k) || until !== boundary(anchor, unit, Number(count), k + 1) || n !== '1')
        bad.push(`subscription ${id}: period ${k} is ${from} to ${until} with ${n} invoices`);
    });
    const upTo = boundary(anchor, unit, Number(count), list.length);
    if (Number(invoices.get(id) ?? 0) !== list.length) bad.push(`subscription ${id}: ${list.length} periods, ${invoices.get(id) ?? 0} invoices`);
    const needed = state === 'ended' ? ends : today;
    if (reason === '' && upTo < needed) bad.push(`subscription ${id}, ${state}: billed until ${upTo} only, ${needed} is due`);
    if (state !== 'ended' && boundary(anchor, unit, Number(count), list.length - 1) > today) bad.push(`subscription ${id}: billed beyond ${today}`);
  }
  return bad;
}

export const invariants = {
  // Every entry is balanced, and so is the whole.
  I1: (stack) => stack.sql(`SELECT e.id, e.source_kind, SUM(j.debit_minor) - SUM(j.credit_minor) FROM journal_entry e LEFT JOIN journal_item j ON j.entry_id = e.id
    GROUP BY e.id HAVING NOT (SUM(j.debit_minor) <=> SUM(j.credit_minor)) OR COUNT(*) <> MAX(e.item_count) OR SUM(j.debit_minor) <> MAX(e.total_minor)`),
  // One success per payable at most; more than an invoice's total is never allocated to it.
  I2: (stack) => [...stack.sql("SELECT payable_id, COUNT(*) FROM attempt WHERE state = 'succeeded' GROUP BY payable_id HAVING COUNT(*) > 1"),
    ...stack.sql(`SELECT i.number, SUM(a.amount_minor), i.total_minor FROM allocation a JOIN invoice i ON i.id = a.invoice_id
      LEFT JOIN payment_return b ON b.payment_id = a.payment_id WHERE b.payment_id IS NULL GROUP BY i.id
      HAVING SUM(a.amount_minor) - IFNULL((SELECT SUM(k.amount_minor) FROM allocation_back k WHERE k.invoice_id = i.id), 0) > i.total_minor`)],
  // A success has exactly one payment of its amount, and that exactly one entry of it; nothing else has one.
  I3: (stack) => stack.sql(`SELECT a.id, a.state, COUNT(p.id), COUNT(e.id) FROM attempt a LEFT JOIN payment p ON p.attempt_id = a.id AND p.amount_minor = a.amount_minor
      LEFT JOIN journal_entry e ON e.source_kind = 'payment' AND e.source_id = p.id AND p.amount_minor =
        (SELECT SUM(j.credit_minor) FROM journal_item j WHERE j.entry_id = e.id AND j.customer_id IS NOT NULL)
    GROUP BY a.id HAVING (a.state IN ('succeeded', 'partly_reversed', 'reversed') OR a.state = 'operator' AND COUNT(p.id) = 1) <> (COUNT(p.id) = 1 AND COUNT(e.id) = 1) OR COUNT(p.id) > 1 OR COUNT(e.id) > 1`),
  // Numbers of a series are 1 to n.
  I4: (stack) => stack.sql(`SELECT s.name, s.last_sequence, COUNT(i.id), MIN(i.sequence), MAX(i.sequence) FROM series s JOIN invoice i ON i.series = s.name
    GROUP BY s.name HAVING COUNT(i.id) <> s.last_sequence OR MIN(i.sequence) <> 1 OR MAX(i.sequence) <> s.last_sequence OR COUNT(DISTINCT i.sequence) <> COUNT(i.id)`),
  // The chains of documents and entries, and the program's own rules of the books.
  I5: async (stack) => {
    const verified = await batch(stack, ['verify']);
    return verified.code === 0 ? [] : [[`verify gave ${verified.code}: ${verified.out}${verified.err}`]];
  },
  // Each period of a contract is billed exactly once.
  I6: (stack, scope) => periods(stack, scope).map((text) => [text]),
  // Nobody holds an attempt longer than the lease, and what is unresolved has a day on which somebody looks.
  I7: (stack) => stack.sql(`SELECT id, state, sending_at, next_check_at FROM attempt WHERE (state = 'sending' AND sending_at < UTC_TIMESTAMP(6) - INTERVAL ${LEASE_S} SECOND)
    OR (state IN ('ready', 'sending', 'unknown', 'pending') AND kind <> 'sepa' AND next_check_at IS NULL)`),
  // An issued document is stored exactly once, as it was sealed.
  I8: (stack, scope) => stack.sql(`SELECT i.number, COUNT(d.id) FROM invoice i LEFT JOIN document d ON d.kind = 'invoice' AND d.ref_id = i.id
      AND UNHEX(SHA2(d.bytes, 256)) = d.sha256 AND LEFT(d.bytes, 5) = '%PDF-' WHERE i.id > ${scope.invoice} GROUP BY i.id HAVING COUNT(d.id) <> 1`),
  // A mail is sent, waits for a try that has a time, or is given up; never tried for ever.
  I9: (stack) => stack.sql(`SELECT id, state, tries, next_try_at FROM outbox WHERE tries > ${MAIL_TRIES_MAX} OR (state = 'waiting') <> (next_try_at IS NOT NULL)
    OR (state = 'sent') <> (sent_at IS NOT NULL)`),
  // The gateway's charges are our successes, one for one and to the cent; money that was not expected is a
  // person's: OPERATOR with an open item.
  I10: (stack) => [...stack.sql(`SELECT 'captured', l.charge_ref, l.amount_minor, a.state, a.amount_minor FROM tacite_sandbox.ledger l LEFT JOIN attempt a ON a.attempt_key = l.attempt
      LEFT JOIN payment p ON p.attempt_id = a.id AND p.amount_minor = l.amount_minor
      WHERE NOT ((a.state IN ('succeeded', 'partly_reversed', 'reversed') AND p.id IS NOT NULL) OR (a.state = 'operator' AND EXISTS (SELECT 1 FROM operator_item o
        WHERE o.closed_at IS NULL AND o.detail LIKE CONCAT('%', a.attempt_key, '%')))) OR a.id IS NULL`),
    ...stack.sql(`SELECT 'believed', a.id, a.state, COUNT(l.id) FROM attempt a LEFT JOIN tacite_sandbox.ledger l ON l.attempt = a.attempt_key
      WHERE a.state IN ('succeeded', 'partly_reversed', 'reversed', 'operator') AND a.kind <> 'sepa' GROUP BY a.id HAVING COUNT(l.id) <> 1`),
    // Twice for one thing only after the first went back, wholly or in part.
    ...stack.sql(`SELECT 'twice', y.id, COUNT(*) FROM tacite_sandbox.ledger l JOIN attempt a ON a.attempt_key = l.attempt JOIN payable y ON y.id = a.payable_id
      GROUP BY y.id HAVING SUM(a.state NOT IN ('partly_reversed', 'reversed')) > 1`)],
  // Money back: what went by the gateway's ledger is what our refunds say, one for one and to the cent; each is booked
  // once, and nobody holds one longer than the lease.
  I11: (stack) => [...stack.sql(`SELECT 'went', m.own_key, m.minor, f.state, f.amount_minor FROM (SELECT own_key, SUM(amount_minor) minor FROM tacite_sandbox.money_back
      WHERE own_key <> '' AND kind IN ('refund', 'refund_failed') GROUP BY own_key) m LEFT JOIN refund f ON f.refund_key = m.own_key
      WHERE f.id IS NULL OR m.minor <> IF(f.state = 'succeeded', f.amount_minor, 0) AND f.state NOT IN ('sending', 'unknown')`),
    ...stack.sql(`SELECT 'believed', f.id, f.amount_minor FROM refund f WHERE f.kind = 'card' AND f.state = 'succeeded' AND f.amount_minor <>
      IFNULL((SELECT SUM(m.amount_minor) FROM tacite_sandbox.money_back m WHERE m.own_key = f.refund_key), 0)`),
    ...stack.sql(`SELECT 'booked', f.id, f.state, COUNT(e.id) FROM refund f LEFT JOIN journal_entry e ON e.source_kind = 'refund' AND e.source_id = f.id
      GROUP BY f.id, f.state, f.done_on HAVING COUNT(e.id) <> (f.done_on IS NOT NULL)`),
    ...stack.sql(`SELECT 'held', id, state FROM refund WHERE (state = 'sending' AND sending_at < UTC_TIMESTAMP(6) - INTERVAL ${LEASE_S} SECOND)
      OR (kind = 'card' AND state IN ('ready', 'sending', 'unknown', 'pending') AND next_check_at IS NULL)`)],
  // What was captured for an invoice is at most what it asks and what went back, but for what stands as the customer's
  // credit or with a person; a dispute's money went, or came again, as our row says; what the gateway holds for us
  // stands on 511.
  I12: (stack) => [...stack.sql(`SELECT 'kept', i.number, SUM(k.minor), i.total_minor FROM invoice i JOIN (SELECT y.invoice_id, l.amount_minor -
        IFNULL((SELECT SUM(m.amount_minor) FROM tacite_sandbox.money_back m WHERE m.intent_ref = l.intent_ref), 0) AS minor
      FROM tacite_sandbox.ledger l JOIN attempt a ON a.attempt_key = l.attempt AND a.state <> 'operator' JOIN payable y ON y.id = a.payable_id) k ON k.invoice_id = i.id
      GROUP BY i.id HAVING SUM(k.minor) > i.total_minor + IFNULL((SELECT SUM(v.total_minor) FROM advance v JOIN payment p ON p.id = v.payment_id JOIN attempt a ON a.id = p.attempt_id
        JOIN payable y ON y.id = a.payable_id WHERE y.invoice_id = i.id), 0)`),
    ...stack.sql(`SELECT 'disputed', m.object_ref, SUM(m.amount_minor), MAX(d.state) FROM tacite_sandbox.money_back m LEFT JOIN dispute d ON d.dispute_ref = m.object_ref
      WHERE m.kind IN ('dispute', 'dispute_won') GROUP BY m.object_ref HAVING MAX(d.id) IS NULL OR SUM(m.amount_minor) <> MAX(IF(d.out_on IS NOT NULL AND d.in_on IS NULL, d.amount_minor, 0))`),
    ...stack.sql(`SELECT 'stands', b.minor, g.minor FROM (SELECT IFNULL(SUM(debit_minor - credit_minor), 0) AS minor FROM journal_item WHERE account = '511') b JOIN
      (SELECT (SELECT IFNULL(SUM(l.amount_minor), 0) FROM tacite_sandbox.ledger l WHERE NOT EXISTS (SELECT 1 FROM attempt a LEFT JOIN payment p ON p.attempt_id = a.id
        WHERE a.attempt_key = l.attempt AND a.state = 'operator' AND p.id IS NULL)) - (SELECT IFNULL(SUM(m.amount_minor), 0) FROM tacite_sandbox.money_back m) AS minor) g
      ON b.minor <> g.minor`)],
};

// What is broken, as lines "I4: ...".
export async function broken(stack, scope) {
  const lines = [];
  for (const [name, look] of Object.entries(invariants))
    for (const row of (await look(stack, scope)).slice(0, 5)) lines.push(`${name}: ${row.join(' ')}`);
  return lines;
}
