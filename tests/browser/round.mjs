// A whole small round in a real browser, each role with a browser of its own, clicking and typing only: its people granted what they do, the round opened,
// the deadline extended, the sheet filled in and signed, appraised twice, the survey's ballots sent, counted and merged, points and the result decided by
// vote, published, appealed against, set right and published anew.
// It is started by tests/tests/system/chromium.rs, which moves the log's clock on wherever this waits for it.
//
// round.mjs URL BROWSER MODULES SCREENSHOTS NAME=PASSWORD ...

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { base, browser, clean, look, person } from './people.mjs';

const ROUND = '/rounds/hanoi-2022';
const UNIT = 'Sở Lao động';
// Into every text goes what would be markup or a formula, if any page took it for more than text.
const said = (text) => `${text} (minh họa) "><img src=x onerror=alert(1)><script>alert(2)</script>' =cmd|'/c x'!A1 {{7*7}} %3Cb%3E`;
const gate = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Waits until the log's clock stands in another phase. */
async function next(phase) {
  console.log(`NEXT ${phase}`);
  await gate.next();
}

const done = (page) => page.getByRole('status').filter({ hasText: /sự kiện/ }).waitFor();
const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const tab = (page, name) => page.getByRole('navigation', { name: 'Các trang làm việc' }).getByRole('link', { name, exact: true }).click();

async function press(page, name) {
  await page.getByRole('main').getByRole('button', { name, exact: true }).first().click();
}

// Nobody but two administrators may do anything yet: one of them brings a workbook of everybody else, looks at it, and grants.
const files = process.env.PARINDEX_STORY_FILES;
const administrator = await person('admin-a', '/open/people');
await heading(administrator.page, '4. Tư cách, phân công');
await administrator.page.getByLabel('Tệp', { exact: true }).setInputFiles(join(files, 'people.xlsx'));
await press(administrator.page, 'Xem trước');
await administrator.page.getByRole('heading', { level: 2, name: 'Xem trước' }).waitFor();
await look(administrator.page, 'open-people-preview');
await administrator.page.getByRole('button', { name: /^Cấp \d+ tư cách$/ }).click();
await done(administrator.page);

