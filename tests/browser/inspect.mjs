// An inspector in a real browser: the ways in, a score step by step, a moment kept, the log verified, a dossier taken.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { base, browser, clean, look, person } from './people.mjs';

const place = '/rounds/hanoi-2022';
const inspector = await person('insp-1', `${place}/verify`);
// On loopback whoever sits at the machine reads without signing in.
const { page } = inspector;
await page.goto(`${base}${place}/inspect`);
await look(page, 'inspect');

// A score, found by choosing.
await page.getByLabel('Đơn vị', { exact: true }).first().selectOption('273');
await page.getByLabel('Tiêu chí').first().selectOption('1.1.1');
await page.getByRole('button', { name: 'Lịch sử' }).click();
assert.match(page.url(), /units\/273\/history\?leaf=1\.1\.1$/);
await look(page, 'timeline');
const steps = await page.locator('.timeline > li').count();
assert.ok(steps > 3, `${steps} steps`);
await page.getByRole('link', { name: /^bước trước/ }).click();
assert.equal(await page.locator('.timeline > li').count(), steps - 1);
await page.getByRole('link', { name: /^bước sau/ }).click();
assert.equal(await page.locator('.timeline > li').count(), steps);

// A moment by date goes along to the next page.
await page.getByLabel('Vị trí trong nhật ký').fill('');
await page.getByLabel('hoặc ngày, giờ Việt Nam').fill('10/01/2023 08:30');
await page.getByRole('button', { name: 'Xem' }).click();
assert.ok((await page.locator('.timeline > li').count()) < steps);
await page.getByRole('main').getByRole('link', { name: 'Thanh tra', exact: true }).click();
assert.match(decodeURIComponent(page.url()), /inspect\?at=10\/01\/2023\+08:30$/);
await page.getByRole('link', { name: 'Kiểm tra trước khi công bố' }).click();
await page.getByText('như tại 10/01/2023 08:30').waitFor();
await look(page, 'check-then');

// The log is verified; the page follows by itself.
await page.goto(`${base}${place}/verify`);
await look(page, 'verify-none');
await page.getByRole('button', { name: 'Bắt đầu kiểm chứng' }).click();
await page.getByRole('heading', { name: 'Đang kiểm chứng' }).waitFor();
await look(page, 'verify-runs', false);
await page.getByText('Nhật ký và cả hai bảng đều đúng.').waitFor({ timeout: 120_000 });
await look(page, 'verify-holds');

// A dossier.
await page.goto(`${base}${place}/dossiers`);
await look(page, 'dossiers');
await page.getByLabel('Đơn vị', { exact: true }).selectOption({ label: 'Kiến nghị số 1: ' + (await page.locator('#unit option').first().textContent()).split(': ')[1] });
const coming = page.waitForEvent('download');
await page.getByRole('button', { name: 'Tải hồ sơ' }).nth(1).click();
const download = await coming;
assert.match(download.suggestedFilename(), /^dossier-hanoi-2022-.*\.zip$/);
assert.equal(readFileSync(await download.path()).subarray(0, 2).toString(), 'PK');

// The same on a phone, without script.
const phone = await person('insp-1', `${place}/verify`, { width: 360 });
for (const [path, name] of [
  ['/inspect', 'inspect-phone'], ['/units/273/history', 'timeline-sheet-phone'], ['/units/273/history?leaf=1.1.1', 'timeline-phone'],
  ['/verify', 'verify-phone'], ['/dossiers', 'dossiers-phone'], ['/check?position=1500', 'check-phone'],
]) {
  await phone.page.goto(`${base}${place}${path}`);
  await look(phone.page, name);
}
const plain = await person('insp-1', `${place}/verify`, { script: false });
await plain.page.getByRole('button', { name: 'Bắt đầu kiểm chứng' }).click();
await plain.page.getByText('Nhật ký và cả hai bảng đều đúng.').waitFor({ timeout: 120_000 });
assert.deepEqual([inspector.told, phone.told, plain.told], [[], [], []]);
clean();
await browser.close();
