// moment: a page that only shows remembers the house and its day for a second (store/kept), so whoever moves a house's
// clock looks at its pages a second later. No page of a real house ever meets this: its day moves at midnight.
import { setTimeout as pause } from 'node:timers/promises';

let known_at = 0;

// To be called with the arguments of a command that ended: was the clock moved?
export function commanded(args) {
  if (args[0] === 'clock' && args.length > 1) known_at = Date.now() + 1050;
}

export async function pagesKnow() {
  if (known_at > Date.now()) await pause(known_at - Date.now());
}