// The secretariat opens the round: a rulebook and a catalogue out of files, declarations, an overview.
const secretary = await person('sec-1', '/open');
const step = (name) => secretary.page.getByRole('navigation', { name: 'Các bước' }).getByRole('link', { name, exact: true }).click();
await heading(secretary.page, 'Mở kỳ đánh giá');
await look(secretary.page, 'open-begin');
for (const [name, id, file] of [['1. Bộ tiêu chí', 'small', 'small.json'], ['2. Danh mục đơn vị', 'hanoi-2022', 'units.xlsx']]) {
  await step(name);
  await secretary.page.getByLabel('Mã để ghi (a-z 0-9 . _ -)').fill('Bộ <b>');
  await secretary.page.getByLabel('Tệp', { exact: true }).setInputFiles(join(files, file));
  await press(secretary.page, 'Xem trước');
  await secretary.page.getByRole('alert').waitFor();
  await look(secretary.page, `open-fault-${id}`);
  await secretary.page.getByLabel('Mã để ghi (a-z 0-9 . _ -)').fill(id);
  await secretary.page.getByLabel('Tệp', { exact: true }).setInputFiles(join(files, file));
  await press(secretary.page, 'Xem trước');
  await heading(secretary.page, /^Xem trước: /);
  await look(secretary.page, `open-preview-${id}`);
  await press(secretary.page, 'Ghi vào nhật ký');
  await done(secretary.page);
}
await look(secretary.page, 'open-catalogue');
await step('3. Khai báo kỳ và thời hạn');
const typed = (label, text) => secretary.page.getByLabel(label, { exact: true }).fill(text);
await typed('Mã kỳ (a-z 0-9 . _ -)', 'hanoi-2022');
await typed('Tên kỳ', said('Chỉ số CCHC năm 2022'));
await typed('Tên kỳ, tiếng Anh', 'PAR Index 2022 (illustrative)');
await typed('Cơ quan', 'UBND thành phố Hà Nội');
await typed('Cơ quan, tiếng Anh', "People's Committee of Hanoi");
await typed('Tên khối (so)', 'Các Sở, cơ quan tương đương Sở');
await typed('Tên khối, tiếng Anh (so)', 'Departments and equivalents');
await typed('Đơn vị không tham gia, cách nhau dấu phẩy (so)', process.env.PARINDEX_STORY_WITHOUT);
const phases = [
  ['Tự chấm điểm', '01/11/2022 00:00', '01/12/2022 00:00'], ['Thẩm định lần 1', '07/12/2022 00:00', '07/01/2023 00:00'],
  ['Giải trình', '09/01/2023 00:00', '19/01/2023 00:00'], ['Thẩm định lần 2', '30/01/2023 00:00', '16/02/2023 00:00'],
  ['Điều tra xã hội học', '01/02/2023 00:00', '25/02/2023 00:00'],
  ['Hội đồng quyết định', '01/03/2023 00:00', '24/03/2023 00:00'], ['Kiến nghị, phúc tra', '24/03/2023 00:00', '11/04/2023 00:00'],
];
for (const [phase, from, until] of phases) {
  await typed(`${phase}: bắt đầu`, from);
  await typed(`${phase}: hạn`, until);
}
for (const [n, [code, from, title]] of [['a', '90', 'Loại A'], ['b', '80', 'Loại B'], ['c', '0', 'Loại C']].entries()) {
  await typed(`Mã mức ${n + 1}`, code);
  await typed(`Mức ${n + 1} từ chỉ số`, from);
  await typed(`Tên mức ${n + 1}`, title);
}
// The year is forgotten and a moment is none: both are told, and nothing else is lost.
await typed('Năm đánh giá', '');
await typed('Hội đồng quyết định: hạn', '24/3');
await press(secretary.page, 'Kiểm tra và tiếp tục');
await secretary.page.getByRole('alert').waitFor();
assert.equal(await secretary.page.getByLabel('Tên kỳ', { exact: true }).inputValue(), said('Chỉ số CCHC năm 2022'));
assert.equal(await secretary.page.getByRole('alert').getByRole('listitem').count(), 2);
await look(secretary.page, 'open-round-faults');
await typed('Năm đánh giá', '2022');
await typed('Hội đồng quyết định: hạn', '24/03/2023 00:00');
await press(secretary.page, 'Kiểm tra và tiếp tục');
await heading(secretary.page, 'Mở kỳ đánh giá');
await look(secretary.page, 'open-overview');
await step('4. Tư cách, phân công');
await heading(secretary.page, '4. Tư cách, phân công');
await look(secretary.page, 'open-people');
await step('5. Tổng hợp và mở kỳ');
await secretary.page.setViewportSize({ width: 360, height: 900 });
await look(secretary.page, 'open-overview-phone');
await secretary.page.setViewportSize({ width: 1280, height: 900 });
await press(secretary.page, 'Mở kỳ đánh giá');
await done(secretary.page);
await look(secretary.page, 'open-done');

await next('self_scoring');

// It looks at the round, and gives one unit more time.
await secretary.page.goto(`${base}${ROUND}/work`);
await heading(secretary.page, 'Việc của kỳ đánh giá');
await look(secretary.page, 'work-secretary');
const extension = secretary.page.locator('form[action$="/acts/extend"]');
await extension.getByLabel('Giai đoạn').selectOption({ label: 'Tự chấm điểm' });
await extension.getByLabel('Đơn vị').selectOption({ label: 'Sở Lao động - Thương binh và Xã hội' });
await extension.getByLabel('Hạn mới (giờ Việt Nam)').fill('2022-11-20T17:00');
await extension.getByLabel('Lý do').fill(said('Thiên tai'));
await extension.getByRole('button', { name: 'Gia hạn' }).click();
await heading(secretary.page, 'Chưa ghi được');
assert.equal(await secretary.page.getByLabel('Lý do').inputValue(), said('Thiên tai'));
await look(secretary.page, 'work-refused');
await secretary.page.getByLabel('Hạn mới (giờ Việt Nam)').fill('2022-12-02T17:00');
await press(secretary.page, 'Gia hạn');
await done(secretary.page);

