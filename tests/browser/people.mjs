// People with browsers of their own, and what nobody should meet on a page.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [base, executablePath, modules, screenshots, ...accounts] = process.argv.slice(2);
const { chromium } = createRequire(join(modules, 'x.js'))('playwright-core');
const axe = readFileSync(join(modules, 'node_modules/axe-core/axe.min.js'), 'utf8');
const first = Object.fromEntries(accounts.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
const CHOSEN = 'một câu dài dễ nhớ';
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export { base };

export const browser = await chromium.launch({
  executablePath,
  args: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
});

/** A person with a browser of his own, on a page; what he signs in with he has chosen himself. */
export async function person(name, path, { width = 1280, script = true } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, javaScriptEnabled: script, locale: 'vi-VN' });
  const page = await context.newPage();
  const told = [];
  // Nothing that somebody typed ever runs.
  page.on('dialog', (dialog) => { told.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('console', (message) => message.type() === 'error' && told.push(message.text()));
  await page.goto(`${base}${path}`);
  await page.getByLabel('Tên đăng nhập').fill(name);
  const password = first[name];
  await page.getByLabel('Mật khẩu').fill(password ?? CHOSEN);
  await page.getByRole('main').getByRole('button', { name: 'Đăng nhập' }).click();
  if (password !== undefined) {
    delete first[name];
    await page.getByLabel('Mật khẩu hiện tại').fill(password);
    await page.getByLabel('Mật khẩu mới', { exact: true }).fill(CHOSEN);
    await page.getByLabel('Mật khẩu mới, nhập lại').fill(CHOSEN);
    await page.getByRole('button', { name: 'Đổi mật khẩu' }).click();
    await page.goto(`${base}${path}`);
  }
  return { page, context, told };
}

const faults = [];

/** All that was met on the pages that were looked at, told at once. */
export function clean() {
  assert.deepEqual(faults, [], 'WCAG');
}

/** What nobody should meet on a page: faults of access, a title or a heading that is missing, a page wider than its window. */
export async function look(page, name, script = true) {
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
  assert.ok((await page.title()).length > 5, `${name}: a title`);
  assert.equal(await page.locator('h1').count(), 1, `${name}: one heading of the first level`);
  if (!script) return;
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) faults.push(`${name}: ${wide} px wider than the window`);
  // Evaluated in the browser's own world, which the page's policy does not bind.
  await page.evaluate(axe);
  const found = await page.evaluate(async (rules) => {
    const { violations } = await window.axe.run(document, { runOnly: rules });
    return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(' | ')}`);
  }, RULES);
  faults.push(...found.map((fault) => `${name}: ${fault}`));
}
