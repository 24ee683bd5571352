/** Passkeys (Web Authentication Level 3): one answer counts for each challenge, whether it is right or wrong. */
import { verifyWebAuthnAuthentication, verifyWebAuthnRegistration } from '@aldaba/contract';
import type { AuthenticationOptions, RegistrationOptions } from '../../../features/people/mfa-verifications/index.ts';
import { relyingPartyOf } from '../../../features/people/mfa-verifications/relying-party.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import {
  attemptAs,
  type FactorSubject,
  nameOf,
  newRecord,
  ofType,
  type SecondFactor,
  type SecondFactorNeeds,
} from '../second-factor.ts';

export const refusal = 'session.mfa.webauthn_verification_failed';

/**
 * What a browser's ceremony returned. @throws AldabaError `session.mfa.webauthn_verification_failed` for anything else
 */
export function payloadOf<T>(
  schema: { safeParse: (value: unknown) => { success: true; data: T } | { success: false } },
  payload: unknown,
): T {
  const parsed = schema.safeParse(payload);
  if (!parsed.success) throw new AldabaError(refusal);
  return parsed.data;
}

/** The page may be at any of the origins that the tenant names. */
export const expectedOf = ({ tenant, settings }: Pick<FactorSubject, 'tenant' | 'settings'>) => {
  const { rpId, origin } = relyingPartyOf(tenant);
  return { rpId, origin: settings.passkeyOrigins ?? origin };
};

export function createPasskey({ secondFactors, attempts, clock }: SecondFactorNeeds) {
  return {
    show: {
      challenge: 'WebAuthn',
      isAnsweredOnce: true,
      async begin({ tenant, user: { id: userId } }) {
        const { rpId } = relyingPartyOf(tenant);
        const { options, challenge } = await secondFactors.authenticationOptions(tenant, { rpId, userId });
        // Without a list browsers offer any passkey that they have, and none of them would count.
        if (!options.allowCredentials?.length) throw new AldabaError('session.mfa.mfa_factor_not_enabled');
        const { used: _, ...facts } = newRecord(clock);
        return {
          challenge: { ...facts, type: 'WebAuthn', challenge, userId },
          shown: { authenticationOptions: options },
        };
      },
      async verify(subject, answer, given) {
        const { id, challenge, userId } = ofType(given, 'WebAuthn');
        const payload = payloadOf(verifyWebAuthnAuthentication.body.shape.payload, answer.payload);
        const expected = { ...expectedOf(subject), challenge, userId };
        const { factorId } = await attemptAs(attempts, subject, refusal, () =>
          secondFactors.verifyAuthentication(subject.tenant, payload, expected),
        );
        return { ...newRecord(clock), id, type: 'WebAuthn', userId, factorId };
      },
    },
    bind: {
      challenge: 'NewPasskey',
      isAnsweredOnce: true,
      async begin({ tenant, user, settings }) {
        const { rpId } = relyingPartyOf(tenant);
        const name = nameOf(user);
        const { options, challenge } = await secondFactors.registrationOptions(
          tenant,
          { id: user.id, name, displayName: user.name ?? name },
          // Only a discoverable passkey signs in without an identifier.
          { rpId, residentKey: settings.passkeySignIn.enabled ? 'required' : 'preferred' },
        );
        const { used: _, ...facts } = newRecord(clock);
        return { challenge: { ...facts, type: 'NewPasskey', challenge }, shown: { registrationOptions: options } };
      },
      async verify(subject, answer, given) {
        const { id, challenge } = ofType(given, 'NewPasskey');
        const payload = payloadOf(verifyWebAuthnRegistration.body.shape.payload, answer.payload);
        const expected = { ...expectedOf(subject), challenge, agent: subject.userAgent };
        const passkey = await secondFactors.verifyRegistration(payload, expected);
        if (!passkey) throw new AldabaError(refusal);
        return { ...newRecord(clock), id, type: 'NewPasskey', factor: { type: 'WebAuthn', passkey } };
      },
    },
    view: ({ authenticationOptions }) => ({ options: { ...authenticationOptions } }),
    bindingView: ({ registrationOptions }) => ({ kind: 'bind-passkey', options: { ...registrationOptions } }),
  } satisfies SecondFactor<
    { authenticationOptions: AuthenticationOptions },
    { registrationOptions: RegistrationOptions }
  >;
}
