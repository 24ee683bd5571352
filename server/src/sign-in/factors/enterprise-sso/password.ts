/** The password of a company's directory: entered on a page of ours, limited like every password, and never kept. */
import type { BoundSso, SsoAnswer } from '../../../features/enterprise/sso-connectors/index.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { type Attempts, attemptName } from '../../attempts.ts';
import type { SignInNeeds, SignInSettings } from '../../needs.ts';
import type { ProviderOccasion } from '../provider-visit/index.ts';

export type PasswordNeeds = Pick<SignInNeeds, 'users' | 'ssoIdentities'> & { attempts: Attempts };

/** The page that asks for the password, in this sign-in. */
export const passwordPage = ({ tenant, handle }: ProviderOccasion, connectorId: string): string =>
  `${tenant.baseUrl}/single-sign-on/password?${new URLSearchParams({ interaction: handle, connector: connectorId })}`;

/**
 * Attempts are counted for the person, whichever name was typed: together with those at a password of the account, if
 * there is one. Names of no one are counted by themselves, so that both lock alike.
 */
export async function provePassword(
  { users, ssoIdentities, attempts }: PasswordNeeds,
  { tenant, settings }: ProviderOccasion & { settings: SignInSettings },
  given: { connectorId: string; username: string; password: string; prove: BoundSso['prove'] },
): Promise<SsoAnswer> {
  const { connectorId, username, password, prove } = given;
  if (!prove) throw new AldabaError('connector.not_implemented');
  // RFC 4513 section 5.1.2: a directory may accept a name without a password.
  const isAsked = username !== '' && password !== '';
  const answer = isAsked
    ? await prove({ username, password }, async (person, check) => {
        const { email, id: identityId, issuer } = person ?? {};
        const account =
          issuer === undefined || identityId === undefined
            ? undefined
            : await ssoIdentities.findUser(tenant.db, { connectorId, issuer, identityId });
        const value = email ?? username;
        const identifier = { type: value.includes('@') ? 'email' : 'username', value } as const;
        const owner = account ?? (await users.findByIdentifier(tenant.db, identifier));
        const subject = { identifier: attemptName(settings, identifier), account: owner };
        return attempts.limited(tenant.db, { ...subject, policy: settings.sentinelPolicy }, check);
      })
    : undefined;
  if (!answer) throw new AldabaError('session.invalid_credentials');
  return answer;
}
