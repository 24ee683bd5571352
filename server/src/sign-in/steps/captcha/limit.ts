/** The limit on wrong answers to captchas: each may cost the operator a request to a service. */
import { currentOrigin } from '../../../kernel/origin.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { createAttempts } from '../../attempts.ts';
import type { SignInNeeds } from '../../needs.ts';

/** Wrong answers from one address, and the minutes that it waits then. */
const policy = { maxAttempts: 30, lockoutDuration: 10 };

/**
 * Judges an answer unless its address has to wait. A check that throws does not count.
 * @param judge returns why the answer is wrong
 * @throws AldabaError `session.verification_blocked_too_many_attempts`
 */
export type LimitCaptchas = (tenant: Tenant, judge: () => Promise<string | undefined>) => Promise<string | undefined>;

export function createCaptchaLimit({ clock }: Pick<SignInNeeds, 'clock'>): LimitCaptchas {
  // Without a webhook: what is locked is an address, not an account.
  const attempts = createAttempts({ clock, events: { publish: async () => undefined } });
  return async (tenant, judge) => {
    const identifier = `captcha ${currentOrigin()?.networks.client}`;
    let reason: string | undefined;
    await attempts.limited(tenant.db, { identifier, policy }, async () => {
      reason = await judge();
      return reason === undefined ? true : undefined;
    });
    return reason;
  };
}
