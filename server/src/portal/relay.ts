/**
 * Answers of identity providers to test sign-ins. They arrive at the addresses of real sign-ins, because a provider
 * knows one address; their `state` says that they belong to the portal. Its cookie reaches its own paths alone, so the
 * answer is handed on to them: by redirect, or by a form for an answer that came as one.
 */
import type { PageSender } from '../features/appearance/hosted-pages/index.ts';
import { isTestState } from '../features/enterprise/organization-sso/index.ts';
import { samlBodyLimit } from '../features/enterprise/sso-connectors/saml-side.ts';
import type { Http, Request } from '../http/types.ts';
import { portalPath } from './requests.ts';

/** The addresses that `mount` has for answers. */
const callback = '/callback/:connectorId';
const assertionConsumer = '/api/authn/single-sign-on/saml/:connectorId';
const samlForms: ReadonlySet<string> = new Set([assertionConsumer, '/callback/saml/:connectorId']);

const target = ({ tenant, params }: Request): string =>
  `${tenant.basePath}${portalPath}/sso/${encodeURIComponent((params as { connectorId: string }).connectorId)}/answer`;

/**
 * Mounts the routes of a sign-in, and takes the answers of tests out of what they get. A SAML answer may be larger than
 * other forms: people are in many groups.
 */
export function relayTestAnswers(http: Http, pages: PageSender, mount: (scope: Http) => void): void {
  http.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      if (samlForms.has(route.url)) route.bodyLimit = samlBodyLimit;
    });
    scope.addHook('onRequest', async (request, reply) => {
      const { state } = request.query as { state?: unknown };
      if (request.method !== 'GET' || request.routeOptions.url !== callback || !isTestState(state)) return undefined;
      const query = request.url.slice(request.url.indexOf('?'));
      return reply.header('cache-control', 'no-store').redirect(`${target(request)}${query}`, 303);
    });
    scope.addHook('preHandler', async (request, reply) => {
      if (request.method !== 'POST' || request.routeOptions.url !== assertionConsumer) return undefined;
      const { SAMLResponse, RelayState } = (request.body ?? {}) as Record<string, unknown>;
      if (!isTestState(RelayState) || typeof SAMLResponse !== 'string') return undefined;
      const fields = { SAMLResponse, RelayState };
      await pages.send(request, reply, { kind: 'form-post', action: target(request), fields });
      return reply;
    });
    mount(scope);
  });
}
