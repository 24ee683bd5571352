/** Social accounts, sessions and trusted browsers, and the applications that have access. */
import type { AccountEntry, AccountScreen, UserAgentParsed } from '@aldaba/contract';
import { accountPageId } from '../../features/applications/applications/built-in-ids.ts';
import { readCookie, writeCookie } from '../../http/cookies.ts';
import { equalSecrets } from '../../kernel/crypto.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { opaqueToken } from '../../kernel/ids.ts';
import { requireEditable, requireShown } from '../account/context.ts';
import { leave, parseJson, textsOf } from '../pages/page-requests.ts';
import { connectorName } from '../views.ts';
import { type AccountPageRoutes, type AccountRequest, proofPath } from './requests.ts';

export function listRoutes(routes: AccountPageRoutes): void {
  socialRoutes(routes);
  sessionRoutes(routes);
  applicationRoutes(routes);
}

/** The record and the state of a visit to a provider. */
const socialCookie = '_account.social';
const callback = '/callback/social/:connectorId';

/** What an identity is called at its provider. */
const detailOf = ({ name, email, id }: Record<string, unknown>): string =>
  [name, email, id].find((value): value is string => typeof value === 'string' && value !== '') ?? '';

function socialRoutes({ api, http, get, post }: AccountPageRoutes): void {
  const { mine, verifications, changes, context } = api;
  const show = async (page: AccountRequest, failure?: AldabaError) => {
    const { visit, user, language } = page;
    const offered = await context.connectors.social(visit.tenant);
    const isEditable = visit.center.fields.social === 'Edit';
    const nameOf = (target: string) => {
      const connector = offered.find((each) => each.target === target);
      return connector ? connectorName(connector, language) : target;
    };
    const linked = Object.entries(user.identities).map(
      ([target, identity]): AccountEntry => ({
        id: target,
        name: nameOf(target),
        detail: detailOf({ id: identity.userId, ...identity.details }),
        isRemovable: isEditable,
      }),
    );
    const linkable = offered
      .filter(({ target, platform }) => isEditable && platform !== 'Native' && !Object.hasOwn(user.identities, target))
      .map((connector) => ({ id: connector.id, name: connectorName(connector, language), logo: connector.logo }));
    const screen: AccountScreen = { part: 'social', linked, linkable };
    await page.show(screen, failure);
  };
  get('/social', 'social', async (page) => {
    const { visit } = page;
    requireShown(visit.center, 'social');
    if (visit.center.fields.social === 'Edit' && !(await changes.isProved(visit))) return page.go(proofPath('social'));
    return show(page);
  });
  post(
    '/social',
    'social',
    async (page) => {
      const { visit, request, reply } = page;
      requireEditable(visit.center, 'social');
      await changes.requireProof(visit);
      const connectorId = page.field('connector');
      const state = opaqueToken();
      const redirectUri = `${visit.tenant.baseUrl}/account/callback/social/${encodeURIComponent(connectorId)}`;
      const started = await verifications.startSocial(visit.tenant, visit.owner, { connectorId, state, redirectUri });
      const value = JSON.stringify({ state, recordId: started.verificationRecordId });
      writeCookie(request, reply, { name: socialCookie, value, maxAge: 600, path: '/account' });
      leave(reply, started.authorizationUri);
    },
    show,
  );
  get(callback, 'social', async (page) => {
    const { visit, request, reply } = page;
    const kept = parseJson(readCookie(request, socialCookie) ?? '') as
      | { state?: unknown; recordId?: unknown }
      | undefined;
    writeCookie(request, reply, { name: socialCookie, value: undefined, path: '/account' });
    const { state = '', ...answer } = textsOf(request.query);
    // Only the browser that left for the provider comes back with what it was given.
    const isOwn =
      typeof kept?.state === 'string' && typeof kept.recordId === 'string' && equalSecrets(kept.state, state);
    if (!isOwn) throw new AldabaError('verification_record.not_found');
    const data = Object.keys(answer).length > 0 ? answer : { error: 'access_denied' };
    const id = kept.recordId as string;
    try {
      await verifications.verifySocial(visit.tenant, visit.owner, { id, data });
      await mine.linkIdentity(visit, id, false);
    } catch (error) {
      if (!(error instanceof AldabaError) || error.code === 'verification_record.permission_denied') throw error;
      return show(page, error);
    }
    return page.go('/social', 'saved');
  });
  // response_mode=form_post: another site's POST brings no cookie (SameSite=Lax), the GET that follows does.
  http.post(`/account${callback}`, async (request, reply) => {
    const { connectorId } = request.params as { connectorId: string };
    const query = new URLSearchParams(textsOf(request.body));
    const { basePath } = request.tenant;
    return reply.redirect(`${basePath}/account/callback/social/${encodeURIComponent(connectorId)}?${query}`, 303);
  });
  post(
    '/social/remove',
    'social',
    async (page) => {
      await mine.unlinkIdentity(page.visit, page.field('id'));
      page.go('/social', 'removed');
    },
    show,
  );
}

