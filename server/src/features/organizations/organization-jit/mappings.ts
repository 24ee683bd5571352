/** The organizations and roles to which the attributes of an enterprise user lead. */
import type { SsoRoleMapping } from '@aldaba/contract';
import type { Transaction } from '../../../store/index.ts';
import type { Organizations } from '../organizations/index.ts';

export interface MappedAttributes {
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

export async function applyMappings(
  organizations: Pick<Organizations, 'addMembers' | 'addRoles' | 'isMember' | 'memberRoles' | 'takeRole'>,
  tx: Transaction,
  userId: string,
  { mappings, attributes }: MappedAttributes,
): Promise<void> {
  const given = rolesBy(mappings.filter((mapping) => matches(mapping, attributes)));
  // In one order, so that concurrent sign-ins do not wait for each other in a ring.
  for (const [organizationId, managed] of [...rolesBy(mappings)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const wanted = given.get(organizationId);
    const isMember = await organizations.isMember(tx, { kind: 'user', organizationId, id: userId });
    if (!wanted && !isMember) continue;
    if (!isMember) await organizations.addMembers(tx, 'user', organizationId, [userId]);
    const member = { kind: 'user', organizationId, id: userId } as const;
    for (const { id } of await organizations.memberRoles(tx, member))
      if (managed.has(id) && !wanted?.has(id)) await organizations.takeRole(tx, member, id);
    if (wanted && wanted.size > 0)
      await organizations.addRoles(tx, { kind: 'user', organizationId, ids: [userId] }, [...wanted].sort());
  }
}
