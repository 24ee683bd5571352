/**
 * What every second factor implements: asking and checking (`show`) and, for factors that users set up, starting and
 * verifying that (`bind`). Each check of a guessable secret is an attempt (`attempts.ts`); a user has one count of
 * them, separate from those of their identifiers. The caller stores challenges and proofs.
 */
import type { PageView, PlainErrorCode } from '@aldaba/contract';
import type { User } from '../../features/people/users/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { shownPhone } from '../../kernel/identifiers.ts';
import { standardId } from '../../kernel/ids.ts';
import { type Attempts, secondAttemptName } from '../attempts.ts';
import type { Challenge, Proof } from '../machine/state.ts';
import type { SignInNeeds, SignInSettings } from '../needs.ts';
import type { VerificationCodeFactor } from './verification-code/index.ts';
import type { Occasion } from './verification-code/message-context.ts';

/** The user that a second factor belongs to, and where it is asked for. */
export interface FactorSubject extends Occasion {
  settings: SignInSettings;
  user: User;
  /** Language tag of messages. */
  locale?: string | undefined;
  /** The browser, as it names itself. */
  userAgent?: string | undefined;
}

/** What the user gives: a code, or what the browser's ceremony returned as JSON. */
export interface FactorAnswer {
  code?: string | undefined;
  payload?: unknown;
}

/** What is kept until the answer, and what the user is shown. */
interface Begun<Shown> {
  /** Absent where the server generates the factor at once: then `proof` is there. */
  challenge?: Challenge;
  proof?: Proof;
  shown: Shown;
}

export interface Procedure<Shown extends object = object> {
  /** Type of the challenge that an answer belongs to. Absent: the factor is not asked for first. */
  challenge?: Challenge['type'];
  /** Whether a wrong answer uses the challenge up. */
  isAnsweredOnce?: true;
  begin?: (subject: FactorSubject) => Begun<Shown> | Promise<Begun<Shown>>;
  /** What was begun and is not used yet, shown again; undefined when nothing was. */
  resume?: (
    subject: FactorSubject,
    kept: { challenges: readonly Challenge[]; proofs: readonly Proof[] },
  ) => Shown | undefined;
  /**
   * Checks an answer.
   * @param challenge of the type above
   * @throws AldabaError the factor's own code; `session.verification_blocked_too_many_attempts` if the check is an
   * attempt
   */
  verify?: (subject: FactorSubject, answer: FactorAnswer, challenge: Challenge | undefined) => Proof | Promise<Proof>;
}

export interface SecondFactor<ShownToShow extends object = object, ShownToBind extends object = object> {
  show: Procedure<ShownToShow> & { verify: NonNullable<Procedure['verify']> };
  /** Absent for factors that come with an address of the account. */
  bind?: Procedure<ShownToBind>;
  /** What the page of the factor needs in addition to what all factors have. */
  view?: (shown: ShownToShow) => { options: Record<string, unknown> };
  /** The page on which the factor is set up. */
  bindingView?: (shown: ShownToBind) => BindingPage;
}
/** Each kind of page by itself: `Omit` of a union keeps only what all have. */
type Own<View> = View extends PageView ? Omit<View, 'appId' | 'hasOthers' | 'skippable' | 'error'> : never;
export type BindingPage = Own<Extract<PageView, { kind: `bind-${string}` | 'backup-codes' }>>;

export type SecondFactorNeeds = Pick<SignInNeeds, 'secondFactors' | 'clock'> & {
  attempts: Attempts;
  verificationCode: VerificationCodeFactor;
};

/** What the user is called where one name has to do, e.g. by an authenticator. */
export const nameOf = ({
  id,
  username,
  primaryEmail,
  primaryPhone,
  name,
}: Pick<User, 'id' | 'username' | 'primaryEmail' | 'primaryPhone' | 'name'>): string =>
  username ?? primaryEmail ?? (primaryPhone && shownPhone(primaryPhone)) ?? name ?? id;

/** The common members of a challenge or a proof. */
export const newRecord = (clock: Clock) => ({ id: standardId(), createdAt: clock.now(), used: false });

/** Checks as an attempt of the user; returns what was found. @throws AldabaError `refusal` when the check fails */
export async function attemptAs<Shown>(
  attempts: Attempts,
  { tenant, settings, user }: FactorSubject,
  refusal: PlainErrorCode,
  check: () => Promise<Shown | undefined>,
): Promise<Shown> {
  const attempt = { identifier: secondAttemptName(user.id), policy: settings.sentinelPolicy };
  const shown = await attempts.limited(tenant.db, attempt, check);
  if (shown === undefined) throw new AldabaError(refusal);
  return shown;
}

/** A challenge of the type that a procedure declares. @throws TypeError if the caller gave another */
export function ofType<Type extends Challenge['type']>(
  challenge: Challenge | undefined,
  type: Type,
): Extract<Challenge, { type: Type }> {
  if (challenge?.type !== type) throw new TypeError(`Not a challenge of the type ${type}`);
  return challenge as Extract<Challenge, { type: Type }>;
}
