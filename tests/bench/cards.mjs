// cards: SQL that stores a card for each subscription whose id comes on a line, at the sandbox and with us.
//     node tests/bench/cards.mjs TENANT FIRST <ids >sql
// FIRST: the id of the first stored method.
import { readFileSync } from 'node:fs';
import { storeCards } from '../lib/control.mjs';

const [tenant, first] = process.argv.slice(2);
const ids = readFileSync(0, 'utf8').trim().split('\n').map(Number);
for (let i = 0; i < ids.length; i += 500) {
  const stack = { tenant, value: () => Number(first) + i };
  console.log(`START TRANSACTION; ${storeCards(stack, ids.slice(i, i + 500).map((id) => [id, 'visa']))} COMMIT;`);
}
