import type { ConsentView, PageLanguage } from '@aldaba/contract';
import { type PhraseKey, phrase } from '@aldaba/pages';
import type { Reply, Request } from '../http/index.ts';
import { AldabaError } from '../kernel/errors.ts';
import type { Agreement } from './agreement.ts';
import {
  findWaitingAccess,
  getQuestion,
  type Question,
  type RequestedAccess,
  settleQuestion,
} from './consent-question.ts';
import type { Core } from './core.ts';
import { bodyParameters } from './parameters.ts';
import { ProtocolError } from './protocol-error.ts';
import { openValue, sealValue } from './signed-values.ts';

/** The form's value is bound to one interaction and one user. */
const place = (request: Request, { open, user }: Question) => ({
  purpose: 'consent',
  binding: `${request.tenant.id} ${open.record.uidHash} ${user.id}`,
});

/** User scopes in words. */
const scopePhrases = new Map<string, PhraseKey>([
  ['profile', 'scope.profile'],
  ['email', 'scope.email'],
  ['phone', 'scope.phone'],
  ['address', 'scope.address'],
  ['offline_access', 'scope.offlineAccess'],
  ['custom_data', 'scope.customData'],
  ['identities', 'scope.identities'],
  ['roles', 'scope.roles'],
  ['urn:logto:scope:organizations', 'scope.organizations'],
  ['urn:logto:scope:organization_roles', 'scope.organizationRoles'],
]);

/** `GET /consent`: asks a user whether a third-party application may get the requested access. */
export async function showConsent(core: Core, request: Request, reply: Reply): Promise<void> {
  const question = await getQuestion(core, request);
  const { open, client, look, user } = question;
  const name = user.name ?? user.username ?? user.primaryEmail ?? user.primaryPhone ?? user.id;
  const detail = user.primaryEmail ?? user.primaryPhone ?? user.username;
  const locales = open.request.uiLocales === undefined ? {} : { uiLocales: open.request.uiLocales };
  const language = await core.pages.language(request, locales);
  const access = await findWaitingAccess(core, request, question);
  const view: ConsentView = {
    kind: 'consent',
    appId: client.id,
    application: {
      name: look.displayName || client.name,
      ...(look.branding?.logoUrl ? { logoUrl: look.branding.logoUrl } : {}),
      ...(look.termsOfUseUrl ? { termsOfUseUrl: look.termsOfUseUrl } : {}),
      ...(look.privacyPolicyUrl ? { privacyPolicyUrl: look.privacyPolicyUrl } : {}),
    },
    user: {
      name,
      ...(detail && detail !== name ? { detail } : {}),
      ...(user.avatar ? { avatar: user.avatar } : {}),
    },
    scopes: inWords(access, language),
    ...(access.organizations.length > 0
      ? { organizations: access.organizations.map(({ id, name }) => ({ id, name })) }
      : {}),
    redirectHost: new URL(open.request.redirectUri).host || new URL(open.request.redirectUri).protocol,
    // The page shows exactly what consent will grant.
    xsrf: sealValue(core.vault, access.agreement, place(request, question)),
  };
  reply.header('cache-control', 'no-store');
  // Without the application's id: the page uses the tenant's branding, because a third party must not replace it.
  await core.pages.send(request, reply, view, { ...locales, interaction: open.handle });
}

const inWords = (access: RequestedAccess, language: PageLanguage): ConsentView['scopes'] => [
  ...access.user.map((name) => {
    const key = scopePhrases.get(name);
    return { name: key ? phrase(language, key) : name };
  }),
  ...access.resources.flatMap(({ resource, scopes }) =>
    // Users read the operator's description of a permission; its name is for programs.
    scopes.map(({ name, description }) => ({ name: description || name, description: resource.name })),
  ),
  ...access.inOrganizations.map(({ name, description }) => ({
    name: description || name,
    description: phrase(language, 'consent.inOrganizations'),
  })),
  ...inOrganizationResources(access).map(({ resource, scope: { name, description } }) => ({
    name: description || name,
    description: `${resource.name}: ${phrase(language, 'consent.inOrganizations')}`,
  })),
];

/** Each permission that any organization gives on a resource, once. */
function inOrganizationResources({ organizations }: RequestedAccess) {
  const all = organizations.flatMap(({ resources }) =>
    resources.flatMap(({ resource, scopes }) => scopes.map((scope) => ({ resource, scope }))),
  );
  return [...new Map(all.map((entry) => [entry.scope.id, entry])).values()];
}

/** `POST /consent`: applies the decision and continues the authorization. */
export async function decideConsent(core: Core, request: Request, reply: Reply): Promise<void> {
  const parameters = bodyParameters(request);
  const question = await getQuestion(core, request);
  const shown = openValue(core.vault, parameters.get('xsrf') ?? '', place(request, question)) as Agreement | undefined;
  if (!shown) throw new AldabaError('request.cross_site');
  const decision = parameters.get('decision');
  if (decision !== 'accept' && decision !== 'deny')
    throw new ProtocolError('invalid_request', 'decision must be accept or deny');
  const yes = { decision: 'accept', agreement: shown, organizationIds: chosenOrganizations(request) } as const;
  await settleQuestion(core, request, question, decision === 'accept' ? yes : { decision });
  reply
    .header('cache-control', 'no-store')
    .redirect(`${request.tenant.basePath}/oidc/auth/${question.open.handle}`, 303);
}

const boxPrefix = 'organization.';

/** The checked boxes: each has its own name, because parameters are never repeated. */
const chosenOrganizations = (request: Request): string[] =>
  Object.keys((request.body ?? {}) as object)
    .filter((name) => name.startsWith(boxPrefix))
    .map((name) => name.slice(boxPrefix.length));
