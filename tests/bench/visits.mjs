// visits BASE PREFIX PATHS OUT: opens the link of every line of PATHS ("path TAB token"), as customers
// do, and writes "path TAB cookie header" for wrk. Fails when a link does not lead to a page.
import { readFileSync, writeFileSync } from 'node:fs';

const [base, prefix, list, out] = process.argv.slice(2);
const lines = readFileSync(list, 'utf8').trim().split('\n').map((line) => line.split('\t'));
const result = new Array(lines.length);
let at = 0;

async function visitor() {
  while (at < lines.length) {
    const i = at++;
    const [path, token] = lines[i];
    const opened = await fetch(`${base}${prefix}${token}`, { redirect: 'manual' });
    const cookie = opened.headers.getSetCookie().map((c) => c.split(';')[0]).join('; ');
    await opened.arrayBuffer();
    if (opened.status !== 303 || cookie === '') throw new Error(`${prefix}${token}: ${opened.status}, no visit`);
    const page = await fetch(base + path, { headers: { cookie }, redirect: 'manual' });
    const text = await page.text();
    if (page.status !== 200) throw new Error(`${path}: ${page.status}`);
    if (i === 0) writeFileSync(`${out}.html`, text);
    result[i] = `${path}\t${cookie}`;
  }
}

await Promise.all(Array.from({ length: 8 }, visitor));
writeFileSync(out, `${result.join('\n')}\n`);
