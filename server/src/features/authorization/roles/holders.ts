import type { Role } from '@aldaba/contract';
import type { Queries } from '../../../store/database.ts';
import type { Listed, Slice } from '../../../store/list.ts';
import type { Search } from '../../../store/search.ts';
import { atomic } from '../../../store/transaction.ts';
import type { Roles } from './service.ts';
import type { Holder } from './store.ts';

/** The roles of users or of applications, from both sides: what their features offer to routes. */
export interface RoleHolders<Item> {
  listRoles: (q: Queries, id: string, search?: Search, slice?: Slice) => Promise<Listed<Role>>;
  /** Returns the ids of the roles that the user or application did not have before. */
  addRoles: (q: Queries, id: string, roleIds: readonly string[]) => Promise<string[]>;
  replaceRoles: (q: Queries, id: string, roleIds: readonly string[]) => Promise<void>;
  removeRole: (q: Queries, id: string, roleId: string) => Promise<void>;
  listOfRole: (q: Queries, roleId: string, search: Search | undefined, slice: Slice) => Promise<Listed<Item>>;
  addToRole: (q: Queries, roleId: string, ids: readonly string[]) => Promise<void>;
  removeFromRole: (q: Queries, roleId: string, id: string) => Promise<void>;
}

interface Kind<Item> {
  holder: Holder;
  /** @throws AldabaError for unknown ids */
  requireKnown: (q: Queries, id: string) => Promise<unknown>;
  /** @throws AldabaError for unknown ids, and for holders without roles */
  requireAble: (q: Queries, id: string) => Promise<unknown>;
  /** Whether ids are checked before a role gets them; without, the database rejects unknown ones. */
  checksEach: boolean;
  list: (q: Queries, filter: { search: Search | undefined; roleId: string }, slice: Slice) => Promise<Listed<Item>>;
}

export function createRoleHolders<Item>(
  roles: Pick<Roles, 'get' | 'list' | 'assign' | 'replace' | 'unassign' | 'addHolders'>,
  { holder, requireKnown, requireAble, checksEach, list }: Kind<Item>,
): RoleHolders<Item> {
  return {
    listRoles: async (q, id, search, slice) => {
      await requireAble(q, id);
      return roles.list(q, { search, heldBy: { holder, id } }, slice);
    },
    addRoles: atomic(async (tx, id, roleIds) => {
      await requireAble(tx, id);
      return roles.assign(tx, holder, id, roleIds);
    }),
    replaceRoles: atomic(async (tx, id, roleIds) => {
      await requireAble(tx, id);
      await roles.replace(tx, holder, id, roleIds);
    }),
    removeRole: atomic(async (tx, id, roleId) => {
      await requireKnown(tx, id);
      await roles.unassign(tx, holder, id, roleId);
    }),
    listOfRole: async (q, roleId, search, slice) => {
      await roles.get(q, roleId);
      return list(q, { search, roleId }, slice);
    },
    addToRole: atomic(async (tx, roleId, ids) => {
      if (checksEach) for (const id of new Set(ids)) await requireAble(tx, id);
      await roles.addHolders(tx, roleId, holder, ids);
    }),
    removeFromRole: atomic(async (tx, roleId, id) => {
      await roles.get(tx, roleId);
      await roles.unassign(tx, holder, id, roleId);
    }),
  };
}
