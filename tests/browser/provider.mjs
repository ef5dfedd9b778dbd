// An identity provider (npm's oidc-provider) on loopback, with its own pages to sign in: anybody may, under whatever name. What the relay
// before it does to an answer stands for a provider that is broken, or for somebody between it and the server.
// It is started by tests/tests/system/oidc/provider.rs, and says its address on a line.
//
// provider.mjs MODULES ADDRESS
//   /control?back=URL        where it sends people back
//   /control?alter=WHAT      what happens to the ID tokens that it hands out from now on; nothing, if it is empty

import http from 'node:http';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , modules, address] = process.argv;
// That it is one for trying out, which nobody here reads.
console.info = () => {};
console.warn = () => {};
const from = (file) => import(pathToFileURL(join(modules, 'node_modules', file)).href);
const { Provider } = await from('oidc-provider/lib/index.js');
const { SignJWT, decodeJwt, exportJWK, generateKeyPair } = await from('jose/dist/webapi/index.js');

const CLIENT = 'parindex';
const SECRET = 'a secret of thirty-two characters';
const ALG = 'RS256';
const kid = `k-${process.pid}`;
const own = await generateKeyPair(ALG, { extractable: true });
const other = await generateKeyPair(ALG, { extractable: true });

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const signed = (claims, key = own.privateKey, id = kid) => new SignJWT(claims).setProtectedHeader({ alg: ALG, kid: id, typ: 'JWT' }).sign(key);

// What an ID token becomes.
const altered = {
  nothing: (token) => token,
  again: (token) => signed(decodeJwt(token)),
  nonce: (token) => signed({ ...decodeJwt(token), nonce: 'x' }),
  'nonce-missing': (token) => { const { nonce, ...rest } = decodeJwt(token); return signed(rest); },
  audience: (token) => signed({ ...decodeJwt(token), aud: 'another' }),
  'audience-more': (token) => signed({ ...decodeJwt(token), aud: [CLIENT, 'another'] }),
  party: (token) => signed({ ...decodeJwt(token), azp: 'another' }),
  issuer: (token) => signed({ ...decodeJwt(token), iss: 'https://another.example' }),
  expired: (token) => signed({ ...decodeJwt(token), exp: Math.floor(Date.now() / 1000) - 1 }),
  key: (token) => signed(decodeJwt(token), other.privateKey),
  'key-unknown': (token) => signed(decodeJwt(token), other.privateKey, 'another'),
  subject: (token) => { const [head, , signature] = token.split('.'); return [head, part({ ...decodeJwt(token), sub: 'an.nv' }), signature].join('.'); },
  none: (token) => `${part({ alg: 'none' })}.${part(decodeJwt(token))}.`,
  secret: (token) => { const text = `${part({ alg: 'HS256' })}.${part(decodeJwt(token))}`; return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`; },
  missing: () => undefined,
  garbage: () => 'x.y.z',
  long: (token) => token + 'x'.repeat(2_000_000),
};

let alter = 'nothing';
let callback;

// What the provider answers at its token endpoint, altered.
function relay(response) {
  const end = response.end.bind(response);
  response.end = (body) => {
    const change = async () => {
      const answer = JSON.parse(body.toString());
      if (answer.id_token) answer.id_token = await altered[alter](answer.id_token);
      const text = JSON.stringify(answer);
      response.setHeader('content-length', Buffer.byteLength(text));
      end(text);
    };
    change().catch((error) => { console.error(error); process.exit(1); });
    return response;
  };
}

const server = http.createServer((request, response) => {
  const url = new URL(request.url, issuer);
  if (url.pathname === '/control') {
    if (url.searchParams.has('alter')) alter = url.searchParams.get('alter') || 'nothing';
    if (url.searchParams.has('back')) callback = provider(url.searchParams.get('back')).callback();
    response.end('done\n');
    return;
  }
  if (request.method === 'POST' && url.pathname === '/token') relay(response);
  callback(request, response);
});

function provider(back) {
  return new Provider(issuer, {
    clients: [{ client_id: CLIENT, client_secret: SECRET, redirect_uris: [back], grant_types: ['authorization_code'], response_types: ['code'] }],
    jwks: { keys: [key] },
    cookies: { keys: ['a key of cookies'] },
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['employee_number'] },
    features: { devInteractions: { enabled: true }, claimsParameter: { enabled: true } },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, employee_number: id === 'no.number' ? 7 : `nv-${id}` }) }),
  });
}

const key = { ...(await exportJWK(own.privateKey)), kid, use: 'sig', alg: ALG };
const [host, port] = address.split(':');
await new Promise((done) => { server.listen(Number(port), host, done); });
const issuer = `http://${host}:${server.address().port}`;
callback = provider('http://127.0.0.1:1/nobody').callback();
console.log(issuer);
