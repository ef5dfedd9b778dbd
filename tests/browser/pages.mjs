// Pages that are only read, in a real browser, at a desk in Vietnamese and on a phone in English, held against WCAG 2.2 AA: what an inspector asks of a
// whole round, one's own powers and notices, and what everybody may open. It is started by tests/tests/system/chromium.rs.
//
// pages.mjs URL BROWSER MODULES SCREENSHOTS NAME=PASSWORD ...

import { base, browser, clean, look, person } from './people.mjs';

const ROUND = '/rounds/hanoi-2022';
const UNIT = `${ROUND}/units/ldtbxh`;
/** Whose pages they are, and where they are. */
const READ = {
  'insp-1': {
    start: '/', report: `${ROUND}/report`, check: `${ROUND}/check`, 'appeal-read': `${ROUND}/appeals/1`, diff: `${ROUND}/diff`,
    who: `${ROUND}/who`, 'who-actor': `${ROUND}/who?actor=sec-1`, history: `${UNIT}/history`, 'history-leaf': `${UNIT}/history?leaf=1.1.1`,
    explain: `${UNIT}/explain`, 'what-if': `${UNIT}/what-if`, 'what-if-asked': `${UNIT}/what-if?leaf=1.1.1&points=0`,
    'why-rank': `${UNIT}/why-rank?from=2000`, privacy: '/privacy', docs: '/api/docs', powers: '/powers', 'powers-of': '/powers/of/apr-8',
    'powers-of-none': '/powers/of/nobody', notices: '/notices', me: '/me', survey: `${ROUND}/survey`, coverage: `${ROUND}/survey/coverage`,
    samples: `${ROUND}/survey/samples`, moderation: `${ROUND}/moderation`, appeals: `${ROUND}/appeals`, open: '/open', forms: '/open/documents/form',
  },
  'ldtbxh-c': { 'notices-unit': '/notices', work: `${ROUND}/work` },
  'sec-1': { 'notices-secretary': '/notices', 'open-round': '/open/round' },
  'admin-a': { 'powers-of-administrator': '/powers/of/apr-8', 'open-people': '/open/people' },
};

for (const [who, pages] of Object.entries(READ)) {
  for (const [where, width, lang] of [['desk', 1280, 'vi'], ['phone', 360, 'en']]) {
    const { page } = await person(who, '/me', { width });
    for (const [name, path] of Object.entries(pages)) {
      const answer = await page.goto(`${base}${path}${path.includes('?') ? '&' : '?'}lang=${lang}`);
      if (answer.status() !== 200 && !name.endsWith('-none')) throw new Error(`${who} ${path}: ${answer.status()}`);
      await look(page, `read-${where}-${lang}-${name}`);
    }
    await page.context().close();
  }
}
clean();
await browser.close();
