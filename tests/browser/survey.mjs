// A survey in a real browser, by clicking and typing only: a seed taken as a file and committed to, a file of ballots refused with its faults, another one
// looked at and put on record, what it counts and what is missing, a sample drawn, and what those said who were asked again. It is started by tests/tests/system/chromium.rs, which reads the log
// afterwards.
//
// survey.mjs URL BROWSER MODULES SCREENSHOTS NAME=PASSWORD ...

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { browser, clean, look, person } from './people.mjs';

const SURVEY = '/rounds/hanoi-2022/survey';
const LEAVES = Object.entries({ 1.6: 3, 2.6: 3, 3.7: 5, 4.5: 3, 5.8: 4, 6.4: 3, 7.7: 4, 8.2: 7 })
  .flatMap(([field, last]) => Array.from({ length: last }, (_, n) => `${field}.${n + 1}`));

/** A table of ballots about two departments, as a spreadsheet saves it. */
function table(ballots, unit = 'congthuong') {
  const head = ['Đơn vị', 'Nhóm', 'Ngày', 'Điều tra viên', 'Giây', ...LEAVES].join(';');
  const row = (n) => {
    const answers = LEAVES.map((_, at) => ['a', 'b', 'c', 'd'][(n * 7 + at * 3 + Math.floor(n / 5)) % 4]);
    return [n % 2 ? 'dulich' : unit, 'so-5', `${(n % 28) + 1}/12/2022`, `dtv-${n % 3}`, 240, ...answers].join(';');
  };
  return Buffer.from([head, ...Array.from({ length: ballots }, (_, n) => row(n))].join('\r\n'));
}

const done = (page) => page.getByRole('status').filter({ hasText: /sự kiện/ }).waitFor();
const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const place = (page, name) => page.getByRole('navigation', { name: 'Các trang điều tra' }).getByRole('link', { name, exact: true }).click();

async function press(page, name) {
  await page.getByRole('main').getByRole('button', { name, exact: true }).first().click();
}

// The secretariat takes a seed and commits to it, before there are ballots.
const secretary = await person('sec-1', SURVEY);
await place(secretary.page, 'Hỏi lại');
await heading(secretary.page, 'Hỏi lại');
await look(secretary.page, 'survey-samples-begin');
const [download] = await Promise.all([secretary.page.waitForEvent('download'), press(secretary.page, 'Tải tệp hạt giống')]);
assert.equal(download.suggestedFilename(), 'hanoi-2022-mau-1.seed');
const seed = { name: 'mau-1.seed', mimeType: 'text/plain', buffer: readFileSync(await download.path()) };
await secretary.page.locator('#commit-file').setInputFiles({ ...seed, buffer: Buffer.from('none') });
await press(secretary.page, 'Cam kết');
await secretary.page.getByRole('alert').filter({ hasText: 'không phải tệp hạt giống' }).waitFor();
await look(secretary.page, 'survey-samples-fault');
await secretary.page.locator('#commit-file').setInputFiles(seed);
await press(secretary.page, 'Cam kết');
await done(secretary.page);

// Survey staff send a file with faults, and then another one; without JavaScript, as all of it works.
const staff = await person('srv-1', `${SURVEY}/send`, { script: false });
await heading(staff.page, 'Gửi tệp phiếu');
await look(staff.page, 'survey-send', false);
async function send(page, buffer) {
  await page.getByLabel('Mã đợt').fill('phieu-1');
  await page.getByLabel('Hình thức thu thập').selectOption({ label: 'phiếu giấy' });
  await page.getByLabel('Tệp phiếu').setInputFiles({ name: 'phieu.csv', mimeType: 'text/csv', buffer });
  await press(page, 'Đọc tệp');
}
await send(staff.page, table(40, '<script>alert(1)</script>'));
await staff.page.getByText('unit_unknown').first().waitFor();
const phone = await person('srv-1', `${SURVEY}/send`, { width: 360 });
await send(phone.page, table(40, 'congthuongx'));
await phone.page.getByText('unit_unknown').first().waitFor();
await look(phone.page, 'survey-faults-phone');
await send(staff.page, table(400));
await heading(staff.page, 'Xem lại đợt phieu-1 trước khi ghi');
await phone.page.goto(staff.page.url());
await look(phone.page, 'survey-waiting-phone');
await press(staff.page, 'Ghi đợt này vào nhật ký');
await done(staff.page);
await heading(staff.page, 'Đợt phieu-1');

