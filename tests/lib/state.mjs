// state: everything that a tenant's database holds, in a form that two runs of one story can be
// compared by.
//
// Ids are replaced by their rank in their table (a rolled-back insert leaves a gap in AUTO_INCREMENT,
// which is no difference), references by the rank of what they point at. Columns that differ by nature
// are named in `volatile`; everything else of every table is compared.
import { execFileSync } from 'node:child_process';

// Instants (at, …_at) are left out everywhere: the real clock differs. Beside them:
const volatile = {
  '*': ['remote_addr', 'user_agent'],
  seller_user: ['password'],
  seller_session: '*', // how often somebody signed in is not the story's result
  visit: '*', visit_grant: '*', throttle: '*', form_token: '*', // access facts and one-time tokens
  job_run: '*', // how often the batch ran
  quote_view: '*',
  audit: '*', // tries and refusals are audited too
  schema_version: '*', id_block: '*', // ids in reserve
  link: ['token_hash'],
  outbox: ['sealed', 'message_id', 'tries', 'dedup_key', 'params'], // tokens; dedup_key holds ids
  operator_item: ['detail', 'closed_by'],
  activity: ['params', 'actor'], // through which door it came: page, webhook or batch
  customer_version: ['personal_salt', 'personal_digest'], // the salt is random
  invoice: ['chain_previous', 'chain_digest'], // they cover the salted digest; verified apart
  journal_entry: ['sequence', 'chain_previous', 'chain_digest'], // the order of two doors may differ
  series: ['chain_head'],
  document: ['sha256', 'bytes'], // the seal carries its time
  document_job: ['tries', 'error'],
  payment_method: ['token_sealed', 'source_ref'],
  customer: ['gateway_customer'],
  attempt: ['attempt_key', 'request_body', 'session_ref', 'intent_ref', 'redirect_url', 'sender', 'checks', 'message'],
  attempt_event: '*', // the way may differ (sending, unknown, succeeded); the end may not
  payment: ['gateway_ref'],
  refund: ['refund_key', 'request_body', 'refund_ref', 'sender', 'checks', 'failure', 'actor'],
  refund_event: '*', // as of attempts
  dispute: ['dispute_ref'],
  gateway_event: '*', // a webhook may come before or after another door
  method_setup: ['setup_key', 'session_ref', 'redirect_url', 'checks'],
  signature: ['document_sha256', 'choices'], // choices holds ids; what they mean is in the lines
  house: ['last_run_at', 'run_count'],
};

// References without a foreign key: column -> table, or a function of the row.
const soft = {
  link: { object_id: (r) => ({ quote: 'quote', pay: 'invoice', manage: 'customer', login: 'customer', reset: 'seller_user' })[r.kind] },
  outbox: { customer_id: 'customer', quote_id: 'quote', subscription_id: 'subscription', invoice_id: 'invoice', link_id: 'link' },
  activity: { subject_id: (r) => r.subject_kind },
  operator_item: { subject_id: (r) => r.subject_kind },
  document: { ref_id: (r) => (r.kind === 'invoice' ? 'invoice' : 'signature') },
  document_job: { ref_id: (r) => (r.kind === 'invoice' ? 'invoice' : 'signature') },
  journal_entry: { source_id: (r) => r.source_kind.replace('refund_failed', 'refund').replace(/^dispute_.*/, 'dispute') }, allocation_back: { cause_id: (r) => (r.cause === 'dispute' ? 'dispute' : 'refund') },
  journal_item: { customer_id: 'customer' },
  receivable: { customer_id: 'customer', subscription_id: 'subscription', invoice_id: 'invoice', pending_of: 'subscription' },
  dunning_case: { invoice_id: 'invoice' }, collection: { invoice_id: 'invoice' }, // by way of the receivable
  subscription_line: { quote_line_id: 'quote_line', product_id: 'product' },
  amendment_item: { product_id: 'product' },
  credit_note: { invoice_id: 'invoice', corrected_id: 'invoice' }, credit_note_line: { invoice_id: 'invoice', corrected_id: 'invoice' },
  credit_allocation: { credit_note_id: 'invoice', invoice_id: 'invoice' }, customer_credit: { credit_note_id: 'invoice' },
  invoice_line: { subscription_line_id: 'subscription_line', quote_line_id: 'quote_line' },
  billing_period: { invoice_id: 'invoice' },
  payable: { customer_id: 'customer', invoice_id: 'invoice' },
  quote_version: { template_id: 'quote_template' },
  signature: { link_id: 'link' },
  quote_choice: { version_id: 'quote_version' },
  price: { plan_key: null },
  house: { id: null },
};

