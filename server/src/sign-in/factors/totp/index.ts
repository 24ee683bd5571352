/**
 * Codes of an authenticator app (RFC 6238). A code counts once; a new app proves with a code that it has the secret.
 */
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

const refusal = 'session.mfa.invalid_totp_code';

/** What an authenticator app scans, or the user types into it. */
interface TotpSecret {
  /** base32. */
  secret: string;
  /** A PNG as a data URL. */
  secretQrCode: string;
}

export function createTotp({ secondFactors, attempts, clock }: SecondFactorNeeds) {
  const labelOf = ({ tenant, user }: FactorSubject) => ({
    issuer: new URL(tenant.baseUrl).host,
    account: nameOf(user),
  });
  return {
    show: {
      async verify(subject, { code = '' }) {
        const { tenant, user } = subject;
        const check = () => secondFactors.useTotp(tenant, user.id, code);
        const factorId = await attemptAs(attempts, subject, refusal, check);
        return { ...newRecord(clock), type: 'Totp', userId: user.id, factorId };
      },
    },
    bind: {
      challenge: 'NewTotp',
      begin(subject) {
        const { secretSealed, ...shown } = secondFactors.newTotp(subject.tenant, labelOf(subject));
        const { used: _, ...facts } = newRecord(clock);
        return { challenge: { ...facts, type: 'NewTotp', secretSealed }, shown };
      },
      resume(subject, { challenges }) {
        const begun = challenges.find((known) => known.type === 'NewTotp');
        return begun && secondFactors.showNewTotp(subject.tenant, begun.secretSealed, labelOf(subject));
      },
      // Nothing to guess: the user has just seen the secret.
      verify({ tenant }, { code = '' }, challenge) {
        const { id, secretSealed } = ofType(challenge, 'NewTotp');
        const step = secondFactors.checkNewTotp(tenant, secretSealed, code);
        if (step === undefined) throw new AldabaError(refusal);
        return { ...newRecord(clock), id, type: 'NewTotp', factor: { type: 'Totp', secretSealed, step } };
      },
    },
    bindingView: ({ secret, secretQrCode }) => ({ kind: 'bind-app', secret, qrCode: secretQrCode }),
  } satisfies SecondFactor<object, TotpSecret>;
}
