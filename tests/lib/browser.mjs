// browser: Debian's Chromium, driven headless. Pages have no JavaScript unless a test asks for it.
import { chromium } from 'playwright-core';

export async function startBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: process.getuid() === 0 ? ['--no-sandbox'] : [] });
}

// language: "fr" or "en"; the page collects what the browser says about its policy.
export async function openPage(browser, { language = 'fr', width = 1280, height = 900, javascript = false } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, javaScriptEnabled: javascript,
    locale: language === 'fr' ? 'fr-FR' : 'en-GB', acceptDownloads: true });
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) page.complaints.push(message.text()); });
  page.setDefaultTimeout(15000);
  return page;
}

export async function signIn(page, stack) {
  await page.goto(`${stack.site}/admin/login`);
  await page.fill('[name=email]', stack.email);
  await page.fill('[name=password]', stack.password);
  await Promise.all([page.waitForURL(`${stack.site}/admin/`), page.click('main button[type=submit]')]);
}

// No page may be wider than its window: a customer on a phone never scrolls sideways.
export async function fits(page) {
  return page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
}

// What sticks out of the window, for the message of a failure.
export async function sticksOut(page) {
  return page.evaluate(() => [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1)
    .slice(-3).map((e) => e.outerHTML.slice(0, 160)).join('\n'));
}
