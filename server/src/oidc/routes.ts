import type { Http, Reply, Request } from '../http/index.ts';
import { showError } from './authorize/answer.ts';
import { authorize, resume } from './authorize/index.ts';
import { decideConsent, showConsent } from './consent.ts';
import type { Core } from './core.ts';
import { allowCaller, answerPreflight } from './cors.ts';
import { beginEndSession, confirmEndSession, showSignedOut } from './endpoints/end-session.ts';
import { introspect } from './endpoints/introspection.ts';
import { createMetadata } from './endpoints/metadata.ts';
import { revoke } from './endpoints/revocation.ts';
import { challengeOf, userinfo } from './endpoints/userinfo.ts';
import { sendProtocolError, toProtocolError } from './errors.ts';
import { bodyParameters } from './parameters.ts';
import { ProtocolError } from './protocol-error.ts';
import { queryParameters } from './query-parameters.ts';
import { token } from './token/index.ts';

/** Maximum bytes of a request to an endpoint for programs. */
const bodyLimit = 56 * 1024;

/** Mounts the endpoints. Endpoints for programs return JSON, endpoints for browsers redirects and pages. */
export function mountOidc(http: Http, core: Core): void {
  const document = createMetadata(core.keys);
  http.register(async (scope) => {
    scope.setErrorHandler((error, request, reply) => sendApiError(core, error, request, reply));
    scope.addHook('onRequest', async (request, reply) => allowCaller(request, reply));
    const run =
      (handler: (core: Core, request: Request, reply: Reply) => Promise<void>) =>
      async (request: Request, reply: Reply) => {
        await handler(core, request, reply);
        return reply;
      };
    const discovery = run((_core, request, reply) => document('discovery', request, reply));
    scope.get('/oidc/.well-known/openid-configuration', discovery);
    scope.get('/oidc/.well-known/oauth-authorization-server', discovery);
    scope.get(
      '/oidc/jwks',
      run((_core, request, reply) => document('jwks', request, reply)),
    );
    scope.post('/oidc/token', { bodyLimit }, run(token));
    scope.post('/oidc/token/introspection', { bodyLimit }, run(introspect));
    scope.post('/oidc/token/revocation', { bodyLimit }, run(revoke));
    scope.get('/oidc/me', run(userinfo));
    scope.post('/oidc/me', { bodyLimit }, run(userinfo));
    for (const path of [
      '.well-known/openid-configuration',
      '.well-known/oauth-authorization-server',
      'jwks',
      'token',
      'token/introspection',
      'token/revocation',
      'me',
    ]) {
      scope.options(`/oidc/${path}`, async (request, reply) => answerPreflight(request, reply));
    }
  });
  http.register(async (scope) => {
    scope.setErrorHandler((error, request, reply) => showError(core, error, request, reply));
    type Page = (request: Request, reply: Reply) => Promise<void>;
    const run = (handler: Page) => async (request: Request, reply: Reply) => {
      await handler(request, reply);
      return reply;
    };
    scope.get(
      '/oidc/auth',
      run((request, reply) => authorize(core, request, reply, queryParameters(request))),
    );
    scope.post(
      '/oidc/auth',
      run((request, reply) => authorize(core, request, reply, bodyParameters(request))),
    );
    scope.get<{ Params: { handle: string } }>('/oidc/auth/:handle', async (request, reply) => {
      await resume(core, request as Request, reply, request.params.handle);
      return reply;
    });
    scope.get(
      '/consent',
      run((request, reply) => showConsent(core, request, reply)),
    );
    scope.post(
      '/consent',
      run((request, reply) => decideConsent(core, request, reply)),
    );
    scope.get(
      '/oidc/session/end',
      run((request, reply) => beginEndSession(core, request, reply, queryParameters(request))),
    );
    scope.post(
      '/oidc/session/end',
      run((request, reply) => beginEndSession(core, request, reply, bodyParameters(request))),
    );
    scope.post(
      '/oidc/session/end/confirm',
      run((request, reply) => confirmEndSession(core, request, reply)),
    );
    scope.get(
      '/oidc/session/end/success',
      run((request, reply) => showSignedOut(core, request, reply, queryParameters(request))),
    );
  });
}

/** An error with its challenge: how to authenticate as a client, or with a token. */
function sendApiError(core: Core, error: unknown, request: Request, reply: Reply): void {
  const failure = toProtocolError(error, request, core.log);
  // Without a database the tenant is unknown, and other credentials would not help.
  if (failure instanceof ProtocolError && failure.status < 500) {
    const { issuer } = request.tenant;
    if (request.url.startsWith('/oidc/me')) reply.header('www-authenticate', challengeOf(issuer, failure));
    else if (failure.error === 'invalid_client') reply.header('www-authenticate', `Basic realm="${issuer}"`);
  }
  sendProtocolError(failure, request, reply, core.log);
}
