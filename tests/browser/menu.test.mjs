// menu: on a phone the seller's menu opens from its button, by finger and by keyboard, without a script; the pages of an
// area stand side by side above each of them, the current one in view; on a desk everything is there at once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fits, openPage, signIn, startBrowser } from '../lib/browser.mjs';
import { startStack } from '../lib/stack.mjs';

let stack, browser;
before(async () => {
  stack = await startStack();
  browser = await startBrowser();
}, { timeout: 120000 });
after(async () => {
  await browser?.close();
  await stack?.stop();
});

test('the menu on a phone', { timeout: 120000 }, async () => {
  const page = await openPage(browser, { width: 360 });
  await signIn(page, stack);
  await page.goto(`${stack.site}/admin/revisions`);
  const menu = page.locator('#menu');
  assert.equal(await menu.isVisible(), false, 'closed at first');
  const part = page.locator('.ui-parts a[aria-current=page]');
  assert.match(await part.getAttribute('href'), /revisions$/);
  const box = await part.boundingBox();
  assert.ok(box.x >= 0 && box.x + box.width <= 360, `the current page of the area is in view, not at ${box.x}`);
  await page.locator('.ui-menu-button').click();
  assert.equal(await menu.isVisible(), true);
  assert.ok(await fits(page));
  await page.keyboard.press('Escape');
  assert.equal(await menu.isVisible(), false, 'Escape closes it');
  await page.locator('.ui-menu-button').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/admin\/quotes$/); // the second entry, from the keyboard alone
});

test('the menu on a desk', { timeout: 120000 }, async () => {
  const page = await openPage(browser, { width: 1280 });
  await signIn(page, stack);
  await page.goto(`${stack.site}/admin/pricelists/preview`);
  assert.equal(await page.locator('.ui-menu-button').isVisible(), false);
  const entries = page.locator('#menu a');
  const tops = new Set(await entries.evaluateAll((list) => list.map((a) => Math.round(a.getBoundingClientRect().top))));
  assert.equal(tops.size, 1, 'one line');
  assert.deepEqual(await page.locator('[aria-current]').evaluateAll((list) => list.map((a) => a.getAttribute('href'))), ['/admin/pricelists', '/admin/pricelists/preview']);
});
