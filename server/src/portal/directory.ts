/** `/portal/directory`: the tokens of the organization's directory, its last sync, and the roles of its groups. */
import type { PortalDirectoryToken, ScimGroup, ScimToken } from '@aldaba/contract';
import { directoryPath } from '../features/enterprise/scim/index.ts';
import { AldabaError } from '../kernel/errors.ts';
import { pageIn } from './members.ts';
import type { PortalRequest, PortalRoutes } from './requests.ts';

const pageSize = 25;
const day = 86_400_000;
/** Days after which a new token expires, as the form offers them. */
const lifetimes: Readonly<Record<string, number>> = { '90': 90, '365': 365 };
/** Seconds during which the value before a rotation still works. */
const overlap = 86_400;

const addressIn = ({ request }: PortalRequest): string => `${request.tenant.baseUrl}${directoryPath}`;
const tokenPath = (id: string): string => `/directory/tokens/${encodeURIComponent(id)}`;

export function directoryRoutes({ needs, get, post }: PortalRoutes): void {
  const { scimTokens, scimGroups, organizationDomains } = needs;
  const show = async (page: PortalRequest, failure?: AldabaError) => {
    const { db } = page.request.tenant;
    const { organizationId } = page.session;
    const tokens = await scimTokens.list(db, organizationId);
    const domains = await organizationDomains.list(db, organizationId);
    const calls = tokens.flatMap(({ lastUsedAt }) => lastUsedAt ?? []);
    const screen = {
      ...({ part: 'directory', address: addressIn(page) } as const),
      hasVerifiedDomain: domains.some(({ isVerified }) => isVerified),
      tokens: tokens.map((token) => toToken(token, needs.clock.now())),
      lastUsedAt: calls.length === 0 ? null : Math.max(...calls),
      lastChangedAt: await scimGroups.lastChange(db, organizationId),
      ...(await groupsOf(page)),
    };
    return page.show({ ...screen, ...(failure ? { typed: page.field('name') } : {}) }, failure);
  };
  const groupsOf = async (page: PortalRequest) => {
    const number = pageIn(page);
    const groups = await scimGroups.list(page.request.tenant.db, page.session.organizationId);
    const roles = await needs.organizationAdministration.listRoles(page.request.tenant.db, page.administrator);
    const names = new Map(roles.map(({ id, name }) => [id, name]));
    const shown = groups.slice((number - 1) * pageSize, number * pageSize);
    return {
      groups: shown.map(({ id, displayName, membersCount, roleId }) => {
        const role = names.get(roleId ?? '');
        return { id, name: displayName, membersCount, ...(role === undefined ? {} : { role }) };
      }),
      page: number,
      hasMore: groups.length > number * pageSize,
    };
  };
  get('/directory', 'directory', (page) => show(page));
  tokenRoutes({ needs, get, post }, show);
  groupRoutes({ needs, get, post });
}

type Mounting = Pick<PortalRoutes, 'needs' | 'get' | 'post'>;

/** What a page of a token shows once: its value, or why a form was refused. */
interface Shown {
  value?: string | undefined;
  failure?: AldabaError | undefined;
}

