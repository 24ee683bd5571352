import type { Client } from '../features/applications/applications/index.ts';
import type { Subject } from '../features/people/users/index.ts';
import type { Queries } from '../store/index.ts';
import { needsMembership, type RequestedClaims } from './claims.ts';
import type { OidcNeeds } from './needs.ts';

/**
 * The person whom claims are about, with roles and organizations where a scope asks for them, or with the details for a
 * script: one statement any way. Undefined for who was deleted or is suspended. A third party learns of those organizations
 * only that the person ticked at consent: the others are not read, so no claim can tell of them; the details are for the
 * operator's own script.
 */
export async function findActiveSubject(
  { users }: Pick<OidcNeeds, 'users'>,
  q: Queries,
  who: {
    userId: string;
    scopes: readonly string[];
    client: Pick<Client, 'id' | 'isThirdParty'>;
    /** Asked for beside the scopes. */
    requested?: RequestedClaims | undefined;
    isDetailed?: boolean;
  },
): Promise<Subject | undefined> {
  if (who.isDetailed || needsMembership(who.scopes, who.requested)) {
    const find = who.isDetailed ? users.findDetailedSubject : users.findSubject;
    const subject = await find(q, who.userId, who.client.isThirdParty ? who.client.id : undefined);
    return subject?.user.isSuspended ? undefined : subject;
  }
  const user = await users.find(q, who.userId);
  return user && !user.isSuspended ? { user, roleNames: [], organizations: [] } : undefined;
}
