/** The organizations and roles to which the attributes of an enterprise user lead. */
import type { SsoRoleMapping } from '@aldaba/contract';
import type { Transaction } from '../../../store/index.ts';
import type { Organizations } from '../organizations/index.ts';
import * as store from './given-roles-store.ts';

export interface MappedAttributes {
  /** Whose mappings they are. */
  connectorId: string;
  mappings: readonly SsoRoleMapping[];
  /** What the provider reported about the user. */
  attributes: Readonly<Record<string, unknown>>;
}

/** Whether an attribute has a value: alone, or among several. */
function matches({ attribute, value }: SsoRoleMapping, attributes: MappedAttributes['attributes']): boolean {
  const told = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
  return [told].flat().some((each) => ['string', 'number', 'boolean'].includes(typeof each) && String(each) === value);
}

/** The roles that mappings give in each organization. */
function rolesBy(mappings: readonly SsoRoleMapping[]): Map<string, Set<string>> {
  const roles = new Map<string, Set<string>>();
  for (const { organizationId, organizationRoleIds } of mappings) {
    const known = roles.get(organizationId) ?? new Set();
    for (const id of organizationRoleIds) known.add(id);
    roles.set(organizationId, known);
  }
  return roles;
}

const none: ReadonlySet<string> = new Set();

export async function applyMappings(
  organizations: Pick<Organizations, 'addMembers' | 'addRoles' | 'lockMember' | 'memberRoles' | 'takeRole'>,
  tx: Transaction,
  userId: string,
  { connectorId, mappings, attributes }: MappedAttributes,
): Promise<void> {
  const wanted = rolesBy(mappings.filter((mapping) => matches(mapping, attributes)));
  const known = await store.findGivenRoles(tx, { userId, connectorId });
  // In one order, so that concurrent sign-ins do not wait for each other in a ring.
  for (const organizationId of [...new Set([...wanted.keys(), ...known.keys()])].sort()) {
    const member = { kind: 'user', organizationId, id: userId } as const;
    if (!(await organizations.lockMember(tx, member))) {
      // Given roles end with the membership.
      if (!wanted.has(organizationId)) continue;
      await organizations.addMembers(tx, 'user', organizationId, [userId]);
    }
    // Read again: an operator, or a sign-in by another connector, may have changed them before the lock.
    const given = await store.findGivenRoles(tx, { userId, connectorId });
    const roles = wanted.get(organizationId) ?? none;
    const key = { userId, connectorId, organizationId };
    for (const id of given.get(organizationId) ?? none)
      if (!roles.has(id) && (await store.forgetGivenRole(tx, key, id))) await organizations.takeRole(tx, member, id);
    const had = new Set((await organizations.memberRoles(tx, member)).map(({ id }) => id));
    const missing = [...roles].filter((id) => !had.has(id)).sort();
    if (missing.length > 0) await organizations.addRoles(tx, { kind: 'user', organizationId, ids: [userId] }, missing);
    await store.noteGivenRoles(tx, key, { missing, wanted: [...roles] });
  }
}
