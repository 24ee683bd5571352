import type { Client } from '../features/applications/applications/index.ts';
import type { Subject } from '../features/people/users/index.ts';
import type { Queries } from '../store/index.ts';
import { needsMembership, type RequestedClaims } from './claims.ts';
import type { OidcNeeds } from './needs.ts';

/**
 * The user whom claims are about, with roles, organizations and company identities if a scope requests them, or with
 * the details for a script: always one statement. Undefined for deleted or suspended users. A third party sees only the
 * organizations that the user selected at consent: the others are not read, so no claim can reveal them; the details
 * are for the operator's own script.
 */
export async function findActiveSubject(
  { users }: Pick<OidcNeeds, 'users'>,
  q: Queries,
  who: {
    userId: string;
    scopes: readonly string[];
    client: Pick<Client, 'id' | 'isThirdParty'>;
    /** Claims requested in addition to the scopes. */
    requested?: RequestedClaims | undefined;
    isDetailed?: boolean;
  },
): Promise<Subject | undefined> {
  const { userId, scopes, requested, client } = who;
  const thirdPartyId = client.isThirdParty ? client.id : undefined;
  const subject = who.isDetailed
    ? await users.findDetailedSubject(q, userId, thirdPartyId)
    : needsMembership(scopes, requested)
      ? await users.findSubject(q, userId, thirdPartyId)
      : await users.findBareSubject(q, userId);
  return subject?.user.isSuspended ? undefined : subject;
}