// What it counts, and what is missing.
const reader = await person('srv-1', staff.page.url().replace(/^https?:\/\/[^/]+/, ''));
await look(reader.page, 'survey-batch');
await place(reader.page, 'Độ phủ so với kế hoạch');
await heading(reader.page, 'Độ phủ so với kế hoạch');
await look(reader.page, 'survey-coverage');
await reader.page.getByRole('link', { name: 'Chỉ nơi còn thiếu' }).click();
await reader.page.getByRole('link', { name: 'Tất cả', exact: true }).waitFor();
await phone.page.goto(reader.page.url());
await look(phone.page, 'survey-coverage-phone');
await place(phone.page, 'Các đợt phiếu');
await look(phone.page, 'survey-phone');
await phone.page.getByRole('link', { name: 'Số liệu của đợt phieu-1' }).click();
await look(phone.page, 'survey-batch-phone');

// A sample is drawn from the seed that was kept.
await place(secretary.page, 'Hỏi lại');
await look(secretary.page, 'survey-samples');
await secretary.page.getByLabel('Số phiếu hỏi lại, hoặc tỷ lệ như 10%').fill('10%');
await secretary.page.locator('#draw-file').setInputFiles(seed);
await press(secretary.page, 'Rút mẫu');
await heading(secretary.page, 'Mẫu hỏi lại mau-1, đợt phieu-1');
assert.equal(await secretary.page.getByRole('rowheader').count(), 40);
await look(secretary.page, 'survey-sample');

// Those of the sample were asked again: a workbook is taken, filled in, looked at against the batch, and recorded.
await place(reader.page, 'Các đợt phiếu');
await reader.page.getByRole('link', { name: 'Số liệu của đợt phieu-1' }).click();
await reader.page.getByRole('link', { name: 'Ghi kết quả hỏi lại của đợt này' }).click();
await heading(reader.page, 'Kết quả hỏi lại, đợt phieu-1');
const [book] = await Promise.all([
  reader.page.waitForEvent('download'),
  reader.page.getByRole('link', { name: 'Tải bảng hỏi lại (.xlsx)' }).click(),
]);
const filled = join(mkdtempSync(join(tmpdir(), 'asked-')), 'hoi-lai.xlsx');
execFileSync('python3', [fileURLToPath(new URL('fill.py', import.meta.url)), await book.path(), filled, '3', '1']);
await reader.page.getByLabel('Hình thức hỏi lại').selectOption({ label: 'phỏng vấn' });
await reader.page.getByLabel('Số người được hỏi lại').fill('2');
await reader.page.getByLabel('Lý do hỏi lại, ai hỏi').fill('Mẫu mau-1, tổ 2 hỏi (minh họa)');
await reader.page.getByLabel('Bảng đã điền', { exact: true }).setInputFiles(filled);
await press(reader.page, 'Đọc bảng');
await reader.page.getByRole('alert').filter({ hasText: 'nhiều hơn số phiếu' }).waitFor();
assert.equal(await reader.page.getByLabel('Lý do hỏi lại, ai hỏi').inputValue(), 'Mẫu mau-1, tổ 2 hỏi (minh họa)');
await look(reader.page, 'survey-again-fault');
await reader.page.getByLabel('Số người được hỏi lại').fill('4');
await reader.page.getByLabel('Bảng đã điền', { exact: true }).setInputFiles(filled);
await press(reader.page, 'Đọc bảng');
await reader.page.getByText('3 trên 4 câu trả lời giống lần đầu (75,0 %)').waitFor();
await look(reader.page, 'survey-again-look');
await reader.page.setViewportSize({ width: 360, height: 900 });
await look(reader.page, 'survey-again-look-phone');
await reader.page.setViewportSize({ width: 1280, height: 900 });
await press(reader.page, 'Ghi kết quả hỏi lại vào nhật ký');
await done(reader.page);
await reader.page.getByRole('heading', { level: 2, name: 'Kết quả hỏi lại' }).waitFor();
await look(reader.page, 'survey-batch-again');
await phone.page.goto(reader.page.url());
await look(phone.page, 'survey-batch-again-phone');

for (const who of [secretary, staff, phone, reader]) {
  assert.deepEqual(who.told.filter((text) => !/4\d\d/.test(text)), [], 'nothing broke in a browser');
}
clean();
await browser.close();
console.log('ballots were sent, and a sample was drawn');
process.exit(0);