// An administrator looks at who may do what, and grants; not to himself.
await administrator.page.goto(`${base}/powers`);
await look(administrator.page, 'powers');
await administrator.page.getByText('Cấp tư cách').first().click();
await administrator.page.getByLabel('Tư cách').selectOption('appraiser');
await administrator.page.getByLabel('Mã người nhận (không phải tên)').fill('admin-a');
await administrator.page.getByLabel('Mã của lần cấp').fill('tam-1');
await administrator.page.getByLabel('Đơn vị', { exact: true }).fill('noivu');
await administrator.page.getByLabel('Từ (giờ Việt Nam)').fill('2022-11-02T00:00');
await press(administrator.page, 'Cấp tư cách');
await administrator.page.getByRole('alert').waitFor();
await look(administrator.page, 'powers-refused');
await administrator.page.getByLabel('Mã người nhận (không phải tên)').fill('apr-10');
await press(administrator.page, 'Cấp tư cách');
await done(administrator.page);

// The unit's drafter scores, its chief signs.
const explained = said('Có văn bản kèm theo');
const SHEET = `${ROUND}/units/ldtbxh/fill`;
const drafter = await person('ldtbxh-d', `${ROUND}/work`);
await drafter.page.getByRole('link', { name: /^Phiếu tự chấm điểm/ }).click();
async function fill(code, put) {
  await drafter.page.goto(`${base}${SHEET}/${code}`);
  await put(drafter.page);
  await drafter.page.getByLabel('Giải trình', { exact: true }).fill(explained);
  await press(drafter.page, 'Lưu');
  await done(drafter.page);
}
await fill('1.1', (page) => page.getByRole('radio', { name: /Đúng thời hạn/ }).check());
await fill('1.2', async (page) => {
  await page.locator('input[name="figure.done"]').fill('95');
  await page.locator('input[name="figure.due"]').fill('100');
});
await fill('2.5', (page) => page.locator('input[name="points"]').fill('3,5'));
await drafter.page.goto(`${base}${SHEET}/2.2`);
await drafter.page.getByText('Đề nghị không áp dụng').first().click();
await drafter.page.getByRole('textbox', { name: 'Căn cứ' }).fill(said('Không có cơ quan phối hợp'));
await press(drafter.page, 'Đề nghị không áp dụng');
await done(drafter.page);
const chief = await person('ldtbxh-c', SHEET, { width: 360 });
await press(chief.page, 'Ký và nộp phiếu');
await done(chief.page);

await next('first_appraisal');

// Appraisers: a work list, one score looked at from all sides, adjusted, another one asked about, others confirmed at once.
const one = await person('apr-8', `${ROUND}/work`);
await tab(one.page, 'Thẩm định');
await heading(one.page, 'Thẩm định lần 1');
await look(one.page, 'appraise-list');
await one.page.getByRole('link', { name: /^1\.1 / }).first().click();
await heading(one.page, /^1\.1 /);
await look(one.page, 'appraise-case');
await one.page.getByRole('radio', { name: /Trễ hạn/ }).check();
await press(one.page, 'Tính thử');
await one.page.getByText('Theo quy tắc: 0,5 điểm').waitFor();
await press(one.page, 'Điều chỉnh');
await one.page.getByText('phải nêu', { exact: false }).first().waitFor();
await look(one.page, 'appraise-fault');
await one.page.getByLabel('Lý do điều chỉnh').fill(said('Văn bản ban hành sau hạn'));
await press(one.page, 'Điều chỉnh');
await done(one.page);
await one.page.getByRole('link', { name: /Tiêu chí sau \(1\.2\)/ }).click();
await one.page.getByLabel('Điều cần giải trình').fill(said('Danh mục nhiệm vụ quá hạn?'));
await press(one.page, 'Yêu cầu giải trình');
await done(one.page);
const two = await person('apr-9', `${ROUND}/appraise?waiting=1`, { width: 360 });
await look(two.page, 'appraise-list-phone');
await two.page.getByRole('link', { name: /^2\.2 / }).first().click();
await two.page.getByLabel('Lý do', { exact: true }).fill(said('Đúng là không có cơ quan phối hợp'));
await press(two.page, 'Chấp nhận: không áp dụng');
await done(two.page);
await look(two.page, 'appraise-case-phone');
await two.page.goto(`${base}${ROUND}/appraise?waiting=1`);
await two.page.getByRole('checkbox', { name: /2\.5$/ }).check();
await press(two.page, 'Công nhận các điểm đã chọn');
await done(two.page);

