// bank: statements as banks write them, for the demo company's account.
import { writeFileSync } from 'node:fs';

export const account = 'FR7630006000011234567890189';

// entries: { amount: '12.00', text, iban, name, day, ref, sign, id, code, instructed }, or { amount, day, ref, batch, count, charges }: several debits as one,
// charges: what the bank says that it kept of them
export function statement(entries, { iban = account, id = '1', balances } = {}) {
  const amount = (a) => `<Amt Ccy="EUR">${a}</Amt>`;
  const balance = (code, a) => `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${amount(a)}<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-01</Dt></Dt></Bal>`;
  const one = (e) => `<Ntry>${amount(e.amount)}<CdtDbtInd>${e.sign ?? 'CRDT'}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${e.day}</Dt></BookgDt>`
    + `<AcctSvcrRef>${e.ref}</AcctSvcrRef>${e.charges ? `<Chrgs><Rcrd>${amount(e.charges)}<CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>` : ''}<NtryDtls>${e.batch ? `<Btch><PmtInfId>${e.batch}</PmtInfId><NbOfTxs>${e.count}</NbOfTxs></Btch></NtryDtls></Ntry>` : details(e)}`;
  const details = (e) => `<TxDtls><Refs><EndToEndId>${e.id ?? 'NOTPROVIDED'}</EndToEndId></Refs>${amount(e.amount)}${e.instructed ? `<AmtDtls><InstdAmt>${amount(e.instructed)}</InstdAmt></AmtDtls>` : ''}<RltdPties><Dbtr><Pty><Nm>${e.name ?? 'Camille Lefèvre'}</Nm></Pty></Dbtr><DbtrAcct><Id>`
    + `<IBAN>${e.iban ?? 'DE89370400440532013000'}</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>${e.text}</Ustrd></RmtInf>${e.code ? `<RtrInf><Rsn><Cd>${e.code}</Cd></Rsn></RtrInf>` : ''}</TxDtls></NtryDtls></Ntry>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M${id}</MsgId>`
    + `<CreDtTm>2026-01-01T00:00:00</CreDtTm></GrpHdr>\n<Stmt><Id>${id}</Id><Acct><Id><IBAN>${iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>\n`
    + `${balances ? balance('OPBD', balances[0]) + balance('CLBD', balances[1]) : ''}\n${entries.map(one).join('\n')}\n</Stmt></BkToCstmrStmt></Document>\n`;
}

// The file in the stack's own folder; its path.
export function saveFile(stack, name, text) {
  const path = `${stack.dir}/${name}`;
  writeFileSync(path, text);
  return path;
}
