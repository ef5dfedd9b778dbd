// Signing in by an identity provider in a real browser, on the provider's own pages: an administrator binds somebody, who is led there and
// back, works, leaves, and comes again; and somebody whom nobody has bound. At a desk and on a phone, without JavaScript there. Our pages
// are held against WCAG 2.2 AA. It is started by tests/tests/system/oidc.rs, which reads the log afterwards.
//
// oidc.mjs URL BROWSER MODULES SCREENSHOTS NAME=PASSWORD ...

import assert from 'node:assert/strict';
import { base, browser, clean, look, person } from './people.mjs';

const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const link = (page) => page.getByRole('link', { name: 'Đăng nhập bằng tài khoản của tỉnh' });

/** At the provider: its page asks who somebody is, and then whether he agrees. */
async function there(page, name) {
  await page.locator('input[name="login"]').fill(name);
  await page.locator('input[name="password"]').fill('any');
  await page.locator('button[type="submit"]').click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

const admin = await person('admin-a', '/accounts');
await admin.page.getByText('Gắn tài khoản của tỉnh').first().click();
await look(admin.page, 'oidc-bind');
const form = admin.page.locator('form[action="/accounts/bind"]');
await form.getByLabel('Mã người thực hiện (không phải tên)').fill('ldtbxh-d');
await form.getByLabel(/^Người đó theo hệ thống đăng nhập của tỉnh/).fill('an.nv');
await form.getByRole('button', { name: 'Gắn tài khoản của tỉnh' }).click();
await admin.page.getByRole('status').filter({ hasText: 'an.nv' }).waitFor();
await look(admin.page, 'oidc-bound');

for (const { width, script } of [{ width: 1280, script: true }, { width: 360, script: false }]) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, javaScriptEnabled: script, locale: 'vi-VN' });
  const page = await context.newPage();
  const told = [];
  // The provider's own pages ask for letters that are not on this machine.
  page.on('console', (message) => message.type() === 'error' && page.url().startsWith(base) && told.push(message.text()));
  await page.goto(`${base}/sign-in?next=/me`);
  await look(page, `oidc-sign-in-${width}`, script);
  await link(page).click();
  assert.ok(!page.url().startsWith(base), 'at the provider');
  await there(page, 'an.nv');
  await heading(page, 'Tôi là ai');
  assert.equal(page.url(), `${base}/me`);
  await look(page, `oidc-me-${width}`, script);
  await page.getByText('ldtbxh-d').first().waitFor();
  const kept = (await context.cookies(base)).filter((cookie) => ['session', 'oidc'].includes(cookie.name));
  assert.deepEqual(kept.map(({ name, httpOnly, sameSite }) => [name, httpOnly, sameSite]), [['session', true, 'Lax']]);
  if (script) {
    await page.getByText('Tạo mã truy cập').first().click();
    await page.getByLabel(/đọc những gì bạn được đọc/).check();
    await page.getByRole('button', { name: 'Tạo mã truy cập' }).click();
    await page.getByRole('status').locator('code').waitFor();
  }
  await page.getByRole('button', { name: 'Đăng xuất', exact: true }).click();
  await heading(page, 'Đăng nhập');
  // The provider knows him still.
  await page.goto(`${base}/sign-in?next=/privacy`);
  await link(page).click();
  await page.waitForURL(`${base}/privacy`);
  assert.deepEqual(told, [], 'nothing broke in the browser');
  await context.close();
}

// Whom nobody has bound.
const context = await browser.newContext({ viewport: { width: 360, height: 900 }, locale: 'vi-VN' });
const page = await context.newPage();
await page.goto(`${base}/sign-in`);
await look(page, 'oidc-sign-in-phone');
await link(page).click();
await there(page, 'la.ai');
await page.getByRole('alert').filter({ hasText: 'oidc_subject_unknown' }).waitFor();
await look(page, 'oidc-unknown');
await page.getByRole('link', { name: 'English' }).click();
await heading(page, 'Sign in');

await admin.page.goto(`${base}/accounts`);
await look(admin.page, 'oidc-accounts');
await admin.page.getByText('Đóng tài khoản').first().click();
await look(admin.page, 'oidc-end');
assert.deepEqual(admin.told, [], 'nothing broke in a browser');
clean();
await browser.close();