// A bonus is set, and a field goes out as a workbook and comes back.
await one.page.goto(`${base}${ROUND}/appraise`);
await one.page.getByRole('link', { name: 'Điểm thưởng, điểm trừ' }).click();
await heading(one.page, 'Điểm thưởng, điểm trừ');
await one.page.getByLabel('Đơn vị').selectOption({ label: 'Sở Lao động - Thương binh và Xã hội' });
await press(one.page, 'Xem');
await one.page.getByLabel('Số điểm').first().fill('9');
await one.page.getByLabel('Lý do').first().fill(said('Sáng kiến được công nhận'));
await press(one.page, 'Đặt điểm thưởng');
await heading(one.page, 'Chưa ghi được');
await one.page.getByLabel('Số điểm').fill('1,5');
await press(one.page, 'Đặt điểm thưởng');
await done(one.page);
await one.page.getByLabel('Đơn vị').selectOption({ label: 'Sở Lao động - Thương binh và Xã hội' });
await press(one.page, 'Xem');
await look(one.page, 'extras');
await one.page.goto(`${base}${ROUND}/appraise?field=1`);
await look(one.page, 'appraise-books');
const [book] = await Promise.all([
  one.page.waitForEvent('download'),
  one.page.getByRole('link', { name: 'Tải bảng tính' }).click(),
]);
await one.page.getByLabel('Bảng tính đã điền').setInputFiles({
  name: 'linh-vuc-1.xlsx',
  mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  buffer: readFileSync(await book.path()),
});
await press(one.page, 'Xem thay đổi');
await heading(one.page, 'Bảng thẩm định gửi lên');
await one.page.getByText('0 tiêu chí thay đổi').waitFor();
await look(one.page, 'appraise-book');

await next('explanation');
await drafter.page.goto(`${base}${SHEET}/1.2`);
await look(drafter.page, 'unit-asked');
await drafter.page.getByLabel('Nội dung giải trình').fill(said('Danh mục kèm theo'));
await press(drafter.page, 'Gửi giải trình');
await done(drafter.page);

await next('second_appraisal');
await one.page.goto(`${base}${ROUND}/appraise?waiting=1`);
await heading(one.page, 'Thẩm định lần 2');
await one.page.getByRole('link', { name: /^1\.2 / }).first().click();
await press(one.page, 'Công nhận');
await done(one.page);

