/** A user between the account, what the directory said about it, and the resource of the protocol. Pure. */
import { type ScimResourceType, scimResourceTypes, scimUrn } from '@aldaba/contract/scim';
import { hashToken } from '../../../kernel/crypto.ts';
import { normalizeEmail } from '../../../kernel/identifiers.ts';
import type { Values } from './attributes.ts';
import { isObject } from './input.ts';

/** A user as a directory sees it. */
export interface DirectoryUser {
  id: string;
  /** The account. */
  username: string | null;
  primaryEmail: string | null;
  name: string | null;
  avatar: string | null;
  profile: Values;
  isSuspended: boolean;
  createdAt: Date;
  updatedAt: Date;
  /** In an organization's directory: whether the user is a member. */
  isMember: boolean;
  /** What the directory said, if it has provisioned the user. */
  entry: DirectoryEntry | undefined;
  groups: { id: string; name: string }[];
}

export interface DirectoryEntry {
  userName: string | null;
  externalId: string | null;
  /** The resource without the members that have columns. */
  attributes: Values;
  hasRemoved: boolean;
  isOwner: boolean;
  hasSuspended: boolean;
  isDeleted: boolean;
  updatedAt: Date;
}

const inColumns = ['userName', 'externalId', 'active', 'schemas', 'id', 'meta', 'groups'];

/** The attributes that are stored as JSON. */
export const attributesOf = (resource: Values): Values =>
  Object.fromEntries(Object.entries(resource).filter(([name]) => !inColumns.includes(name)));

/** What the client can write of a user, as it is now. */
export function writableOf(user: DirectoryUser, isOfOrganization: boolean): Values {
  const { entry } = user;
  const isProvisioned = entry !== undefined && !entry.isDeleted;
  return {
    userName: (isProvisioned ? entry.userName : null) ?? user.primaryEmail ?? user.username ?? user.id,
    ...(isProvisioned && entry.externalId !== null ? { externalId: entry.externalId } : {}),
    ...(isProvisioned ? entry.attributes : attributesOfAccount(user)),
    active: isOfOrganization ? user.isMember && !user.isSuspended : !user.isSuspended,
  };
}

function attributesOfAccount({ name, primaryEmail, profile, avatar }: DirectoryUser): Values {
  const parts: Values = {};
  for (const part of ['familyName', 'givenName', 'middleName'] as const)
    if (typeof profile[part] === 'string' && profile[part] !== '') parts[part] = profile[part];
  return {
    ...(name === null ? {} : { displayName: name }),
    ...(Object.keys(parts).length === 0 ? {} : { name: parts }),
    ...(primaryEmail === null ? {} : { emails: [{ value: primaryEmail, type: 'work', primary: true }] }),
    ...(avatar === null ? {} : { photos: [{ value: avatar, type: 'photo', primary: true }] }),
  };
}

/** The whole resource; `base` is the URL of the server. */
export function userResource(
  user: DirectoryUser,
  { base, isOfOrganization }: { base: string; isOfOrganization: boolean },
) {
  const resource: Values = { id: user.id, ...writableOf(user, isOfOrganization) };
  if (user.groups.length > 0)
    resource.groups = user.groups.map(({ id, name }) => ({
      value: id,
      $ref: `${base}/Groups/${id}`,
      display: name,
      type: 'direct',
    }));
  const manager = (resource[scimUrn.enterpriseUser] as Values | undefined)?.manager;
  if (isObject(manager) && typeof manager.value === 'string')
    resource[scimUrn.enterpriseUser] = {
      ...(resource[scimUrn.enterpriseUser] as Values),
      manager: { ...manager, $ref: `${base}/Users/${encodeURIComponent(manager.value)}` },
    };
  const entryTime = user.entry?.updatedAt.getTime() ?? 0;
  return finish(scimResourceTypes.users, resource, {
    base,
    created: user.createdAt,
    lastModified: new Date(Math.max(user.updatedAt.getTime(), entryTime)),
  });
}

