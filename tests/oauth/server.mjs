// An OAuth server that is not ours: oidc-provider on loopback, with the token endpoint where Redox has it.
//
//   node server.mjs FOLDER '{"clients": [{"id": …, "algorithm": …, "keys": [public JWK, …]}], "ahead": 0, "dated": true}'
//
// FOLDER holds node_modules/oidc-provider. `ahead` is by how many seconds its clock differs from this machine's; `dated`
// is whether its answers carry the time. It prints its address, then what becomes of each request for a token.
// Whoever has one of its tokens is shown an organization in which there is nothing.

import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, settings] = process.argv.slice(2);
const { clients, ahead, dated } = JSON.parse(settings);
const place = createRequire(resolve(folder, 'any.js')).resolve('oidc-provider');
const { default: Provider } = await import(pathToFileURL(place));

const machine = Date.now.bind(Date);
Date.now = () => machine() + ahead * 1000;

const asClient = ({ id, algorithm, keys }) => ({
  client_id: id,
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: algorithm,
  jwks: { keys },
});

const provide = (issuer) => new Provider(issuer, {
  clients: clients.map(asClient),
  clientAuthMethods: ['private_key_jwt'],
  enabledJWA: { clientAuthSigningAlgValues: ['RS384', 'ES384'] },
  features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  routes: { token: '/v2/auth/token' },
  ttl: { ClientCredentials: 300 },
});

const dates = (ctx, next) => {
  ctx.res.sendDate = false;
  if (dated) ctx.set('date', new Date(Date.now()).toUTCString());
  return next();
};

const emptyOrganization = (provider) => async (ctx, next) => {
  if (!ctx.path.startsWith('/platform/')) return next();
  const [, bearer] = /^Bearer (.+)$/.exec(ctx.get('authorization')) ?? [];
  const token = bearer && await provider.ClientCredentials.find(bearer);
  ctx.status = token ? 200 : 401;
  ctx.body = token ? { meta: {}, payload: { environments: [], results: [] } } : {};
};

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = provide(issuer);
  provider.use(dates);
  provider.use(emptyOrganization(provider));
  provider.on('grant.success', (ctx) => console.log(`given to ${ctx.oidc.client.clientId}`));
  provider.on('grant.error', (ctx, error) => console.log(`refused: ${error.error_detail ?? error.error_description}`));
  server.on('request', provider.callback());
  console.log(issuer);
});