// Meanwhile the survey: the secretariat commits to a seed; its staff send a file with a fault, then a whole one, look at what it counts, and record it.
const SURVEY = `${ROUND}/survey`;
const place = (page, name) => page.getByRole('navigation', { name: 'Các trang điều tra' }).getByRole('link', { name, exact: true }).click();
await secretary.page.goto(`${base}${SURVEY}/samples`);
const [taken] = await Promise.all([secretary.page.waitForEvent('download'), press(secretary.page, 'Tải tệp hạt giống')]);
const seed = { name: 'mau-1.seed', mimeType: 'text/plain', buffer: readFileSync(await taken.path()) };
await secretary.page.locator('#commit-file').setInputFiles(seed);
await press(secretary.page, 'Cam kết');
await done(secretary.page);
const staff = await person('srv-1', `${ROUND}/work`);
await tab(staff.page, 'Điều tra xã hội học');
await heading(staff.page, 'Điều tra xã hội học');
await place(staff.page, 'Gửi tệp phiếu');
const ballots = (group) => {
  const row = (n) => [['ldtbxh', 'yte'][n % 2], n % 3 ? 'citizens' : group, `${(n % 14) + 1}/2/2023`, `dtv-${n % 4}`, 90, 'abcd'[(n * 7 + (n >> 2)) % 4]];
  const rows = Array.from({ length: 120 }, (_, n) => row(n).join(';'));
  return Buffer.from(['Đơn vị;Nhóm;Ngày;Điều tra viên;Giây;3.1', ...rows].join('\r\n'));
};
const send = async (group) => {
  await staff.page.getByLabel('Mã đợt').fill('phieu-1');
  await staff.page.getByLabel('Hình thức thu thập').selectOption({ label: 'phiếu giấy' });
  await staff.page.getByLabel('Cơ quan tổ chức điều tra').selectOption({ label: 'Sở Y tế' });
  await staff.page.getByLabel('Tệp phiếu').setInputFiles({ name: 'phieu.csv', mimeType: 'text/csv', buffer: ballots(group) });
  await press(staff.page, 'Đọc tệp');
};
await send('<script>alert(3)</script>');
await staff.page.getByRole('alert').first().waitFor();
await look(staff.page, 'round-survey-fault');
await send('firms');
await heading(staff.page, 'Xem lại đợt phieu-1 trước khi ghi');
await look(staff.page, 'round-survey-waiting');
await press(staff.page, 'Ghi đợt này vào nhật ký');
await done(staff.page);
await look(staff.page, 'round-survey-batch');
await secretary.page.goto(`${base}${SURVEY}`);
await secretary.page.getByRole('checkbox', { name: /phieu-1/ }).check();
await press(secretary.page, 'Tổng hợp kết quả điều tra');
await done(secretary.page);
await secretary.page.getByText('đã tổng hợp').first().waitFor();
await look(secretary.page, 'round-survey-merged');

await next('council');

// Points are put to the council, decided and carried out; then the result is adopted.
const members = [await person('council-1', `${ROUND}/council`), await person('council-2', `${ROUND}/council`, { script: false, width: 360 })];
async function decide(minutes) {
  for (const { page } of members) {
    await page.goto(`${base}${ROUND}/council`);
    await press(page, 'Tán thành');
    await done(page);
  }
  await secretary.page.goto(`${base}${ROUND}/council`);
  await secretary.page.getByLabel('Số, ngày biên bản hoặc nội dung').fill(said(minutes));
  await press(secretary.page, 'Ghi nhận kết quả biểu quyết');
  await done(secretary.page);
}
await secretary.page.goto(`${base}${ROUND}/moderation`);
await heading(secretary.page, 'Nhìn chung trước khi quyết định');
await look(secretary.page, 'moderation');
await secretary.page.setViewportSize({ width: 360, height: 900 });
await look(secretary.page, 'moderation-phone');
await secretary.page.setViewportSize({ width: 1280, height: 900 });
await secretary.page.goto(`${base}${ROUND}/council`);
await look(secretary.page, 'council-begin');
await secretary.page.getByLabel('Đơn vị').selectOption({ label: 'Sở Lao động - Thương binh và Xã hội' });
await secretary.page.getByLabel('Mã tiêu chí').fill('2.5');
await press(secretary.page, 'Tiếp tục');
await heading(secretary.page, 'Trình Hội đồng quyết định điểm');
await secretary.page.getByLabel('Điểm đề nghị').fill('4,2');
await secretary.page.getByLabel('Lý do').fill(said('Hội đồng đánh giá chung'));
await press(secretary.page, 'Trình biểu quyết');
await secretary.page.locator('.warning').first().waitFor();
await look(secretary.page, 'propose-fault');
await secretary.page.getByLabel('Điểm đề nghị').fill('4');
await press(secretary.page, 'Trình biểu quyết');
await done(secretary.page);
await decide('Biên bản 01, ngày 01/3/2023');
await press(secretary.page, 'Thực hiện quyết nghị');
await done(secretary.page);
await press(secretary.page, 'Trình thông qua kết quả');
await done(secretary.page);
await decide('Biên bản 02, ngày 02/3/2023');
await look(secretary.page, 'council-decided');
await look(members[1].page, 'council-member-phone', false);