/** E.g. “Firefox, Linux”; empty if unknown. */
const browserName = (parsed: UserAgentParsed | undefined): string =>
  [parsed?.browser?.name, parsed?.os?.name].filter(Boolean).join(', ');

function sessionRoutes({ api, get, post }: AccountPageRoutes): void {
  const { mySessions } = api;
  const show = async (page: AccountRequest, failure?: AldabaError) => {
    const { visit } = page;
    const isEditable = visit.center.fields.session === 'Edit';
    const found = await mySessions.sessions(visit);
    const sessions = found.map((session) => ({
      id: session.payload.uid,
      name: browserName(session.userAgentParsed),
      since: session.lastActiveAt,
      isCurrent: session.isCurrent,
      isRemovable: isEditable && !session.isCurrent,
      ...(session.ip === null ? {} : { detail: session.ip }),
    }));
    sessions.sort((one, other) => Number(other.isCurrent) - Number(one.isCurrent));
    const { mfa = 'Off' } = visit.center.fields;
    const trusted = mfa === 'Off' ? [] : (await mySessions.trustedDevices(visit, { limit: 50, offset: 0 })).items;
    const devices = trusted.map((device) => ({
      id: device.id,
      name: browserName(device.userAgentParsed),
      since: device.lastUsedAt,
      isRemovable: mfa === 'Edit',
    }));
    await page.show({ part: 'sessions', sessions, devices, isEditable }, failure);
  };
  get('/sessions', 'sessions', (page) => show(page));
  const form = (
    path: string,
    work: (page: AccountRequest, id: string) => Promise<void>,
    notice: 'ended' | 'removed' = 'ended',
  ) =>
    post(
      path,
      'sessions',
      async (page) => {
        await work(page, page.field('id'));
        page.go('/sessions', notice);
      },
      show,
    );
  form('/sessions/end', ({ visit }, uid) => mySessions.endSession(visit, { uid, revoke: 'all' }));
  form('/sessions/end-others', ({ visit }) => mySessions.endOtherSessions(visit));
  form('/sessions/forget', ({ visit }, id) => mySessions.removeTrustedDevice(visit, id), 'removed');
}

function applicationRoutes({ api, get, post }: AccountPageRoutes): void {
  const { mySessions } = api;
  const show = async (page: AccountRequest, failure?: AldabaError) => {
    const { visit } = page;
    const grants = await mySessions.grants(visit);
    const applications = grants
      .filter(({ application }) => application.id !== accountPageId)
      .map(({ id, application, payload }) => ({
        id,
        name: application.name,
        since: payload.iat * 1000,
        isRemovable: visit.center.fields.session === 'Edit',
      }));
    await page.show({ part: 'applications', applications }, failure);
  };
  get('/applications', 'applications', (page) => show(page));
  post(
    '/applications/remove',
    'applications',
    async (page) => {
      await mySessions.revokeGrant(page.visit, page.field('id'));
      page.go('/applications', 'removed');
    },
    show,
  );
}
