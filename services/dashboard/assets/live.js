// One help on a page that is read, which is whole without it: while somebody looks at it, it follows what is new. It shows what the
// server has made, as a reload would; it touches nothing that somebody is typing, has opened or has marked.
(() => {
  'use strict';
  const live = document.getElementById('live');
  const main = document.getElementById('main');
  if (!live || !main || !('EventSource' in window)) return;
  const status = live.querySelector('[role=status]');
  const toggle = live.querySelector('button');
  const see = live.querySelector('a');
  // A page is asked for again no more often than this, in milliseconds.
  const PAUSE_MS = 5000;
  let shown = Number(live.dataset.position);
  let newest = shown;
  let source = null;
  let follows = true;
  let last = 0;
  let timer = 0;

  const say = (words) => {
    status.textContent = words.replace('{0}', String(newest));
  };

  // Whether something of the page is in somebody's hands.
  const held = () => {
    const typed = [...main.querySelectorAll('input, textarea, select')].some((field) => {
      if (field.type === 'hidden') return false;
      if (field.type === 'checkbox' || field.type === 'radio') return field.checked !== field.defaultChecked;
      if (field.tagName === 'SELECT') return [...field.options].some((option) => option.selected !== option.defaultSelected) && field.selectedIndex > 0;
      return field.value !== field.defaultValue;
    });
    const inside = main.contains(document.activeElement) && document.activeElement !== main;
    const field = inside && document.activeElement.matches('input, textarea, select');
    const marked = document.getSelection();
    return typed || field || (marked && !marked.isCollapsed && main.contains(marked.anchorNode));
  };

  // What can be found again once the page is another: by its id, or by its place among what can have the focus.
  const FOCUSED = 'a[href], button, summary, [tabindex]';
  const show = (page) => {
    const active = document.activeElement;
    const place = main.contains(active) ? [...main.querySelectorAll(FOCUSED)].indexOf(active) : -1;
    const open = [...main.querySelectorAll('details')].map((one) => one.open);
    const scrolled = [...main.querySelectorAll('.scroll')].map((one) => one.scrollLeft);
    for (const [to, from] of [[main, page.getElementById('main')], ...['.sources', '.print-foot'].map((s) => [document.querySelector(s), page.querySelector(s)])]) {
      if (to && from) to.replaceChildren(...from.childNodes);
    }
    main.querySelectorAll('details').forEach((one, i) => { if (open[i] !== undefined) one.open = open[i]; });
    main.querySelectorAll('.scroll').forEach((one, i) => { one.scrollLeft = scrolled[i] ?? 0; });
    if (place >= 0) main.querySelectorAll(FOCUSED)[place]?.focus({ preventScroll: true });
  };

  const refresh = async () => {
    timer = 0;
    if (!follows || document.hidden || newest <= shown) return;
    if (held()) {
      say(live.dataset.newer);
      see.hidden = false;
      return;
    }
    last = Date.now();
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => null);
    if (!answer?.ok || new URL(answer.url).pathname !== location.pathname) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const position = Number(page.getElementById('live')?.dataset.position);
    if (!(position > shown) || held() || !follows) return;
    show(page);
    shown = position;
    newest = Math.max(newest, position);
    see.hidden = true;
    status.textContent = live.dataset.done.replace('{0}', String(position));
    if (newest > shown) soon();
  };

  const soon = () => {
    if (timer === 0) timer = setTimeout(refresh, Math.max(0, last + PAUSE_MS - Date.now()));
  };

  const listen = () => {
    if (source || !follows || document.hidden) return;
    source = new EventSource(live.dataset.events);
    source.addEventListener('position', (event) => {
      newest = Math.max(newest, Number(event.data));
      if (newest > shown) soon();
    });
  };

  const rest = () => {
    source?.close();
    source = null;
  };

  // A page that nobody looks at holds no connection.
  document.addEventListener('visibilitychange', () => (document.hidden ? rest() : listen()));
  window.addEventListener('pagehide', rest);
  window.addEventListener('pageshow', listen);
  toggle.addEventListener('click', () => {
    follows = !follows;
    toggle.textContent = follows ? live.dataset.stop : live.dataset.start;
    say(follows ? live.dataset.on : live.dataset.off);
    if (follows) listen();
    else rest();
  });
  live.hidden = false;
  status.textContent = live.dataset.on;
  listen();
})();
