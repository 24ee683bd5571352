/** Where a sign-in asks for a captcha: before the first step that a program would repeat. Pure. */
import type { SignInPolicy } from '../policy.ts';
import type { Challenge, Proof, SignInState } from '../state.ts';
import type { Refusal, SignInEvent } from '../vocabulary.ts';

/** First factors that a program can try or order in bulk. Providers, passkeys and links of the operator are not. */
const guarded: readonly (Proof | Challenge)['type'][] = [
  'Password',
  'NewPasswordIdentity',
  'EmailVerificationCode',
  'PhoneVerificationCode',
];

/** Whether a captcha is asked for now: it was not passed, and nothing else let the user past the first step. */
export const needsCaptcha = (state: SignInState | undefined, { captcha }: Pick<SignInPolicy, 'captcha'>): boolean =>
  captcha &&
  state?.captcha === undefined &&
  state?.userId === undefined &&
  Object.keys(state?.profile ?? {}).length === 0;

/** Whether an event is part of a first step. An answer to a challenge is not: the challenge was. */
function isGuarded(event: SignInEvent): boolean {
  switch (event.type) {
    case 'identifier-given':
    case 'username-chosen':
    case 'password-chosen':
    case 'profile-added':
      return true;
    case 'proved':
      return guarded.includes(event.proof.type);
    case 'challenged':
      return guarded.includes(event.challenge.type);
    case 'identified':
      return event.proofId === undefined;
    default:
      return false;
  }
}

/** The refusal of an event before the captcha was passed. */
export const captchaRefusal = (
  state: SignInState | undefined,
  event: SignInEvent,
  policy: Pick<SignInPolicy, 'captcha'>,
): Refusal | undefined =>
  isGuarded(event) && needsCaptcha(state, policy) ? { refused: 'session.captcha_required' } : undefined;
