/**
 * The one-time token factor: an operator made a link for an email address, and its token proves the address. One
 * statement consumes the token, even if the sign-in fails later. Every token that is shown is an attempt
 * (`attempts.ts`) on the address, counted together with its password and codes.
 */
import type { OneTimeToken } from '@aldaba/contract';
import { isForRecovery } from '../../../features/people/one-time-tokens/recovery.ts';
import type { User } from '../../../features/people/users/index.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import { type Attempts, attemptName } from '../../attempts.ts';
import type { Intent, Proof } from '../../machine/state.ts';
import type { SignInNeeds, SignInSettings } from '../../needs.ts';
import type { Interaction } from '../../port.ts';

type Needs = Pick<SignInNeeds, 'oneTimeTokens' | 'users' | 'clock'> & { attempts: Attempts };

/** The user has the address that a link was made for. */
type LinkProof = Extract<Proof, { type: 'OneTimeToken' }>;

export interface OneTimeTokenFactor {
  /**
   * Consumes a token. `user`: the user with the address, if any; `recovers`: whether the link resets a password.
   * @param given.intent absent: the one that the link was made for
   * @throws AldabaError `one_time_token.*`, `session.verification_blocked_too_many_attempts`
   */
  prove: (
    interaction: Interaction,
    settings: SignInSettings,
    given: { intent?: Intent; email: string; token: string },
  ) => Promise<{ proof: LinkProof; user: User | undefined; recovers: boolean }>;
}

export function createOneTimeTokenFactor({ oneTimeTokens, users, clock, attempts }: Needs): OneTimeTokenFactor {
  return {
    async prove({ tenant }, settings, { intent, email, token }) {
      const recovers = intent && intent === 'ForgotPassword';
      const holder = await users.findByIdentifier(tenant.db, { type: 'email', value: email, ignoresCase: true });
      const subject = {
        identifier: attemptName(settings, { type: 'email', value: email }),
        account: holder,
        policy: settings.sentinelPolicy,
      };
      let refusal: unknown;
      const consumed = await attempts.limited<OneTimeToken>(tenant.db, subject, async () => {
        try {
          return await oneTimeTokens.consume(tenant.db, { token, email, recovers });
        } catch (error) {
          // An attempt that was not judged does not count.
          if (!isRefusedLink(error)) throw error;
          refusal = error;
          return undefined;
        }
      });
      if (!consumed) throw refusal;
      const identifier = { type: 'email' as const, value: consumed.email };
      const user = await users.findByIdentifier(tenant.db, { ...identifier, ignoresCase: true });
      const { jitOrganizationIds: organizationIds = [] } = consumed.context;
      const facts = { id: standardId(), createdAt: clock.now(), used: false };
      return {
        proof: { ...facts, type: 'OneTimeToken', identifier, organizationIds },
        user,
        recovers: isForRecovery(consumed),
      };
    },
  };
}

/** Whether the link itself is invalid. */
const isRefusedLink = (error: unknown): error is AldabaError =>
  error instanceof AldabaError && error.code.startsWith('one_time_token.');