/** Adds the schemas and the metadata, with a version that changes with any part of the resource. */
export function finish(
  type: ScimResourceType,
  resource: Values,
  given: { base: string; created: Date; lastModified: Date; version?: string },
): Values {
  const { base, created, lastModified, version = hashToken(JSON.stringify(resource)).slice(0, 22) } = given;
  const extensions = type.extensions.map(({ id }) => id).filter((id) => resource[id] !== undefined);
  return {
    schemas: [type.schema.id, ...extensions],
    ...resource,
    meta: {
      resourceType: type.name,
      created: created.toISOString(),
      lastModified: lastModified.toISOString(),
      location: `${base}${type.endpoint}/${resource.id}`,
      version: `W/"${version}"`,
    },
  };
}

export const versionOf = (resource: Values): string => (resource.meta as Values).version as string;

/** What the account takes from the resource. */
export interface AccountValues {
  name: string | undefined;
  avatar: string | null | undefined;
  profile: Values;
}

const cut = (text: string, length: number): string => [...text].slice(0, length).join('');
const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** What changes in the account: only what the directory says now, or said before and no longer says. */
export function accountValuesOf(next: Values, previous: Values | undefined, profile: Values): AccountValues {
  const claims = claimsOf(next);
  const former = previous ? claimsOf(previous) : {};
  const changed = { ...profile };
  for (const [claim, value] of Object.entries(claims))
    if (value !== undefined) changed[claim] = value;
    else if (former[claim] !== undefined) delete changed[claim];
  const name = shownNameOf(next);
  const avatar = pictureOf(next) ?? (previous && pictureOf(previous) !== undefined ? null : undefined);
  return { name: name === undefined ? undefined : cut(name, 128), avatar, profile: changed };
}

function shownNameOf(resource: Values): string | undefined {
  const name = (resource.name ?? {}) as Values;
  const parts = [textOf(name.givenName), textOf(name.middleName), textOf(name.familyName)].filter(Boolean).join(' ');
  return textOf(resource.displayName) ?? textOf(name.formatted) ?? (parts || undefined);
}

function claimsOf(resource: Values): Record<string, string | undefined> {
  const name = (resource.name ?? {}) as Values;
  return {
    familyName: textOf(name.familyName),
    givenName: textOf(name.givenName),
    middleName: textOf(name.middleName),
    nickname: textOf(resource.nickName),
    locale: textOf(resource.locale) ?? textOf(resource.preferredLanguage),
    zoneinfo: textOf(resource.timezone),
  };
}

/** The first picture that is a link. */
function pictureOf(resource: Values): string | undefined {
  const photos = preferredFirst(resource.photos).map(({ value }) => textOf(value));
  return photos.find(
    (url) => url !== undefined && /^https?:\/\//i.test(url) && URL.canParse(url) && !hasCredentials(url),
  );
}

function hasCredentials(link: string): boolean {
  const { username, password } = new URL(link);
  return username !== '' || password !== '';
}

/** The address that identifies the user: the primary one, else the one of work, else the first, else the userName. */
export function emailOf(resource: Values): string | undefined {
  const addresses = preferredFirst(resource.emails).map(({ value }) => textOf(value));
  const found = [...addresses, textOf(resource.userName)].find((text) => text !== undefined && normalizeEmail(text));
  return found === undefined ? undefined : normalizeEmail(found);
}

/** All addresses in lowercase, without repetition. */
export const emailKeysOf = (resource: Values): string[] => [
  ...new Set(preferredFirst(resource.emails).flatMap(({ value }) => textOf(value)?.toLowerCase() ?? [])),
];

const preferredFirst = (values: unknown): Values[] =>
  ((values ?? []) as Values[]).toSorted((a, b) => weight(b) - weight(a));
const weight = ({ primary, type }: Values): number =>
  (primary === true ? 2 : 0) + (typeof type === 'string' && type.toLowerCase() === 'work' ? 1 : 0);

/** What a person may sign in with besides the address: a userName that is none and fits the rule of usernames. */
export const usernameOf = (userName: string): string | undefined =>
  /^[A-Za-z_]\w{0,127}$/.test(userName) ? userName : undefined;
