/**
 * What SAML providers call. Their answer comes as a POST from another site, which brings no cookie (SameSite=Lax): the
 * assertion consumer service hands it on with a form of our own, and the sign-in is found by its cookie and the state.
 */
import { writeCookie } from '../../../http/cookies.ts';
import type { Reply, Request } from '../../../http/types.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { initiatedCookie } from '../../factors/enterprise-sso/initiated.ts';
import { handleOf } from '../../factors/provider-visit/index.ts';
import { leave, type PageRoutes, queryOf, textsOf } from '../page-requests.ts';
import { refusedBy } from '../social/refused.ts';

const connectorOf = ({ params }: Request): string => (params as { connectorId: string }).connectorId;
/** Whether a relay state is one that the server made; what it leads to is compared later. */
const isState = (relayState: string): boolean =>
  /^[\w-]{16}\.[\w-]{43}$/.test(relayState) && handleOf(relayState) !== undefined;
const service = '/api/authn/single-sign-on/saml/:connectorId';

export function samlPageRoutes({ signIn, open, route, answer, take }: PageRoutes): void {
  const { pages, ssoConnectors, ssoLogout, idpInitiated } = signIn.pageNeeds;
  route('post', service, async (request, reply) => {
    const { SAMLResponse = '', RelayState = '' } = textsOf(request.body);
    if (SAMLResponse === '') throw new AldabaError('connector.insufficient_request_parameters');
    // Without a state of ours there was no request: the provider starts the sign-in.
    if (!isState(RelayState)) {
      const { secret, redirectTo } = await idpInitiated.receive(request.tenant, connectorOf(request), SAMLResponse);
      writeCookie(request, reply, initiatedCookie(secret));
      return leave(reply, redirectTo);
    }
    const action = `${request.tenant.basePath}/callback/saml/${encodeURIComponent(connectorOf(request))}`;
    return pages.send(request, reply, { kind: 'form-post', action, fields: { SAMLResponse, RelayState } }, {});
  });
  route('post', '/callback/saml/:connectorId', async (request, reply) => {
    const { SAMLResponse = '', RelayState: state = '' } = textsOf(request.body);
    reply.header('cache-control', 'no-store');
    const { interaction, challenge } = await signIn.openSsoAnswer(request, {
      connectorId: connectorOf(request),
      state,
    });
    const callback = await signIn.receiveSso(interaction, challenge, { SAMLResponse });
    if (callback !== undefined) return leave(reply, callback);
    const sent = await open(request, reply, interaction);
    return take(sent, () => signIn.finishSso(interaction, challenge, { SAMLResponse }), refusedBy(answer));
  });
  // For providers that take requests as a form alone.
  route('get', `${service}/request`, async (request, reply) => {
    const { interaction, form } = await signIn.findSsoForm(request, connectorOf(request));
    return pages.send(request, reply, { kind: 'form-post', ...form }, { appId: interaction.applicationId });
  });
  const signOut = async (request: Request, reply: Reply, message: { query: string } | { field: string }) => {
    const { RelayState } = textsOf('query' in message ? request.query : request.body);
    const given = { message, relayState: RelayState || undefined };
    const response = await ssoLogout.receiveSaml(request.tenant, connectorOf(request), given);
    if (!response) return reply.code(204).send();
    if ('redirectUrl' in response) return leave(reply, response.redirectUrl);
    return pages.send(request, reply, { kind: 'form-post', ...response.form }, {});
  };
  route('get', `${service}/logout`, (request, reply) =>
    signOut(request, reply, { query: queryOf(request).replace(/^\?/, '') }),
  );
  route('post', `${service}/logout`, (request, reply) =>
    signOut(request, reply, { field: textsOf(request.body).SAMLRequest ?? '' }),
  );
  // What an operator gives to the provider: names and certificates, nothing secret.
  route('get', `${service}/metadata`, async (request, reply) =>
    reply
      .header('content-type', 'application/samlmetadata+xml')
      .send(await ssoConnectors.samlMetadata(request.tenant, connectorOf(request))),
  );
}
