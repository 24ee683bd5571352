import type { AuditKey, BodyOf, createPortalLink, PortalLink, PortalPart, ResponseOf } from '@aldaba/contract';
import type { Audit } from '../../../kernel/audit.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { hashToken } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Events } from '../../../kernel/events.ts';
import { opaqueToken, standardId } from '../../../kernel/ids.ts';
import type { Queries, Transaction } from '../../../store/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { Organizations } from '../../organizations/organizations/index.ts';
import type { LinkRow } from './store.ts';
import * as store from './store.ts';

export interface PortalLinksNeeds {
  clock: Clock;
  logs: Audit;
  events: Events<Transaction>;
  organizations: Pick<Organizations, 'get'>;
}

/** A browser that a link was started in. */
export interface PortalSession {
  linkId: string;
  organizationId: string;
  parts: ReadonlySet<PortalPart>;
  locale: string | undefined;
  invitationUrl: string | undefined;
}

type LinkDraft = BodyOf<typeof createPortalLink> & { createdBy: string | undefined };

export interface PortalLinks {
  /** @throws AldabaError `entity.not_exists_with_id` if the organization does not exist */
  list: (q: Queries, organizationId: string) => Promise<PortalLink[]>;
  /** @throws AldabaError `entity.not_exists_with_id` if the organization does not exist */
  create: (tenant: Tenant, organizationId: string, draft: LinkDraft) => Promise<ResponseOf<typeof createPortalLink>>;
  /** Replaces the parts of a link, also for the session that it started. @throws AldabaError `entity.not_found` */
  offer: (
    tenant: Tenant,
    link: { organizationId: string; id: string },
    given: { parts: readonly PortalPart[]; actorId: string | undefined },
  ) => Promise<PortalLink>;
  /** Revokes a link with its session. @throws AldabaError `entity.not_found` */
  remove: (tenant: Tenant, link: { organizationId: string; id: string }, actorId: string | undefined) => Promise<void>;
  /** What a link would open; undefined for an unknown, used or expired one. */
  findLink: (q: Queries, secret: string) => Promise<PortalSession | undefined>;
  /** Uses a link up. Returns the token of the session; undefined for an unknown, used or expired link. */
  start: (q: Queries, secret: string) => Promise<string | undefined>;
  /** The session of a token, which lives on by that; undefined after its end. */
  findSession: (q: Queries, token: string) => Promise<PortalSession | undefined>;
  end: (q: Queries, session: PortalSession) => Promise<void>;
}

const day = 86_400_000;
/** Seconds from the start of a session to its end. */
export const portalSessionLifetime = 8 * 3600;
/** Milliseconds without a request after which a session ends. */
const idleLimit = 30 * 60_000;

export function createPortalLinks({ clock, logs, events, organizations }: PortalLinksNeeds): PortalLinks {
  const now = () => new Date(clock.now());
  const limits = () => ({
    now: now(),
    startedAfter: new Date(clock.now() - portalSessionLifetime * 1000),
    seenAfter: new Date(clock.now() - idleLimit),
  });
  const audit = (
    tx: Transaction,
    key: AuditKey,
    { organizationId, id }: { organizationId: string; id: string },
    params: Record<string, unknown> = {},
  ) =>
    tx.afterCommit(() =>
      logs.write(tx.tenantId, { key, result: 'Success', organizationId, params: { portalLinkId: id, ...params } }),
    );
  const toLink = (row: LinkRow): PortalLink => {
    const { startedAfter, seenAfter } = limits();
    const { started_at: startedAt, last_seen_at: lastSeenAt } = row;
    const isOpen = row.session_hash !== null && (startedAt ?? 0) > startedAfter && (lastSeenAt ?? 0) > seenAfter;
    return {
      tenantId: row.tenant_id,
      id: row.id,
      organizationId: row.organization_id,
      parts: row.parts as PortalPart[],
      locale: row.locale,
      invitationUrl: row.invitation_url,
      createdAt: row.created_at.getTime(),
      expiresAt: row.expires_at.getTime(),
      status: startedAt ? (isOpen ? 'open' : 'ended') : row.expires_at > now() ? 'unused' : 'expired',
      startedAt: startedAt?.getTime() ?? null,
      lastSeenAt: lastSeenAt?.getTime() ?? null,
    };
  };
  return {
    list: async (q, organizationId) => {
      await organizations.get(q, organizationId);
      return (await store.findLinks(q, organizationId)).map(toLink);
    },
    create: (tenant, organizationId, draft) =>
      tenant.db.transaction(async (tx) => {
        await organizations.get(tx, organizationId);
        const [id, secret] = [standardId(), opaqueToken()];
        const link = {
          id,
          organization_id: organizationId,
          secret_hash: hashToken(secret),
          parts: [...new Set(draft.parts)],
          invitation_url: draft.invitationUrl ?? null,
          locale: draft.locale ?? null,
          created_by: draft.createdBy ?? null,
          created_at: now(),
          expires_at: new Date(clock.now() + draft.expiresInDays * day),
        };
        await store.insertLink(tx, link);
        const { createdBy: actorId } = draft;
        audit(tx, 'Organization.CreatePortalLink', { organizationId, id }, { actorId, parts: link.parts });
        const stored = { ...link, tenant_id: tx.tenantId, session_hash: null, started_at: null, last_seen_at: null };
        return { ...toLink(stored), url: `${tenant.baseUrl}/portal/start?token=${secret}` };
      }),
    offer: ({ db }, link, { parts, actorId }) =>
      db.transaction(async (tx) => {
        const row = await store.updateParts(tx, link, [...new Set(parts)]);
        if (!row) throw new AldabaError('entity.not_found');
        audit(tx, 'Organization.ChangePortalLink', link, { actorId, parts: row.parts });
        return toLink(row);
      }),
    remove: ({ db }, link, actorId) =>
      db.transaction(async (tx) => {
        if (!(await store.deleteLink(tx, link))) throw new AldabaError('entity.not_found');
        audit(tx, 'Organization.RevokePortalLink', link, { actorId });
      }),
    findLink: async (q, secret) => toSession(await store.findUnused(q, hashToken(secret), now())),
    start: (q, secret) =>
      q.transaction(async (tx) => {
        const token = opaqueToken();
        const hashes = { secretHash: hashToken(secret), sessionHash: hashToken(token) };
        const row = await store.startLink(tx, { ...hashes, now: now() });
        if (!row) return undefined;
        const { organization_id: organizationId, id } = row;
        audit(tx, 'Organization.OpenPortal', { organizationId, id });
        await events.publish(tx, 'OrganizationPortal.Opened', { organizationId, portalLinkId: id, data: null });
        return token;
      }),
    findSession: async (q, token) => toSession(await store.seeSession(q, hashToken(token), limits())),
    end: (q, { organizationId, linkId: id }) =>
      q.transaction(async (tx) => {
        await store.endSession(tx, id);
        audit(tx, 'Organization.ClosePortal', { organizationId, id });
      }),
  };
}

const toSession = (row: LinkRow | undefined): PortalSession | undefined =>
  row && {
    linkId: row.id,
    organizationId: row.organization_id,
    parts: new Set(row.parts as PortalPart[]),
    locale: row.locale ?? undefined,
    invitationUrl: row.invitation_url ?? undefined,
  };