function tokenRoutes(
  { needs, get, post }: Mounting,
  showAll: (page: PortalRequest, failure?: AldabaError) => Promise<void>,
): void {
  const { scimTokens: tokens } = needs;
  const placeOf = ({ request, session }: PortalRequest) => {
    const { tokenId: id } = request.params as { tokenId: string };
    return { organizationId: session.organizationId, id };
  };
  const show = (page: PortalRequest, token: ScimToken, { value, failure }: Shown = {}) => {
    const shown = toToken(token, needs.clock.now());
    const known = { part: 'directory-token', address: addressIn(page), revision: revisionOf(token) } as const;
    return page.show({ ...known, token: shown, ...(value === undefined ? {} : { value }) }, failure);
  };
  get('/directory/tokens/:tokenId', 'directory', async (page) =>
    show(page, await tokens.get(page.request.tenant.db, placeOf(page))),
  );
  // The addresses of pages with a value, opened again: the value is not shown twice.
  get('/directory/tokens', 'directory', (page) => page.go('/directory'));
  get('/directory/tokens/:tokenId/rotate', 'directory', (page) => page.go(tokenPath(placeOf(page).id)));
  post(
    '/directory/tokens',
    'directory',
    async (page) => {
      const { organizationId } = page.session;
      const draft = { name: nameIn(page), expiresAt: expiryIn(page, needs.clock.now()) };
      const { value, ...token } = await tokens.create(
        page.request.tenant.db,
        organizationId,
        draft,
        page.administrator.by,
      );
      await show(page, token, { value });
    },
    showAll,
  );
  post('/directory/tokens/:tokenId/rotate', 'directory', async (page) => {
    const { db } = page.request.tenant;
    const place = placeOf(page);
    if (revisionOf(await tokens.get(db, place)) !== page.field('revision')) return page.go(tokenPath(place.id));
    const seconds = page.field('now') === 'yes' ? 0 : overlap;
    const { value, ...token } = await tokens.rotate(db, place, seconds, page.administrator.by);
    return show(page, token, { value });
  });
  post(
    '/directory/tokens/:tokenId/rename',
    'directory',
    async (page) => {
      const place = placeOf(page);
      await tokens.update(page.request.tenant.db, place, { name: nameIn(page) }, page.administrator.by);
      page.go(tokenPath(place.id), 'saved');
    },
    async (page, failure) => show(page, await tokens.get(page.request.tenant.db, placeOf(page)), { failure }),
  );
  post('/directory/tokens/:tokenId/remove', 'directory', async (page) => {
    await tokens.remove(page.request.tenant.db, placeOf(page), page.administrator.by);
    page.go('/directory', 'removed');
  });
}

function groupRoutes({ needs, get, post }: Mounting): void {
  const { scimGroups, organizationAdministration: administration } = needs;
  const idOf = ({ request }: PortalRequest): string => (request.params as { groupId: string }).groupId;
  const rolesFor = async (page: PortalRequest) =>
    (await administration.listRoles(page.request.tenant.db, page.administrator)).filter(
      ({ isAssignable }) => isAssignable,
    );
  const show = async (page: PortalRequest, failure?: AldabaError) => {
    const groups = await scimGroups.list(page.request.tenant.db, page.session.organizationId);
    const group = groups.find(({ id }) => id === idOf(page));
    if (!group) throw new AldabaError('entity.not_found');
    return page.show(toGroup(group, await rolesFor(page)), failure);
  };
  get('/directory/groups/:groupId', 'directory', (page) => show(page));
  post(
    '/directory/groups/:groupId',
    'directory',
    async (page) => {
      const roleId = page.field('role') || null;
      if (roleId !== null && !(await rolesFor(page)).some(({ id }) => id === roleId))
        throw new AldabaError('organization.exceeds_own_rights');
      const place = { organizationId: page.session.organizationId, groupId: idOf(page) };
      await scimGroups.map(page.request.tenant.db, place, { roleId, by: page.administrator.by });
      page.go(`/directory/groups/${encodeURIComponent(idOf(page))}`, 'saved');
    },
    show,
  );
}

function nameIn(page: PortalRequest): string {
  const name = page.field('name').trim();
  if (name === '' || name.length > 256)
    throw new AldabaError('guard.invalid_input', { reason: 'name: must have 1 to 256 characters' });
  return name;
}

function expiryIn(page: PortalRequest, now: number): number | null {
  const days = Object.hasOwn(lifetimes, page.field('expires')) ? lifetimes[page.field('expires')] : undefined;
  return days === undefined ? null : now + days * day;
}

/** Changes with every rotation, as the end of the previous value does. */
const revisionOf = ({ previousExpiresAt }: ScimToken): string => String(previousExpiresAt ?? 0);

const toToken = (token: ScimToken, now: number): PortalDirectoryToken => {
  const { id, name, createdAt, expiresAt, lastUsedAt, previousExpiresAt } = token;
  return {
    ...{ id, name, createdAt, expiresAt, lastUsedAt },
    isExpired: expiresAt !== null && expiresAt <= now,
    previousExpiresAt: previousExpiresAt !== null && previousExpiresAt > now ? previousExpiresAt : null,
  };
};

const toGroup = (
  { id, displayName: name, membersCount, roleId }: ScimGroup,
  roles: readonly { id: string; name: string; description: string | null }[],
) => ({
  ...({ part: 'directory-group', id, name, membersCount } as const),
  roles: roles.map((role) => ({
    ...{ id: role.id, name: role.name, isChosen: role.id === roleId },
    ...(role.description === null ? {} : { description: role.description }),
  })),
});
