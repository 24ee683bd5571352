import type { ProfileField, ProfileFieldChange, ProfileFieldDraft } from '@aldaba/contract';
import type { Changes } from '../../../kernel/changes.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { CacheRegistry, Database, Queries, Transaction } from '../../../store/index.ts';
import { atomic } from '../../../store/transaction.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { findFieldProblem } from './rules.ts';
import * as store from './store.ts';

export interface ProfileFields {
  /** In the order in which users are asked; cached. */
  list: (tenant: Tenant) => Promise<readonly ProfileField[]>;
  /**
   * For a change that refers to fields: reads them from the database. The change must hold the lock that the handler of
   * `profile-field.deleted` takes.
   * @throws AldabaError `custom_profile_fields.entity_not_exists_with_names`
   */
  requireNames: (q: Queries, wanted: readonly { name: string }[]) => Promise<void>;
  /** @throws AldabaError `entity.not_found` */
  get: (tenant: Tenant, name: string) => Promise<ProfileField>;
  /** @throws AldabaError `custom_profile_fields.…` */
  create: (q: Queries, draft: ProfileFieldDraft) => Promise<ProfileField>;
  /** All or none. @throws the same */
  createAll: (q: Queries, drafts: readonly ProfileFieldDraft[]) => Promise<ProfileField[]>;
  update: (q: Queries, name: string, change: ProfileFieldChange) => Promise<ProfileField>;
  remove: (q: Queries, name: string) => Promise<void>;
  /** @throws AldabaError `custom_profile_fields.entity_not_exists_with_names` */
  order: (q: Queries, order: readonly { name: string; sieOrder: number }[]) => Promise<ProfileField[]>;
}

export function createProfileFields({
  database,
  caches,
  changes,
}: {
  database: Database;
  caches: CacheRegistry;
  changes: Changes<Transaction>;
}): ProfileFields {
  const cache = caches.create<readonly ProfileField[]>({
    name: 'custom-profile-fields',
    maximum: 1000,
    maximumAge: 60_000,
    load: (tenantId) => store.findFields(database.tenant(tenantId)),
  });
  const list = async (tenant: Tenant) => (await cache.get(tenant.id, '')) ?? [];
  return {
    list,
    requireNames: async (q, wanted) => {
      const fields = await store.findFields(q);
      const names = wanted.map(({ name }) => name).filter((name) => !fields.some((field) => field.name === name));
      if (names.length > 0) throw new AldabaError('custom_profile_fields.entity_not_exists_with_names', { names });
    },
    get: async (tenant, name) => {
      const field = (await list(tenant)).find((candidate) => candidate.name === name);
      if (!field) throw new AldabaError('entity.not_found');
      return field;
    },
    create: atomic(async (tx, draft) => {
      const field = await insert(tx, draft);
      await cache.changed(tx, '');
      return field;
    }),
    createAll: atomic(async (tx, drafts) => {
      const created: ProfileField[] = [];
      for (const draft of drafts) created.push(await insert(tx, draft));
      await cache.changed(tx, '');
      return created;
    }),
    update: atomic(async (tx, name, change) => {
      requireSound({ ...change, name });
      const field = await store.updateField(tx, name, change);
      if (!field) throw new AldabaError('entity.not_found');
      await cache.changed(tx, '');
      return field;
    }),
    remove: atomic(async (tx, name) => {
      if ((await store.deleteField(tx, name)) === 0) throw new AldabaError('entity.not_found');
      await changes.announce(tx, 'profile-field.deleted', { name });
      await cache.changed(tx, '');
    }),
    order: atomic(async (tx, order) => {
      if (new Set(order.map(({ sieOrder }) => sieOrder)).size < order.length)
        throw new AldabaError('custom_profile_fields.conflicted_sie_order');
      const missing: string[] = [];
      for (const { name, sieOrder } of order) if ((await store.moveField(tx, name, sieOrder)) === 0) missing.push(name);
      if (missing.length > 0)
        throw new AldabaError('custom_profile_fields.entity_not_exists_with_names', { names: missing });
      await cache.changed(tx, '');
      return store.findFields(tx);
    }),
  };
}

async function insert(tx: Transaction, draft: ProfileFieldDraft): Promise<ProfileField> {
  requireSound(draft);
  const field = await store.insertField(tx, { id: standardId(), ...draft });
  if (!field) throw new AldabaError('custom_profile_fields.name_exists', { name: draft.name });
  return field;
}

function requireSound(field: ProfileFieldChange & { name: string }): void {
  const problem = findFieldProblem(field);
  if (problem) throw new AldabaError(problem, { name: field.name });
}