// Several SELECTs by name through one client: { name: rows }, each row an object by column.
function queries(socket, database, selects) {
  const sql = Object.entries(selects).map(([name, select]) => `SELECT 1 AS '@@${name}'; ${select};`).join('\n');
  const text = execFileSync('mariadb', ['--no-defaults', '-uroot', '-S', socket, '-B', '--default-character-set=utf8mb4', database],
    { encoding: 'utf8', maxBuffer: 1 << 28, input: sql });
  const result = {};
  let list = null;
  let names = null;
  const lines = text.split('\n');
  for (let i = 0; i < lines.length - 1; i++) {
    const mark = lines[i].startsWith('@@') && lines[i + 1] === '1' ? lines[i].slice(2) : null;
    if (mark !== null && mark in selects && !(mark in result)) { result[mark] = list = []; names = null; i++; continue; }
    if (names === null) { names = lines[i].split('\t'); continue; }
    const values = lines[i].split('\t');
    list.push(Object.fromEntries(values.map((value, n) => [names[n], value])));
  }
  if (Object.keys(result).length !== Object.keys(selects).length) throw new Error('the database answered less than it was asked');
  return result;
}

export const query = (socket, database, sql) => queries(socket, database, { it: sql }).it;

function columns(socket, database) {
  const tables = {};
  for (const c of query(socket, database, `SELECT c.TABLE_NAME t, c.COLUMN_NAME n, c.DATA_TYPE d, c.EXTRA e, k.REFERENCED_TABLE_NAME r
      FROM information_schema.COLUMNS c LEFT JOIN information_schema.KEY_COLUMN_USAGE k ON k.TABLE_SCHEMA = c.TABLE_SCHEMA
        AND k.TABLE_NAME = c.TABLE_NAME AND k.COLUMN_NAME = c.COLUMN_NAME AND k.REFERENCED_COLUMN_NAME = 'id'
      WHERE c.TABLE_SCHEMA = '${database}' ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION`))
    (tables[c.t] ??= []).push(c);
  return tables;
}

// { table: [row texts, sorted] }
export function state(socket, database) {
  const tables = columns(socket, database);
  const selects = {};
  for (const [table, list] of Object.entries(tables)) {
    if (volatile[table] === '*') {
      if (!list.some((c) => c.n === 'id')) continue;
    }
    const has = list.some((c) => c.n === 'id');
    const names = list.map((c) => (/binary|blob/.test(c.d) ? `HEX(SHA2(\`${c.n}\`, 256)) AS \`${c.n}\`` : `\`${c.n}\``)).join(', ');
    selects[table] = `SELECT ${names} FROM \`${table}\`${has ? ' ORDER BY id' : ''}`;
  }
  const rows = queries(socket, database, selects);
  const rank = {};
  for (const [table, list] of Object.entries(rows)) if (list.length === 0 || 'id' in list[0]) rank[table] = new Map(list.map((row, i) => [row.id, i + 1]));
  const result = {};
  for (const [table, list] of Object.entries(tables)) {
    const left = volatile[table];
    if (left === '*') continue;
    const kept = list.filter((c) => c.n !== 'at' && !c.n.endsWith('_at') && !volatile['*'].includes(c.n) && !(left ?? []).includes(c.n));
    result[table] = rows[table].map((row) => kept.map((c) => {
      let to = soft[table]?.[c.n];
      if (typeof to === 'function') to = to(row);
      to ??= c.r !== 'NULL' ? c.r : c.n === 'id' ? null : undefined;
      if (c.n === 'id' || to === null) return ''; // the order of insertion is no result
      if (to && row[c.n] !== 'NULL') return `${c.n}=${to}#${rank[to]?.get(row[c.n]) ?? 'GONE'}`;
      return `${c.n}=${row[c.n]}`;
    }).filter((x) => x !== '').join(' ')).sort();
  }
  return result;
}

// The differences as lines, at most `most`.
export function difference(a, b, most = 40) {
  const lines = [];
  for (const table of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const left = new Map();
    for (const row of a[table] ?? []) left.set(row, (left.get(row) ?? 0) + 1);
    for (const row of b[table] ?? []) left.set(row, (left.get(row) ?? 0) - 1);
    for (const [row, n] of left) if (n !== 0) lines.push(`${n > 0 ? '-' : '+'} ${table}: ${row}`);
  }
  return lines.slice(0, most);
}
