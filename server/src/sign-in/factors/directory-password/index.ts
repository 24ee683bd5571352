/** The password of a company's directory: entered on a page of ours, limited like every password, and never kept. */
import type { LimitAttempts } from '../../../features/enterprise/sso-connectors/index.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import { type Attempts, attemptName } from '../../attempts.ts';
import type { SignInNeeds, SignInSettings } from '../../needs.ts';
import type { ProviderOccasion } from '../provider-visit/index.ts';
import { createSsoProofs, type SsoProof } from '../sso-person/index.ts';

type Needs = Pick<SignInNeeds, 'users' | 'ssoIdentities' | 'ssoConnectors' | 'tokenSets' | 'clock'> & {
  attempts: Attempts;
};
type Occasion = ProviderOccasion & { settings: SignInSettings };

export interface DirectoryPasswordFactor {
  /**
   * Checks a password with the directory of a connector.
   * @throws AldabaError `single_sign_on.invalid_credentials` for unknown people, wrong passwords and locked accounts,
   *   `single_sign_on.password_expired` and `single_sign_on.account_disabled` after the right password,
   *   `session.verification_blocked_too_many_attempts`, `session.invalid_connector_id`, `connector.not_implemented` for
   *   a connector of another kind, `connector.*` when the directory does not answer
   */
  prove: (occasion: Occasion, given: { connectorId: string; username: string; password: string }) => Promise<SsoProof>;
}

/** The page that asks for the password, in this sign-in. */
export const passwordPage = ({ tenant, handle }: ProviderOccasion, connectorId: string): string =>
  `${tenant.baseUrl}/single-sign-on/password?${new URLSearchParams({ interaction: handle, connector: connectorId })}`;

export function createDirectoryPasswordFactor(needs: Needs): DirectoryPasswordFactor {
  const proofOf = createSsoProofs(needs);
  return {
    async prove(occasion, { connectorId, username, password }) {
      const connection = await needs.ssoConnectors.connection(occasion.tenant, connectorId);
      if (!connection) throw new AldabaError('session.invalid_connector_id', { connectorId });
      if (!connection.prove) throw new AldabaError('connector.not_implemented');
      // RFC 4513 section 5.1.2: a directory may accept a name without a password.
      const isAsked = username !== '' && password !== '';
      const limited = limitedFor(needs, occasion, { connectorId, username });
      const answer = isAsked ? await connection.prove({ username, password }, limited) : undefined;
      if (!answer) throw new AldabaError('single_sign_on.invalid_credentials');
      return { ...proofOf(occasion, { id: standardId(), row: connection.row }, answer), amr: 'pwd' };
    },
  };
}

/**
 * Attempts are counted for the person, whichever name was typed: together with those at a password of the account, if
 * there is one. Names of no one are counted by themselves, so that both lock alike.
 */
function limitedFor(
  { users, ssoIdentities, attempts }: Needs,
  { tenant, settings }: Occasion,
  { connectorId, username }: { connectorId: string; username: string },
): LimitAttempts {
  return async (person, check) => {
    const linked =
      person &&
      (await ssoIdentities.findUser(tenant.db, { connectorId, issuer: person.issuer, identityId: person.id }));
    const value = person?.email ?? username;
    const identifier = { type: value.includes('@') ? 'email' : 'username', value } as const;
    const account = linked ?? (await users.findByIdentifier(tenant.db, identifier));
    const subject = { identifier: attemptName(settings, identifier), account, policy: settings.sentinelPolicy };
    return attempts.limited(tenant.db, subject, check);
  };
}
