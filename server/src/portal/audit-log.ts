/** `/portal/audit-logs`: what was changed for the organization, and by whom. */
import type { LogRecord, PortalLogEntry } from '@aldaba/contract';
import { pageIn, toMember } from './members.ts';
import type { PortalRequest, PortalRoutes } from './requests.ts';

const pageSize = 25;

export function auditLogRoutes({ needs, get }: PortalRoutes): void {
  const { organizationAdministration: administration } = needs;
  /** Names of the members among the actors. */
  const namesOf = async ({ request, session }: PortalRequest, actors: ReadonlySet<string>) => {
    const names = new Map<string, string>();
    for (const id of actors) {
      const member = await administration.findMember(request.tenant.db, session.organizationId, id);
      if (member) names.set(id, toMember(member).name);
    }
    return names;
  };
  get('/audit-logs', 'audit-logs', async (page) => {
    const number = pageIn(page);
    const { items, total } = await needs.logs.list(
      page.request.tenant.db,
      { organizationId: page.session.organizationId, isCapped: true },
      { limit: pageSize, offset: (number - 1) * pageSize },
    );
    const actors = new Set(items.flatMap((item) => textOf(item, 'actorId') ?? []));
    const names = await namesOf(page, actors);
    const entries = items.map((item) => toEntry(item, names));
    return page.show({ part: 'audit-logs', entries, page: number, hasMore: total > number * pageSize });
  });
}

const textOf = ({ payload }: LogRecord, name: string): string | undefined => {
  const value = payload.params?.[name];
  return typeof value === 'string' ? value : undefined;
};

/** The parameters that name what an entry is about. */
const subjects = ['domain', 'member', 'invitee', 'groupName', 'scimTokenName'];

/** Directories use tokens; operators and portals change them. */
function sourceOf(entry: LogRecord): PortalLogEntry['source'] {
  // An operator who creates or revokes a link is the actor.
  if (textOf(entry, 'actorId') === undefined && textOf(entry, 'portalLinkId') !== undefined) return 'portal';
  return /^Scim\.(?:User|Group)\.(?!Map)/.test(entry.key) ? 'directory' : 'operator';
}

/** What an entry is about; addresses of networks and details of the operator stay with the operator. */
function toEntry(entry: LogRecord, names: ReadonlyMap<string, string>): PortalLogEntry {
  const { id, key, payload, createdAt } = entry;
  const roles = Array.isArray(payload.params?.roles) ? payload.params.roles : [];
  const subject = subjects.map((name) => textOf(entry, name)).find((text) => text !== undefined);
  const detail = [subject, ...roles].filter((text) => typeof text === 'string').join(' · ');
  const actorId = textOf(entry, 'actorId');
  const actor = actorId === undefined ? undefined : names.get(actorId);
  return {
    ...{ id, event: key, time: createdAt, hasFailed: payload.result === 'Error' },
    source: actor === undefined ? sourceOf(entry) : 'member',
    ...(detail === '' ? {} : { detail }),
    ...(actor === undefined ? {} : { actor }),
  };
}
