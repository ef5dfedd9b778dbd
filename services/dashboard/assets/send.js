// One help on a page that takes a file, which does all that it does without it: how much of the file has gone out, while it is being sent.
// It decides nothing: what the server answers is shown.
(() => {
  'use strict';
  const form = document.querySelector('form[data-progress]');
  if (!form) return;
  const progress = form.querySelector('.sending');
  const button = form.querySelector('button');

  const fault = (text) => {
    let told = document.getElementById('file-fault');
    if (!told) {
      told = document.createElement('span');
      told.id = 'file-fault';
      told.className = 'warning';
      told.setAttribute('role', 'alert');
      form.elements.file.after(told);
      form.elements.file.setAttribute('aria-describedby', 'file-hint file-fault');
    }
    form.elements.file.setAttribute('aria-invalid', 'true');
    told.textContent = text;
    progress.textContent = '';
    button.disabled = false;
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    let said = -1;
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      const percent = total > 0 ? Math.floor((loaded / total) * 100) : 0;
      // Said aloud at each tenth, and not more often.
      if (Math.floor(percent / 10) === said) return;
      said = Math.floor(percent / 10);
      progress.textContent = form.dataset.progress.replace('{0}', String(percent));
    });
    request.addEventListener('load', () => {
      const here = new URL(request.responseURL);
      if (request.status === 200 && here.pathname !== new URL(form.action).pathname) {
        location.assign(here.href);
        return;
      }
      const page = new DOMParser().parseFromString(request.responseText, 'text/html');
      fault((page.getElementById('file-fault') ?? page.querySelector('main p, main'))?.textContent ?? String(request.status));
    });
    request.addEventListener('error', () => fault(form.dataset.offline));
    request.open('POST', form.action);
    request.send(new FormData(form));
    button.disabled = true;
  });
})();
