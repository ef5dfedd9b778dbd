// Two helps on the page of a leaf, which does all that it does without them: the points as they are typed, asked for of the server, and
// what was typed kept in this window until it is on record, so that a cut connection loses nothing. It decides nothing and sends no command.
(() => {
  'use strict';
  const form = document.querySelector('form[data-kept]');
  if (!form) return;
  const key = `parindex ${location.pathname}`;
  const typed = () => [...new FormData(form)].filter(([name]) => !['csrf', 'command', 'revision', 'sent', 'contested'].includes(name));
  const told = document.createElement('p');
  told.className = 'note';
  told.setAttribute('role', 'status');

  const say = (text) => {
    told.textContent = text;
    form.before(told);
  };

  const put = (fields) => {
    const values = new Map(fields);
    for (const field of form.elements) {
      // What was there before it was typed comes back too: what others have changed since is told by it.
      if (!field.name || !values.has(field.name) || (field.type === 'hidden' && !field.name.startsWith('was.'))) continue;
      if (field.type === 'radio') field.checked = field.value === values.get(field.name);
      else if (field.type === 'checkbox') field.checked = fields.some(([name, value]) => name === field.name && value === field.value);
      else field.value = values.get(field.name);
    }
  };

  let asked = 0;
  const calculate = async () => {
    // A form that says no points is never sent by itself.
    if (!form.querySelector('.by-rule')) return;
    const turn = ++asked;
    const body = new URLSearchParams(new FormData(form));
    body.set('do', 'calculate');
    try {
      const answer = await fetch(form.action, { method: 'POST', body, credentials: 'same-origin' });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      if (turn === asked) form.querySelector('.by-rule').textContent = page.querySelector('.by-rule')?.textContent ?? '';
    } catch {
      // Without a connection there are no points to show; what was typed is kept.
    }
  };

  // What is on record needs no keeping; what the server has shown again it holds itself.
  const before = sessionStorage.getItem(key);
  if (document.querySelector('.note.done')) {
    sessionStorage.removeItem(key);
  } else if (before && !document.querySelector('.note.fault, .warning, .by-rule:not(:empty)')) {
    try {
      const { revision, fields } = JSON.parse(before);
      // An appeal that was lodged is another one's draft no more.
      const number = (of) => of.find(([name]) => name === 'number')?.[1];
      if (number(fields) !== number(typed())) sessionStorage.removeItem(key);
      else if (JSON.stringify(fields) !== JSON.stringify(typed())) {
        put(fields);
        // It goes on from what was seen when it was typed: if that moved on since, the server says so and overwrites nothing.
        if (form.elements.revision) form.elements.revision.value = revision;
        say(form.dataset.kept);
        calculate();
      }
    } catch {
      sessionStorage.removeItem(key);
    }
  }

  let waiting;
  form.addEventListener('input', () => {
    sessionStorage.setItem(key, JSON.stringify({ revision: form.elements.revision?.value, fields: typed() }));
    clearTimeout(waiting);
    waiting = setTimeout(calculate, 400);
  });
  form.addEventListener('submit', (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    say(form.dataset.offline);
  });
})();
