/** `/portal/members`: who belongs to the organization, and with which roles. */
import type { DelegatedMember, PortalMember } from '@aldaba/contract';
import { containsSearch } from '../http/search.ts';
import type { AldabaError } from '../kernel/errors.ts';
import type { PortalRequest, PortalRoutes } from './requests.ts';

const pageSize = 25;
const searchable = ['name', 'username', 'primaryEmail'];

const toMember = ({ id, name, username, primaryEmail, organizationRoles }: DelegatedMember): PortalMember => {
  const shown = name ?? username ?? primaryEmail ?? id;
  const detail = primaryEmail ?? username;
  const roles = organizationRoles.map((role) => role.name);
  return { id, name: shown, roles, ...(detail === null || detail === shown ? {} : { detail }) };
};

/** Pages of a list, from 1. */
export const pageIn = ({ query }: PortalRequest): number =>
  /^[1-9]\d{0,6}$/.test(query('page')) ? Number(query('page')) : 1;

/** The roles that a form has chosen. */
export const chosenRoles = ({ fields }: PortalRequest): string[] =>
  fields().flatMap((name) => (name.startsWith('role.') ? [name.slice('role.'.length)] : []));

export function memberRoutes({ needs, get, post }: PortalRoutes): void {
  const { organizationAdministration: administration } = needs;
  const idOf = ({ request }: PortalRequest): string => (request.params as { userId: string }).userId;
  const show = async (page: PortalRequest, failure?: AldabaError) => {
    const { db } = page.request.tenant;
    const member = await administration.getMember(db, page.session.organizationId, idOf(page));
    const held = new Set(member.organizationRoles.map(({ id }) => id));
    const roles = (await administration.listRoles(db, page.administrator)).map(({ id, name, description }) => ({
      ...{ id, name, isChosen: held.has(id) },
      ...(description === null ? {} : { description }),
    }));
    return page.show({ part: 'member', member: toMember(member), roles }, failure);
  };
  get('/members', 'members', async (page) => {
    const [number, words] = [pageIn(page), page.query('q').slice(0, 256)];
    const { items, total } = await administration.listMembers(
      page.request.tenant.db,
      page.session.organizationId,
      containsSearch(words, searchable),
      { limit: pageSize, offset: (number - 1) * pageSize },
    );
    const hasMore = total > number * pageSize;
    return page.show({ part: 'members', members: items.map(toMember), page: number, hasMore, words });
  });
  get('/members/:userId', 'members', (page) => show(page));
  post(
    '/members/:userId/roles',
    'members',
    async (page) => {
      const change = { userId: idOf(page), roleIds: chosenRoles(page) };
      await administration.replaceRoles(page.request.tenant.db, page.administrator, change);
      page.go(`/members/${encodeURIComponent(idOf(page))}`, 'saved');
    },
    show,
  );
  post(
    '/members/:userId/remove',
    'members',
    async (page) => {
      await administration.removeMember(page.request.tenant.db, page.administrator, idOf(page));
      page.go('/members', 'removed');
    },
    show,
  );
}
