/** What administrators of an organization read of an entry of the audit log. Pure. */
import type { DelegatedLog, LogRecord } from '@aldaba/contract';

/** The user who made a change, if it was one. */
export const actorOf = (entry: LogRecord): string | undefined => textOf(entry, 'actorId');

/**
 * Addresses of networks and details of the operator stay with the operator.
 * @param names of the members among the actors, by id
 */
export function toDelegatedLog(entry: LogRecord, names: ReadonlyMap<string, string>): DelegatedLog {
  const { id, key, payload, createdAt } = entry;
  const roles = Array.isArray(payload.params?.roles) ? payload.params.roles : [];
  const actorId = actorOf(entry);
  const name = actorId === undefined ? undefined : names.get(actorId);
  return {
    ...{ id, key: key as DelegatedLog['key'], createdAt, result: payload.result },
    source: name === undefined ? sourceOf(entry) : 'member',
    actor: actorId === undefined || name === undefined ? null : { id: actorId, name },
    subject: subjects.map((one) => textOf(entry, one)).find((text) => text !== undefined) ?? null,
    roles: roles.filter((role) => typeof role === 'string'),
  };
}

const textOf = ({ payload }: LogRecord, name: string): string | undefined => {
  const value = payload.params?.[name];
  return typeof value === 'string' ? value : undefined;
};

/** The parameters that name what an entry is about. */
const subjects = ['domain', 'member', 'invitee', 'groupName', 'scimTokenName', 'connectorName'];

/** Directories use tokens; operators and portals change them. */
function sourceOf(entry: LogRecord): DelegatedLog['source'] {
  // An operator who creates or revokes a link is the actor.
  if (actorOf(entry) === undefined && textOf(entry, 'portalLinkId') !== undefined) return 'portal';
  if (/^Organization\.(?:MissDomainRecord|AskDomainProof|LoseDomain)$/.test(entry.key)) return 'system';
  return /^Scim\.(?:User|Group)\.(?!Map)/.test(entry.key) ? 'directory' : 'operator';
}
