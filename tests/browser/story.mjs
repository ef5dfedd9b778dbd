// A unit's sheet in a real browser, clicking and typing only: signing in, filling in, two people on one leaf, a connection that is cut, the
// chief's signature; at a desk and on a phone, with JavaScript and without, by keyboard alone. Every page is held against WCAG 2.2 AA.
// It is started by tests/tests/system/chromium.rs, which reads the log afterwards.
//
// story.mjs URL BROWSER MODULES SCREENSHOTS NAME=PASSWORD ...

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { base, browser, clean, look, person as entered } from './people.mjs';

const SHEET = '/rounds/hanoi-2022/units/ldtbxh/fill';

async function person(name, more) {
  const entering = await entered(name, SHEET, more);
  await entering.page.getByRole('heading', { level: 1, name: /^Phiếu tự chấm điểm/ }).waitFor();
  return entering;
}

async function saved(page) {
  await page.getByRole('status').filter({ hasText: 'Đã lưu: sự kiện #' }).waitFor();
}

async function open(page, code) {
  await page.goto(`${base}${SHEET}`);
  await page.getByRole('link', { name: new RegExp(`^${code.replace('.', '\\.')} `) }).first().click();
  await page.getByRole('heading', { level: 1, name: new RegExp(`^${code.replace('.', '\\.')} `) }).waitFor();
}

const explained = 'Có văn bản kèm theo (minh họa)';

// At a desk: each kind of field once; what is wrong is said, and what was typed stays.
const drafter = await person('ldtbxh-d');
await look(drafter.page, 'desk-sheet');
await open(drafter.page, '1.1');
await look(drafter.page, 'desk-options');
await drafter.page.getByRole('radio', { name: /Trễ hạn/ }).check();
await drafter.page.getByLabel('Giải trình', { exact: true }).fill(explained);

// A file that is not what its name says is told beside its field; one that is goes out, and what was typed meanwhile stays.
const pdf = { mimeType: 'application/pdf', buffer: Buffer.from(`%PDF-1.7\n${'x'.repeat(3_000_000)}\n%%EOF\n`) };
await drafter.page.getByLabel('Chọn tệp').setInputFiles({ name: 'biên bản.docx', ...pdf });
await drafter.page.getByRole('button', { name: 'Gửi tệp' }).click();
await drafter.page.locator('#file-fault').filter({ hasText: 'docx' }).waitFor();
await look(drafter.page, 'desk-file-fault');
await drafter.page.getByLabel('Chọn tệp').setInputFiles({ name: 'biên bản.pdf', ...pdf });
await drafter.page.getByRole('button', { name: 'Gửi tệp' }).click();
await drafter.page.getByText('Đã nhận tệp.').waitFor();
await drafter.page.getByText('được khôi phục bên dưới').waitFor();
assert.equal(await drafter.page.getByLabel('Giải trình', { exact: true }).inputValue(), explained);
await drafter.page.getByLabel('Trang, mục cần xem trong biên bản.pdf').fill('tr. 3');
await look(drafter.page, 'desk-file-waits');
await drafter.page.getByRole('button', { name: 'Tính thử' }).click();
await drafter.page.getByText('Theo quy tắc: 0,5 điểm').waitFor();
await drafter.page.getByRole('button', { name: 'Lưu', exact: true }).click();
await saved(drafter.page);
const [download] = await Promise.all([
  drafter.page.waitForEvent('download'),
  drafter.page.getByRole('link', { name: 'biên bản.pdf' }).click(),
]);
assert.equal(download.suggestedFilename(), 'biên bản.pdf');
assert.deepEqual(readFileSync(await download.path()), pdf.buffer);
await look(drafter.page, 'desk-saved');
await open(drafter.page, '1.2');
const figures = drafter.page.locator('input[name^="figure."]');
await figures.nth(0).fill('91');
await figures.nth(1).fill('một trăm');
await drafter.page.getByLabel('Giải trình', { exact: true }).fill(explained);
await drafter.page.getByRole('button', { name: 'Lưu', exact: true }).click();
await drafter.page.getByText('cần số').waitFor();
assert.equal(await figures.nth(0).inputValue(), '91');
await look(drafter.page, 'desk-fault');
await figures.nth(1).fill('100');
await drafter.page.getByRole('button', { name: 'Lưu và sang tiêu chí chưa chấm tiếp theo' }).click();
await drafter.page.getByRole('heading', { level: 1, name: /^1\.3 / }).waitFor();
await open(drafter.page, '2.3');
await drafter.page.getByLabel('Ngày thực hiện').fill('2022-12-18');
await drafter.page.getByLabel('Giải trình', { exact: true }).fill(explained);
await drafter.page.getByRole('button', { name: 'Lưu', exact: true }).click();
await saved(drafter.page);

