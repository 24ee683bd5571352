/** Separates what the operations of a PATCH do to the members of a group from the rest. Pure. */
import { type ScimPatchOperation, scimResourceTypes } from '@aldaba/contract/scim';
import type { Values } from './attributes.ts';
import { invalid } from './errors.ts';
import { parsePath } from './filter.ts';
import { isObject, readValue } from './input.ts';
import { matchesValue } from './match.ts';

/** The net effect: first `replaced`, then `added` and `removed`, of which no id is in both. */
export interface MemberChanges {
  replaced: Set<string> | undefined;
  added: Set<string>;
  removed: Set<string>;
}

const type = scimResourceTypes.groups;
const members = type.schema.attributes.find(({ name }) => name === 'members') as NonNullable<
  (typeof type.schema.attributes)[number]
>;

/** @param read the group with its members, for filters that need more than the value */
export async function changesOfMembers(
  operations: readonly ScimPatchOperation[],
  read: () => Promise<Values>,
): Promise<{ members: MemberChanges; others: ScimPatchOperation[] }> {
  const changes: MemberChanges = { replaced: undefined, added: new Set(), removed: new Set() };
  const others: ScimPatchOperation[] = [];
  for (const operation of operations) {
    const { op, path, value } = operation;
    if (path === undefined || path.trim() === '') {
      const [listed, rest] = withoutMembers(value);
      if (op !== 'remove' && listed !== undefined) change(changes, op, idsOf(listed));
      others.push({ ...operation, value: rest });
      continue;
    }
    const { path: at, filter } = parsePath(type, path);
    if (at?.attribute !== members) {
      others.push(operation);
      continue;
    }
    if (at.sub) throw invalid('mutability', 'The attributes of a member cannot be changed.');
    if (!filter) {
      // Microsoft Entra ID names the members to remove in the value; without one, all are removed.
      if (op === 'remove' && (value === undefined || value === null)) change(changes, 'replace', []);
      else change(changes, op, idsOf(value));
      continue;
    }
    if (op !== 'remove') throw invalid('mutability', 'The attributes of a member cannot be changed.');
    if (filter.op === 'eq' && filter.target.name === 'value' && typeof filter.value === 'string')
      change(changes, 'remove', [filter.value]);
    else {
      const current = ((await read()).members ?? []) as Values[];
      change(
        changes,
        'remove',
        current.filter((one) => matchesValue(filter, one)).map((one) => one.value as string),
      );
    }
  }
  return { members: changes, others };
}

function withoutMembers(value: unknown): [members: unknown, rest: unknown] {
  if (!isObject(value)) return [undefined, value];
  const name = Object.keys(value).find((key) => key.toLowerCase() === 'members');
  if (name === undefined) return [undefined, value];
  const { [name]: listed, ...rest } = value;
  return [listed, rest];
}

const idsOf = (value: unknown): string[] => memberIdsOf(readValue(members, value));

/**
 * The ids of members as they were read.
 * @throws ScimError `invalidValue` for a member that is said to be a group
 */
export const memberIdsOf = (given: unknown): string[] =>
  ((given ?? []) as Values[]).map(({ value, type: kind = 'User' }) => {
    if ((kind as string).toLowerCase() === 'user') return value as string;
    throw invalid(
      'invalidValue',
      `The member ${(value as string).slice(0, 80)} is not a user. Groups have users only.`,
    );
  });

function change(changes: MemberChanges, op: ScimPatchOperation['op'], ids: readonly string[]): void {
  if (op === 'replace') {
    changes.replaced = new Set(ids);
    changes.added.clear();
    changes.removed.clear();
    return;
  }
  const [into, outOf] = op === 'add' ? [changes.added, changes.removed] : [changes.removed, changes.added];
  for (const id of ids) {
    into.add(id);
    outOf.delete(id);
  }
}
