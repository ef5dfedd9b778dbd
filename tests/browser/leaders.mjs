// What leaders and the public look at, in a real browser, without signing in: rankings, fields, movement, two units, a unit over years; in
// both languages, at a desk and on a phone, without JavaScript, and as printed on A4. Every page is held against WCAG 2.2 AA.
// It is started by tests/tests/system/public.rs.
//
// leaders.mjs URL BROWSER MODULES SCREENSHOTS

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { base, browser, clean, look } from './people.mjs';

const screenshots = process.argv[5];
const ROUND = '/rounds/hanoi-2022';
const PAGES = {
  ranking: ROUND,
  fields: `${ROUND}/fields`,
  movement: `${ROUND}/movement`,
  compare: `${ROUND}/compare?units=gtvt,noivu`,
  years: '/units/gtvt',
  state: `${ROUND}/state`,
  unit: `${ROUND}/units/gtvt`,
};

async function visitor({ width = 1280, script = true } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, javaScriptEnabled: script, locale: 'vi-VN' });
  return context.newPage();
}

for (const [where, width] of [['desk', 1280], ['phone', 360]]) {
  for (const lang of ['vi', 'en']) {
    const page = await visitor({ width });
    for (const [name, path] of Object.entries(PAGES)) {
      await page.goto(`${base}${path}${path.includes('?') ? '&' : '?'}lang=${lang}`);
      await look(page, `leaders-${where}-${lang}-${name}`);
    }
    await page.context().close();
  }
}

// Without JavaScript: from the ranking to the fields, and two units chosen by the form.
const plain = await visitor({ script: false });
await plain.goto(`${base}${ROUND}`);
await plain.getByRole('main').getByRole('link', { name: 'Kết quả theo lĩnh vực' }).click();
await plain.getByRole('heading', { level: 1, name: 'Kết quả theo lĩnh vực của từng đơn vị' }).waitFor();
await plain.getByRole('navigation').getByRole('link', { name: 'So sánh' }).click();
await plain.getByLabel('Đơn vị thứ nhất').selectOption('ldtbxh');
await plain.getByLabel('Đơn vị thứ hai').selectOption('gtvt');
await plain.getByRole('button', { name: 'So sánh' }).click();
await plain.getByRole('heading', { level: 1, name: /^So sánh: / }).waitFor();

// A table is taken away from beneath it, under a name of its own.
const [download] = await Promise.all([
  plain.waitForEvent('download'),
  plain.getByRole('link', { name: 'CSV: tải bảng “Theo lĩnh vực”' }).click(),
]);
assert.match(download.suggestedFilename(), /^so-sanh-hanoi-2022-lan-\d+-ldtbxh-gtvt-linh-vuc\.csv$/);
const csv = readFileSync(await download.path());
assert.deepEqual([...csv.subarray(0, 3)], [0xef, 0xbb, 0xbf], 'UTF-8 with its mark');

// Printed on A4.
for (const [name, path] of Object.entries(PAGES)) {
  await plain.goto(`${base}${path}`);
  const pdf = await plain.pdf({ path: join(screenshots, `leaders-print-${name}.pdf`), preferCSSPageSize: true, printBackground: false });
  assert.ok(pdf.length > 5000, `${name} prints`);
}

clean();
await browser.close();