// The points follow what is typed. The connection is cut in mid-edit: what was typed is there again when it is back, and is saved then.
await open(drafter.page, '1.5');
await drafter.page.locator('input[name="figure.initiatives"]').fill('3');
await drafter.page.getByLabel('Giải trình', { exact: true }).fill(explained);
await drafter.page.getByText(/^Theo quy tắc: /).waitFor();
await drafter.context.setOffline(true);
await drafter.page.getByRole('button', { name: 'Lưu', exact: true }).click();
await drafter.page.getByText('Mất kết nối: chưa lưu được.').waitFor();
await drafter.context.setOffline(false);
await drafter.page.reload();
await drafter.page.getByText('được khôi phục bên dưới').waitFor();
assert.equal(await drafter.page.locator('input[name="figure.initiatives"]').inputValue(), '3');
assert.equal(await drafter.page.getByLabel('Giải trình', { exact: true }).inputValue(), explained);
await look(drafter.page, 'desk-restored');
await drafter.page.getByRole('button', { name: 'Lưu', exact: true }).click();
await saved(drafter.page);

// On a phone, without JavaScript: the chief fills in what is left by his thumb.
const chief = await person('ldtbxh-c', { width: 360, script: false });
await look(chief.page, 'phone-sheet', false);

// Two people on one leaf: the second one is told, overwrites nothing, and chooses what both have changed.
await open(drafter.page, '1.6');
await open(chief.page, '1.6');
for (const [{ page }, count] of [[drafter, '5'], [chief, '4']]) {
  await page.locator('input[name="figure.trainings"]').fill(count);
  await page.getByLabel('Giải trình', { exact: true }).fill(explained);
  await page.getByRole('button', { name: 'Lưu', exact: true }).click();
}
await saved(drafter.page);
await chief.page.getByText('tiêu chí này đã được người khác sửa').waitFor();
assert.equal(await chief.page.locator('input[name="figure.trainings"]').inputValue(), '4');
await look(chief.page, 'phone-stale', false);
await chief.page.getByRole('radio', { name: 'Của người khác: 5' }).check();
await chief.page.getByRole('button', { name: 'Lưu bản đã gộp' }).click();
await saved(chief.page);
assert.equal(await chief.page.locator('input[name="figure.trainings"]').inputValue(), '5');

// What they have changed in different fields is merged, and sent with one click.
await open(drafter.page, '1.6');
await open(chief.page, '1.6');
await drafter.page.locator('input[name="figure.trainings"]').fill('6');
await drafter.page.getByRole('button', { name: 'Lưu', exact: true }).click();
await saved(drafter.page);
await chief.page.getByLabel('Giải trình', { exact: true }).fill('Danh sách lớp kèm theo (minh họa)');
await chief.page.getByRole('button', { name: 'Lưu', exact: true }).click();
await chief.page.getByText('các ô bên dưới đã được gộp').waitFor();
assert.equal(await chief.page.locator('input[name="figure.trainings"]').inputValue(), '6');
await look(chief.page, 'phone-merged', false);
await chief.page.getByRole('button', { name: 'Lưu bản đã gộp' }).click();
await saved(chief.page);
assert.equal(await chief.page.getByLabel('Giải trình', { exact: true }).inputValue(), 'Danh sách lớp kèm theo (minh họa)');

// What was typed and not saved comes back after others have saved meanwhile: it still goes on from what was seen, and is not put over theirs.
await open(drafter.page, '1.7');
await drafter.page.locator('input[name="figure.violations"]').fill('0');
await drafter.page.getByText('Theo quy tắc: 3 điểm').waitFor();
await open(chief.page, '1.7');
await chief.page.locator('input[name="figure.violations"]').fill('1');
await chief.page.getByLabel('Giải trình', { exact: true }).fill(explained);
await chief.page.getByRole('button', { name: 'Lưu', exact: true }).click();
await saved(chief.page);
await drafter.page.reload();
await drafter.page.getByText('được khôi phục bên dưới').waitFor();
await drafter.page.getByRole('button', { name: 'Lưu', exact: true }).click();
await drafter.page.getByText('tiêu chí này đã được người khác sửa').waitFor();
assert.equal(await drafter.page.locator('input[name="figure.violations"]').inputValue(), '0');
assert.equal(await drafter.page.getByLabel('Giải trình', { exact: true }).inputValue(), explained, 'theirs, where he typed nothing');
await look(drafter.page, 'desk-stale');
await drafter.page.getByRole('radio', { name: 'Của bạn: 0' }).check();
await drafter.page.getByRole('button', { name: 'Lưu bản đã gộp' }).click();
await saved(drafter.page);

