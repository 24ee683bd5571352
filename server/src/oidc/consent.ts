import type { ConsentView, PageLanguage } from '@aldaba/contract';
import { type PhraseKey, phrase } from '@aldaba/pages';
import type { User } from '../features/users/index.ts';
import type { Reply, Request } from '../http/index.ts';
import { AldabaError } from '../kernel/errors.ts';
import type { Core } from './core.ts';
import { ProtocolError } from './errors.ts';
import { findOpenInteraction, type OpenInteraction, settleInteraction } from './interactions.ts';
import { bodyParameters } from './parameters.ts';
import { organizationsResource } from './resources.ts';
import { findBrowserSession } from './sessions.ts';
import { openValue, sealValue } from './signed-values.ts';

/** Who is asked for what: the browser's waiting interaction, its application and the signed-in user. */
interface Question {
  open: OpenInteraction;
  user: User;
}

async function getQuestion(core: Core, request: Request, applicationId: string | undefined): Promise<Question> {
  const open = await findOpenInteraction(request, { clock: core.clock, prompt: 'consent', applicationId });
  const session = open && (await findBrowserSession(request.tenant.db, request, core.clock));
  const user = session && (await core.users.find(request.tenant.db, session.userId));
  if (!open || !user) throw new AldabaError('session.not_found');
  return { open, user };
}

/** The form's value holds for one interaction and one user only. */
const place = (request: Request, { open, user }: Question) => ({
  purpose: 'consent',
  binding: `${request.tenant.id} ${open.record.uidHash} ${user.id}`,
});

/** Scopes about the person, in words. `openid` alone tells nothing about anybody and is not asked for. */
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

/** `GET /consent`: asks a person whether a third-party application may have what it wants. */
export async function showConsent(core: Core, request: Request, reply: Reply): Promise<void> {
  const question = await getQuestion(core, request, undefined);
  const { open, user } = question;
  const client = await core.applications.findClient(request.tenant, open.request.clientId);
  if (!client) throw new ProtocolError('invalid_client', 'client is not registered', { status: 400 });
  const name = user.name ?? user.username ?? user.primaryEmail ?? user.primaryPhone ?? user.id;
  const detail = user.primaryEmail ?? user.primaryPhone ?? user.username;
  const locales = open.request.uiLocales === undefined ? {} : { uiLocales: open.request.uiLocales };
  const language = await core.pages.language(request, locales);
  const view: ConsentView = {
    kind: 'consent',
    appId: client.id,
    application: { name: client.name },
    user: {
      name,
      ...(detail && detail !== name ? { detail } : {}),
      ...(user.avatar ? { avatar: user.avatar } : {}),
    },
    scopes: await wishes(core, request, question, language),
    redirectHost: new URL(open.request.redirectUri).host || new URL(open.request.redirectUri).protocol,
    xsrf: sealValue(core.vault, true, place(request, question)),
  };
  reply.header('cache-control', 'no-store');
  // Without the application's id: the page is the tenant's, and a third party must not lend it its name.
  await core.pages.send(request, reply, view, locales);
}

/** The scopes about the person, and the permissions on each resource that the person's roles really give. */
async function wishes(
  core: Core,
  request: Request,
  { open, user }: Question,
  language: PageLanguage,
): Promise<ConsentView['scopes']> {
  const requested = open.request.scope.split(' ').filter(Boolean);
  const onResources: ConsentView['scopes'] = [];
  for (const indicator of open.request.resources) {
    if (indicator === organizationsResource) continue;
    const resource = await core.resources.findByIndicator(request.tenant, indicator);
    const held = resource ? await core.roles.userScopes(request.tenant.db, user.id, resource.id) : [];
    for (const name of held)
      if (resource && requested.includes(name)) onResources.push({ name, description: resource.name });
  }
  const known = new Set(onResources.map(({ name }) => name));
  return [
    ...requested
      .filter((name) => name !== 'openid' && !known.has(name))
      .map((name) => {
        const key = scopePhrases.get(name);
        return { name: key ? phrase(language, key) : name };
      }),
    ...onResources,
  ];
}

/** `POST /consent`: takes the decision and goes on with the authorization. */
export async function decideConsent(core: Core, request: Request, reply: Reply): Promise<void> {
  const parameters = bodyParameters(request);
  const question = await getQuestion(core, request, parameters.get('app_id'));
  if (openValue(core.vault, parameters.get('xsrf') ?? '', place(request, question)) !== true) {
    throw new AldabaError('request.cross_site');
  }
  const decision = parameters.get('decision');
  if (decision !== 'accept' && decision !== 'deny')
    throw new ProtocolError('invalid_request', 'decision must be accept or deny');
  const { open, user } = question;
  await settleInteraction(
    request.tenant.db,
    { uidHash: open.record.uidHash, revision: open.record.revision },
    decision === 'accept' ? { kind: 'consent', userId: user.id } : { kind: 'refused' },
    core.clock,
  );
  reply.header('cache-control', 'no-store').redirect(`${request.tenant.basePath}/oidc/auth/${open.uid}`, 303);
}
