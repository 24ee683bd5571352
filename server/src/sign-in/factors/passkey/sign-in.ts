/**
 * The passkey that signs in: it names the user and, because the device verifies the user, stands for two factors. Asked
 * with an identifier, a passkey of that account has to answer; without one, any discoverable passkey (Web
 * Authentication Level 3 section 6.2.2). One answer counts for each challenge, whether it is right or wrong.
 */
import { verifySignInPasskey } from '@aldaba/contract';
import type { AuthenticationOptions } from '../../../features/people/mfa-verifications/index.ts';
import { relyingPartyOf } from '../../../features/people/mfa-verifications/relying-party.ts';
import type { User } from '../../../features/people/users/index.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { type Attempts, attemptName, passkeyAttemptName } from '../../attempts.ts';
import { type ChallengeOf, maximumAge, type Proof } from '../../machine/state.ts';
import type { Identifier, SignInNeeds, SignInSettings } from '../../needs.ts';
import { expectedOf, payloadOf, refusal } from './index.ts';

type Needs = Pick<SignInNeeds, 'secondFactors' | 'users' | 'vault' | 'clock'> & { attempts: Attempts };
export type PasskeyChallenge = ChallengeOf<'SignInPasskey'>;
type PasskeyProof = Extract<Proof, { type: 'SignInPasskey' }>;

export interface SignInPasskeyFactor {
  /**
   * Asks for any passkey, or with `identifier` for one of its account. The options are alike for unknown identifiers
   * and for accounts without passkeys (section 14.6.2).
   * @throws AldabaError `user.sign_in_method_not_enabled`, `session.mfa.webauthn_address_not_supported`
   */
  begin: (
    tenant: Tenant,
    settings: SignInSettings,
    identifier?: Identifier,
  ) => Promise<{ challenge: PasskeyChallenge; options: AuthenticationOptions }>;
  /**
   * Checks what the browser returned.
   * @throws AldabaError as `begin`; `session.mfa.webauthn_verification_failed`,
   *   `session.verification_blocked_too_many_attempts`
   */
  verify: (
    tenant: Tenant,
    settings: SignInSettings,
    given: { challenge: PasskeyChallenge; payload: unknown },
  ) => Promise<{ proof: PasskeyProof; user: User }>;
}

export function createSignInPasskeyFactor(needs: Needs): SignInPasskeyFactor {
  const { secondFactors, users, vault, clock, attempts } = needs;
  const assertEnabled = (settings: SignInSettings) => {
    if (!settings.passkeySignIn.enabled) throw new AldabaError('user.sign_in_method_not_enabled');
  };
  return {
    async begin(tenant, settings, identifier) {
      assertEnabled(settings);
      const { rpId } = relyingPartyOf(tenant);
      const facts = { id: standardId(), type: 'SignInPasskey' as const, createdAt: clock.now() };
      if (!identifier) {
        const { options, challenge } = await secondFactors.authenticationOptions(tenant, { rpId });
        return { challenge: { ...facts, challenge }, options };
      }
      const user = await users.findByIdentifier(tenant.db, { ...identifier, ignoresCase: true });
      // Looked up for unknown identifiers too, so that the answer takes as long.
      const asked = await secondFactors.authenticationOptions(tenant, { rpId, userId: user?.id ?? '' });
      const name = attemptName(settings, identifier);
      const { type, value } = identifier;
      return {
        challenge: {
          ...facts,
          challenge: asked.challenge,
          identifier: { type, value },
          ...(user ? { userId: user.id } : {}),
        },
        options: asked.options.allowCredentials?.length
          ? asked.options
          : {
              ...asked.options,
              allowCredentials: [imaginary(vault.sign(`${tenant.id} ${name}`, 'imaginary-passkey'))],
            },
      };
    },
    async verify(tenant, settings, { challenge: asked, payload: given }) {
      assertEnabled(settings);
      const payload = payloadOf(verifySignInPasskey.body.shape.payload, given);
      if (clock.now() - asked.createdAt > maximumAge) throw new AldabaError(refusal);
      const { challenge, identifier, userId = '' } = asked;
      const expected = { ...expectedOf({ tenant, settings }), challenge, ...(identifier ? { userId } : {}) };
      const subject = { identifier: passkeyAttemptName(payload.id), policy: settings.sentinelPolicy };
      const shown = await attempts.limited(tenant.db, subject, () =>
        secondFactors.verifyAuthentication(tenant, payload, expected),
      );
      const user = shown && (await users.find(tenant.db, shown.userId));
      if (!user) throw new AldabaError(refusal);
      return {
        proof: {
          id: asked.id,
          type: 'SignInPasskey',
          createdAt: clock.now(),
          used: false,
          userId: user.id,
          factorId: shown.factorId,
        },
        user,
      };
    },
  };
}

/** What a device would return for a passkey that does not exist: the same for an identifier each time. */
const imaginary = (id: string) => ({
  id,
  type: 'public-key' as const,
  transports: ['internal' as const, 'hybrid' as const],
});
