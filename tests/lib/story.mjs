// story: the steps of a customer's and a seller's life as functions, so that every test that needs an
// order lives the same one, through the pages.
import assert from 'node:assert/strict';

export const cards = {
  approves: '4242 4242 4242 4242', declined: '4000 0000 0000 0002', secure: '4000 0025 0000 3155',
  declinesRenewals: '4000 9900 0000 0012', poor: '4000 0000 0000 9995',
};

// Fills in the hosted page; where the customer comes out is the page's address.
export async function payByCard(page, card = cards.approves, { secure = false } = {}) {
  await page.waitForURL(/\/pay\/cs_/);
  await page.fill('[name=number]', card);
  await page.fill('[name=expiry]', '12/34');
  await page.fill('[name=cvc]', '123');
  await page.fill('[name=name]', 'Camille Lefèvre');
  await page.click('main form button[type=submit]');
  if (secure) await page.click('main form button[type=submit]');
}

// From the link to the payment page.
export async function sign(page, link, { name = 'Camille Lefèvre', option = false, quantity = null } = {}) {
  await page.goto(link);
  if (option) await page.check('input[type=checkbox][name^="line."]');
  if (quantity !== null) await page.fill('input[name$=".quantity"]', quantity);
  await page.click('main button[value=sign]');
  await page.waitForURL(/\/sign$/);
  await page.fill('[name=name]', name);
  await page.check('[name=consent]');
  await page.click('main form button[type=submit]');
}

// Until the order stands: by the webhook, or by pressing Refresh.
export async function arrive(page) {
  for (let i = 0; i < 40 && !/\/done\//.test(page.url()); i++) {
    const refresh = page.locator('form[action$="/refresh"] button');
    if (await refresh.count() === 0) { await page.waitForTimeout(250); await page.reload(); } else await refresh.click();
  }
  assert.match(page.url(), /\/done\//);
}

// The demo's ready quote, signed and paid, documents made.
export async function liveStory({ stack, customer }) {
  await sign(customer, stack.link);
  await customer.click('form[action^="/pay/"] button');
  await payByCard(customer);
  await arrive(customer);
  await stack.settle();
}
