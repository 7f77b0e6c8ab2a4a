// fec: reads a file of entries as the tax office does (LPF art. A47 A-1), knowing nothing of who wrote it, and
// complains about everything that is wrong with it.
const HEAD = ['JournalCode', 'JournalLib', 'EcritureNum', 'EcritureDate', 'CompteNum', 'CompteLib', 'CompAuxNum', 'CompAuxLib', 'PieceRef',
  'PieceDate', 'EcritureLib', 'Debit', 'Credit', 'EcritureLet', 'DateLet', 'ValidDate', 'Montantdevise', 'Idevise'];

const cents = (text) => { if (!/^-?\d+,\d\d$/.test(text)) throw new Error(`not an amount: ${text}`); return BigInt(text.replace(',', '')); };
const isDay = (text) => {
  const m = text.match(/^(\d{4})(\d\d)(\d\d)$/);
  return m && new Date(Date.UTC(m[1], m[2] - 1, m[3])).toISOString().slice(0, 10) === `${m[1]}-${m[2]}-${m[3]}`;
};

// year: a civil one, or the first and the last day of another: ['2025-03-15', '2026-06-30'].
// { lines, accounts: Map account -> { debit, credit }, entries: Map number -> lines, wrong: [words] }
export function readFec(bytes, year, charset = 'iso-8859-15') {
  const [from, last] = (Array.isArray(year) ? year : [`${year}-01-01`, `${year}-12-31`]).map((day) => day.replaceAll('-', ''));
  const wrong = [];
  const complain = (words) => { if (wrong.length < 20) wrong.push(words); };
  const text = new TextDecoder(charset, { fatal: true }).decode(bytes);
  if (!text.endsWith('\r\n')) complain('the last line has no end');
  const rows = text.slice(0, -2).split('\r\n').map((line) => line.split('\t'));
  if (rows[0].join() !== HEAD.join()) complain(`head: ${rows[0]}`);
  const lines = [];
  const accounts = new Map();
  const entries = new Map();
  const letters = new Map();
  for (const [i, row] of rows.slice(1).entries()) {
    const at = `line ${i + 2}`;
    if (row.length !== 18) { complain(`${at}: ${row.length} columns`); continue; }
    const l = Object.fromEntries(HEAD.map((name, k) => [name, row[k]]));
    if (/[\n\r|]/.test(row.join(''))) complain(`${at}: a separator inside`);
    for (const name of ['JournalCode', 'JournalLib', 'EcritureNum', 'CompteNum', 'CompteLib', 'PieceRef', 'EcritureLib'])
      if (l[name].trim() === '') complain(`${at}: no ${name}`);
    for (const name of ['EcritureDate', 'PieceDate', 'ValidDate']) if (!isDay(l[name])) complain(`${at}: ${name} ${l[name]}`);
    if (l.EcritureDate < from || l.EcritureDate > last) complain(`${at}: ${l.EcritureDate} is not in ${year}`);
    if (!/^[1-7]\d\d/.test(l.CompteNum)) complain(`${at}: account ${l.CompteNum}`);
    if ((l.CompAuxNum === '') !== (l.CompAuxLib === '')) complain(`${at}: half a customer`);
    if ((l.EcritureLet === '') !== (l.DateLet === '')) complain(`${at}: half a lettering`);
    l.debit = cents(l.Debit);
    l.credit = cents(l.Credit);
    if (l.debit < 0n || l.credit < 0n || (l.debit === 0n) === (l.credit === 0n)) complain(`${at}: ${l.Debit} and ${l.Credit}`);
    lines.push(l);
    if (!entries.has(l.EcritureNum)) entries.set(l.EcritureNum, []);
    entries.get(l.EcritureNum).push(l);
    const sum = accounts.get(l.CompteNum) ?? { debit: 0n, credit: 0n };
    accounts.set(l.CompteNum, { debit: sum.debit + l.debit, credit: sum.credit + l.credit });
    if (l.EcritureLet) letters.set(l.EcritureLet, (letters.get(l.EcritureLet) ?? 0n) + l.debit - l.credit);
  }
  let previous = null;
  let validated = '';
  for (const [number, of] of entries) {
    if (of.reduce((sum, l) => sum + l.debit - l.credit, 0n) !== 0n) complain(`entry ${number} does not balance`);
    if (new Set(of.map((l) => `${l.JournalCode} ${l.EcritureDate} ${l.ValidDate}`)).size !== 1) complain(`entry ${number} has two days`);
    if (previous !== null && Number(number) !== previous + 1) complain(`entry ${number} follows ${previous}`);
    if (of[0].JournalCode !== 'AN' && of[0].ValidDate < validated) complain(`entry ${number} was validated before the one before it`);
    if (of[0].JournalCode !== 'AN') validated = of[0].ValidDate;
    previous = Number(number);
  }
  for (const [letter, sum] of letters) if (sum !== 0n) complain(`lettering ${letter} does not sum to nothing`);
  return { lines, accounts, entries, letters, wrong };
}
