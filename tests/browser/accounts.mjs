// Accounts and tokens in a real browser, clicking and typing only: an administrator gives an account out, somebody signs in by it, makes a
// token and revokes it, gets another password, and the account ends; at a desk, on a phone, without JavaScript. Every page is held
// against WCAG 2.2 AA. It is started by tests/tests/system/accounts.rs, which reads the log afterwards.
//
// accounts.mjs URL BROWSER MODULES SCREENSHOTS NAME=PASSWORD ...

import assert from 'node:assert/strict';
import { base, browser, clean, look, person } from './people.mjs';

const REASON = 'Quên mật khẩu (minh họa) "><script>alert(1)</script>';
const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const once = (page) => page.getByRole('status').locator('code').innerText();

async function press(page, name) {
  await page.getByRole('main').getByRole('button', { name }).first().click();
}

const admin = await person('admin-a', '/accounts');
await heading(admin.page, 'Tài khoản đăng nhập');
await look(admin.page, 'accounts');
await admin.page.getByText('Cấp tài khoản').first().click();
await look(admin.page, 'accounts-new');
await admin.page.getByLabel('Mã người thực hiện (không phải tên)').fill('ldtbxh-d');
await admin.page.getByLabel(/^Tên đăng nhập \(/).fill('binh.tt');
await press(admin.page, 'Cấp tài khoản');
const first = await once(admin.page);
await look(admin.page, 'accounts-made');

// Whoever it is for signs in by it, and makes a token.
const context = await browser.newContext({ viewport: { width: 360, height: 800 }, javaScriptEnabled: false, locale: 'vi-VN' });
const page = await context.newPage();
await page.goto(`${base}/me`);
await page.getByLabel('Tên đăng nhập').fill('binh.tt');
await page.getByLabel('Mật khẩu').fill(first);
await page.getByRole('main').getByRole('button', { name: 'Đăng nhập' }).click();
await page.getByLabel('Mật khẩu hiện tại').fill(first);
await page.getByLabel('Mật khẩu mới', { exact: true }).fill('một câu dài dễ nhớ');
await page.getByLabel('Mật khẩu mới, nhập lại').fill('một câu dài dễ nhớ');
await page.getByRole('button', { name: 'Đổi mật khẩu' }).click();
await heading(page, 'Tôi là ai');
await page.getByText('Tạo mã truy cập').first().click();
await page.getByLabel('Dùng cho').fill('máy của phòng');
await page.getByRole('button', { name: 'Tạo mã truy cập' }).click();
await page.getByRole('alert').waitFor();
await page.getByLabel(/đọc những gì bạn được đọc/).check();
await page.getByRole('button', { name: 'Tạo mã truy cập' }).click();
assert.match(await once(page), /^parindex_/);
await page.getByText('Thu hồi mã').first().click();
await page.getByLabel('Lý do (ghi vào nhật ký)').fill(REASON);
await page.getByRole('button', { name: /^Thu hồi mã/ }).click();
await page.getByRole('status').filter({ hasText: 'đã thu hồi' }).waitFor();

// Another password, then the end.
await admin.page.getByText('Cấp lại mật khẩu').first().click();
await admin.page.getByLabel('Lý do (ghi vào nhật ký)').first().fill(REASON);
await admin.page.getByRole('button', { name: 'Cấp lại mật khẩu binh.tt' }).click();
assert.notEqual(await once(admin.page), first);
await page.goto(`${base}/me`);
await heading(page, 'Đăng nhập');
await admin.page.getByText('Đóng tài khoản').first().click();
await look(admin.page, 'accounts-end');
await admin.page.getByLabel('Lý do (ghi vào nhật ký)').nth(1).fill(REASON);
await admin.page.getByRole('button', { name: 'Đóng tài khoản binh.tt' }).click();
await admin.page.getByRole('status').filter({ hasText: 'đã đóng' }).waitFor();

// The pages beside, at a desk and on a phone; Vietnamese and English.
await admin.page.goto(`${base}/powers`);
await look(admin.page, 'powers-desk');
await admin.page.getByRole('link', { name: /^#\d+$/ }).first().click();
await heading(admin.page, /^Tư cách của /);
await look(admin.page, 'powers-person');
await admin.page.goto(`${base}/me`);
await admin.page.getByText('Tạo mã truy cập').first().click();
await look(admin.page, 'me-desk');
const phone = await person('admin-a', '/accounts', { width: 360 });
await look(phone.page, 'accounts-phone');
for (const [path, name] of [['/powers', 'powers-phone'], ['/powers/of/sec-1', 'powers-person-phone'], ['/me?lang=en', 'me-phone'], ['/accounts', 'accounts-phone-en']]) {
  await phone.page.goto(`${base}${path}`);
  await look(phone.page, name);
}

for (const who of [admin, phone]) {
  assert.deepEqual(who.told.filter((text) => !/4\d\d/.test(text)), [], 'nothing broke in a browser');
}
clean();
await browser.close();