// Published.
const publisher = await person('pub-1', `${ROUND}/council`);
await look(publisher.page, 'council-publisher');
const reason = publisher.page.getByLabel(/^Lý do \(bắt buộc/);
await reason.fill(said('Một đơn vị chưa nộp phiếu'));
await press(publisher.page, 'Công bố kết quả');
await done(publisher.page);

await next('appeals');

// Appealed against, answered, upheld, set right, published anew.
await chief.page.goto(`${base}${ROUND}/units/ldtbxh/appeal`);
await look(chief.page, 'unit-appeal-phone');
await chief.page.getByLabel('Nội dung kiến nghị').fill(said('Văn bản đã ban hành đúng hạn'));
await chief.page.getByRole('checkbox', { name: 'Kiến nghị: 1.1' }).check();
await chief.page.getByRole('checkbox', { name: /Thẩm định sau hạn.*1\.1/ }).check();
await press(chief.page, 'Gửi kiến nghị');
await heading(chief.page, /^Kiến nghị số 1/);
await chief.page.goto(`${base}${ROUND}/units/ldtbxh/outcome`);
await look(chief.page, 'unit-outcome-phone');
await secretary.page.goto(`${base}${ROUND}/appeals`);
await look(secretary.page, 'appeals-begin');
await press(secretary.page, 'Ghi kết quả đối chiếu vào nhật ký');
await done(secretary.page);
await secretary.page.getByLabel('Nội dung trả lời').fill(said('Sẽ trình Hội đồng xem lại'));
await press(secretary.page, 'Trả lời đơn vị');
await done(secretary.page);
await secretary.page.getByRole('link', { name: 'Trình Hội đồng giải quyết kiến nghị 1' }).click();
await secretary.page.getByRole('radio', { name: 'chấp nhận', exact: true }).check();
await secretary.page.getByLabel('Lý do giải quyết').fill(said('Văn bản ban hành đúng hạn'));
await secretary.page.getByRole('radio', { name: /Đúng thời hạn/ }).check();
await secretary.page.getByLabel('Lý do', { exact: true }).fill(said('Ngày ký trên văn bản gốc'));
await look(secretary.page, 'propose-appeal');
await press(secretary.page, 'Trình biểu quyết');
await done(secretary.page);
await decide('Biên bản 03, ngày 28/3/2023');
await secretary.page.goto(`${base}${ROUND}/appeals`);
await press(secretary.page, 'Giải quyết theo quyết nghị');
await done(secretary.page);
await press(secretary.page, 'Điều chỉnh điểm');
await done(secretary.page);
await look(secretary.page, 'appeals-decided');
await publisher.page.goto(`${base}${ROUND}/council`);
await publisher.page.getByLabel(/^Lý do \(bắt buộc/).fill(said('Điều chỉnh sau kiến nghị số 1'));
await press(publisher.page, 'Công bố kết quả');
await done(publisher.page);
await publisher.page.goto(`${base}${ROUND}`);
await publisher.page.getByText('Công bố lần 2').first().waitFor();
assert.ok((await publisher.page.textContent('main')).includes(UNIT));

await next('end');
await secretary.page.goto(`${base}${ROUND}/work`);
await press(secretary.page, 'Kết thúc kỳ đánh giá');
await done(secretary.page);

for (const who of [administrator, secretary, drafter, one, two, staff, publisher]) {
  assert.deepEqual(who.told.filter((text) => !/4\d\d/.test(text)), [], 'nothing broke in a browser');
}
clean();
await browser.close();
console.log('the round was published and set right');
process.exit(0);