// By keyboard alone: from the head of the page to a saved score.
await drafter.page.goto(`${base}${SHEET}/2.5`);
await drafter.page.keyboard.press('Tab');
await drafter.page.keyboard.press('Enter');
const focused = () => drafter.page.evaluate(() => document.activeElement?.getAttribute('name') ?? '');
for (let n = 0; n < 30 && (await focused()) !== 'points'; n += 1) await drafter.page.keyboard.press('Tab');
assert.equal(await focused(), 'points');
await drafter.page.keyboard.type('3,5');
await drafter.page.keyboard.press('Tab');
assert.equal(await focused(), 'explanation');
await drafter.page.keyboard.type(explained);
await drafter.page.keyboard.press('Tab');
await drafter.page.keyboard.press('Enter');
await saved(drafter.page);

// What is left, on the phone.
const left = [
  ['1.3', { in_time: '2', files: '3' }], ['1.4', { online: '61,5', files: '90' }],
  ['1.8', { done: '7', due: '10' }], ['2.1', { value: '87,35' }], ['2.4', { cut: '2', all: '3', overdue: '0' }],
];
for (const [code, values] of left) {
  await open(chief.page, code);
  if (code === '1.3') {
    await chief.page.getByLabel('Chọn tệp').setInputFiles({ name: 'hồ sơ.pdf', ...pdf });
    await chief.page.getByRole('button', { name: 'Gửi tệp' }).click();
    await chief.page.getByText('Đã nhận tệp.').waitFor();
    await look(chief.page, 'phone-file-waits', false);
  }
  for (const [name, value] of Object.entries(values)) await chief.page.locator(`input[name="figure.${name}"]`).fill(value);
  await chief.page.getByLabel('Giải trình', { exact: true }).fill(explained);
  await chief.page.getByRole('button', { name: 'Lưu', exact: true }).click();
  await saved(chief.page);
}
await chief.page.goto(`${base}${SHEET}`);
await chief.page.getByText('Chưa nộp được: còn thiếu 1 tiêu chí.').waitFor();
await chief.page.locator('.missing a').click();
await chief.page.getByRole('radio', { name: /^Có/ }).check();
await chief.page.getByLabel('Giải trình', { exact: true }).fill(explained);
await chief.page.getByRole('button', { name: 'Lưu', exact: true }).click();
await saved(chief.page);
await chief.page.goto(`${base}${SHEET}`);
await chief.page.getByText('Bản ký số PDF').click();
await chief.page.getByLabel('Chọn tệp').setInputFiles({ name: 'bản ký.pdf', ...pdf });
await chief.page.getByRole('button', { name: 'Gửi bản ký' }).click();
await chief.page.getByText('sẽ được nộp cùng phiếu').waitFor();
await look(chief.page, 'phone-sign', false);
await chief.page.getByRole('button', { name: 'Ký và nộp phiếu' }).click();
await chief.page.getByText('Đã ký và nộp: sự kiện #').waitFor();
await drafter.page.goto(`${base}${SHEET}/1.1`);
await drafter.page.getByText('Phiếu đã khóa').waitFor();
await look(drafter.page, 'desk-locked');

// The same pages on a phone with JavaScript, for what can only be measured there.
const small = await person('ldtbxh-d', { width: 360 });
for (const [name, path] of [['phone-locked', `${SHEET}/1.1`], ['phone-all', SHEET], ['phone-outcome', SHEET.replace('/fill', '/outcome')], ['phone-appeal', SHEET.replace('/fill', '/appeal')], ['phone-me', '/me'], ['phone-password', '/password']]) {
  await small.page.goto(`${base}${path}`);
  await look(small.page, name);
}
// In English too, at a desk and on a phone.
for (const [who, width] of [[drafter, 'desk'], [small, 'phone']]) {
  for (const [name, path] of [['sheet', SHEET], ['leaf', `${SHEET}/1.2`], ['options', `${SHEET}/1.1`], ['outcome', SHEET.replace('/fill', '/outcome')], ['appeal', SHEET.replace('/fill', '/appeal')], ['unit', SHEET.replace('/fill', '')], ['history', SHEET.replace('/fill', '/history')]]) {
    await who.page.goto(`${base}${path}?lang=en`);
    await look(who.page, `${width}-en-${name}`);
  }
}
assert.deepEqual(drafter.told.filter((text) => !/ERR_INTERNET_DISCONNECTED|409|422/.test(text)), [], 'nothing broke in the browser');
clean();
await browser.close();
console.log('the sheet was filled in and signed');
