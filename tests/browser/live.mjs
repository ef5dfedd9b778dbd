// A page that somebody looks at follows what is new, by itself; and leaves alone what he is typing, has opened, or has stopped.

import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';

import { base, browser, clean, look } from './people.mjs';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Somebody does an act; where its event stands. */
async function act() {
  console.log('ACT');
  return Number((await lines.next()).value);
}

const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'vi-VN' });
const page = await context.newPage();
const told = [];
page.on('console', (message) => message.type() === 'error' && told.push(message.text()));
page.on('pageerror', (error) => told.push(String(error)));
const printed = (position) => page.locator('.sources .as-of strong', { hasText: `#${position}` }).first();
const status = page.locator('#live [role=status]');

await page.goto(`${base}/rounds/hanoi-2022/units/282`);
await page.locator('#live').waitFor();
await look(page, 'live-unit');

// By itself: the same document, the same place of the focus.
await page.evaluate(() => { window.same = true; });
const link = page.getByRole('main').getByRole('link').nth(1);
const name = await link.textContent();
await link.focus();
const first = await act();
await printed(first).waitFor({ timeout: 20000 });
assert.equal(await page.evaluate(() => window.same), true, 'no other document came');
assert.equal(await page.evaluate(() => document.activeElement.textContent), name, 'the focus stayed');
assert.match(await status.textContent(), new RegExp(`#${first}`));

// What somebody types is not taken from him: he is told, and asks for it himself.
await page.evaluate(() => {
  const field = document.createElement('input');
  field.setAttribute('aria-label', 'thử');
  document.getElementById('main').append(field);
});
await page.getByLabel('thử').fill('đang gõ dở');
const second = await act();
await page.getByRole('link', { name: 'Xem số liệu mới' }).waitFor({ timeout: 20000 });
assert.equal(await page.getByLabel('thử').inputValue(), 'đang gõ dở');
assert.equal(await printed(second).count(), 0, 'what was shown stays');
await page.getByRole('link', { name: 'Xem số liệu mới' }).click();
await printed(second).waitFor();

// Who stops it is shown nothing new until he wants to.
await page.getByRole('button', { name: 'Ngừng tự cập nhật' }).click();
assert.equal(await status.textContent(), 'Trang không tự cập nhật.');
const third = await act();
const listening = page.waitForRequest((request) => request.url().endsWith('/events'));
assert.equal(await printed(third).count(), 0);
await page.getByRole('button', { name: 'Tự cập nhật' }).click();
await listening;
await printed(third).waitFor({ timeout: 20000 });

await page.setViewportSize({ width: 360, height: 800 });
await look(page, 'live-unit-360');
await page.goto(`${base}/rounds/hanoi-2022/state`);
await page.locator('#live').waitFor();
await look(page, 'live-state-360');
for (const width of [1280, 360]) {
  await page.setViewportSize({ width, height: 900 });
  await page.goto(`${base}/api/docs`);
  await look(page, `api-docs-${width}`);
}
await page.goto(`${base}/api/docs?lang=en`);
await look(page, 'api-docs-en');
clean();
assert.deepEqual(told, []);
await browser.close();
process.exit(0);
