/** Part of the JSON door: second factors of somebody who is identified, shown or set up. */
import {
  bindMfaFactor,
  createMfaVerificationCode,
  createTotpSecret,
  createWebAuthnAuthentication,
  createWebAuthnRegistration,
  enableMfa,
  generateBackupCodes,
  type SignInStepKey,
  skipMfaBinding,
  skipMfaSuggestion,
  verifyBackupCode,
  verifyMfaVerificationCode,
  verifyTotp,
  verifyWebAuthnAuthentication,
  verifyWebAuthnRegistration,
} from '@aldaba/contract';
import type { User } from '../../features/people/users/index.ts';
import type { Implement, Request } from '../../http/index.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { relyingPartyOf } from '../factors/second-factor/index.ts';
import { hasAddress } from '../machine/identification.ts';
import { promptFor, refusalOf } from '../machine/machine.ts';
import { resolvePolicy, type SecondFactorType } from '../machine/policy.ts';
import type { Challenge, ChallengeOf, CodeProof, Proof, SecondFactorChoices, SignInState } from '../machine/state.ts';
import type { Account, SignInEvent } from '../machine/vocabulary.ts';
import type { SignInSettings } from '../needs.ts';
import type { Interaction } from '../port.ts';
import type { SignIn } from '../service.ts';

export function experienceFactorRoutes(implement: Implement, signIn: SignIn): void {
  totpRoutes(implement, signIn);
  newPasskeyRoutes(implement, signIn);
  passkeyRoutes(implement, signIn);
  backupCodeRoutes(implement, signIn);
  codeRoutes(implement, signIn);
  bindingRoutes(implement, signIn);
}

/** Somebody who is identified, and their sign-in. */
interface Identified {
  interaction: Interaction;
  state: SignInState;
  settings: SignInSettings;
  user: User;
  account: Account;
}

/**
 * Finds the person whom a factor is about.
 * @param factor one that has to count here; absent where the wire judges that at the binding
 * @throws AldabaError `session.identifier_not_found`, and `session.mfa.mfa_factor_not_enabled` for one that does not count here
 */
async function identified(signIn: SignIn, request: Request, factor?: SecondFactorType): Promise<Identified> {
  const interaction = await signIn.open(request);
  const state = signIn.stateOf(interaction);
  if (state.intent === 'ForgotPassword') throw new AldabaError('session.not_supported_for_forgot_password');
  if (state.userId === undefined) throw new AldabaError('session.identifier_not_found');
  const { tenant } = interaction;
  const settings = await signIn.settings(tenant);
  if (factor && !settings.mfa.factors.includes(factor)) throw new AldabaError('session.mfa.mfa_factor_not_enabled');
  const user = await signIn.needs.users.find(tenant.db, state.userId);
  if (!user) throw new AldabaError('user.user_not_exist');
  return { interaction, state, settings, user, account: await signIn.accounts.of(interaction, settings, user) };
}

/** The same for factors that are made: the first factor alone prepares nothing about an account that has a second one. */
async function maker(signIn: SignIn, request: Request, factor?: SecondFactorType): Promise<Identified> {
  const person = await identified(signIn, request, factor);
  const prompt = promptFor(person.state, resolvePolicy(person.settings), person.account);
  const refusal = prompt.kind === 'show-factor' ? refusalOf(prompt) : undefined;
  if (refusal) throw new AldabaError(refusal.refused, refusal.data);
  return person;
}

const take = ({ run }: SignIn, { interaction, settings }: Identified, event: SignInEvent) =>
  run(interaction, [event], { settings });

/** Checks what was shown, and takes it for a step. */
async function prove(
  signIn: SignIn,
  person: Identified,
  { key, challengeId }: { key: SignInStepKey; challengeId?: string },
  check: () => Proof | Promise<Proof>,
): Promise<{ verificationId: string }> {
  const proof = await signIn.audit.attempt(person.interaction, { key }, async () => check());
  const { account } = person;
  await take(
    signIn,
    person,
    challengeId === undefined ? { type: 'proved', proof, account } : { type: 'answered', challengeId, proof, account },
  );
  return { verificationId: proof.id };
}

/** The same for what is asked once: a wrong answer spends the question as well. */
async function proveOnce(
  signIn: SignIn,
  person: Identified,
  asked: { key: SignInStepKey; challengeId: string },
  check: () => Promise<Proof>,
): Promise<{ verificationId: string }> {
  return prove(signIn, person, asked, async () => {
    try {
      return await check();
    } catch (error) {
      await take(signIn, person, { type: 'answered', challengeId: asked.challengeId });
      throw error;
    }
  });
}

/** @throws AldabaError `session.verification_session_not_found` */
function challengeOf<Type extends Challenge['type']>(
  { challenges }: SignInState,
  type: Type,
  verificationId: string,
): ChallengeOf<Type> {
  const found = challenges.find((challenge) => challenge.id === verificationId && challenge.type === type);
  if (!found) throw new AldabaError('session.verification_session_not_found');
  return found as ChallengeOf<Type>;
}

function totpRoutes(implement: Implement, signIn: SignIn): void {
  const { secondFactor } = signIn;
  implement(createTotpSecret, async ({ request }) => {
    const person = await maker(signIn, request);
    const { challenge, secret, secretQrCode } = secondFactor.makeTotp(person.interaction, person.user);
    await take(signIn, person, { type: 'challenged', challenge });
    return { verificationId: challenge.id, secret, secretQrCode };
  });
  implement(verifyTotp, async ({ request, body: { code, verificationId } }) => {
    const key = 'Verification.Totp.Submit';
    if (verificationId === undefined) {
      const person = await identified(signIn, request);
      const { interaction, settings, user } = person;
      return prove(signIn, person, { key }, () =>
        secondFactor.showTotp(interaction, settings, { userId: user.id, code }),
      );
    }
    const person = await maker(signIn, request);
    const challenge = challengeOf(person.state, 'NewTotp', verificationId);
    return prove(signIn, person, { key, challengeId: challenge.id }, () =>
      secondFactor.proveTotp(person.interaction, challenge, code),
    );
  });
}

function newPasskeyRoutes(implement: Implement, signIn: SignIn): void {
  const { secondFactor } = signIn;
  implement(createWebAuthnRegistration, async ({ request, tenant }) => {
    const person = await maker(signIn, request, 'WebAuthn');
    const { interaction, user } = person;
    const { challenge, options } = await secondFactor.makePasskey(interaction, user, relyingPartyOf(tenant));
    await take(signIn, person, { type: 'challenged', challenge });
    return { verificationId: challenge.id, registrationOptions: { ...options } };
  });
  implement(verifyWebAuthnRegistration, async ({ request, tenant, body }) => {
    const person = await maker(signIn, request, 'WebAuthn');
    const challenge = challengeOf(person.state, 'NewPasskey', body.verificationId);
    const made = { ...relyingPartyOf(tenant), agent: request.headers['user-agent'] };
    const asked = { key: 'Verification.WebAuthn.Submit', challengeId: challenge.id } as const;
    return proveOnce(signIn, person, asked, () =>
      secondFactor.provePasskey(person.interaction, challenge, body.payload, made),
    );
  });
}

function passkeyRoutes(implement: Implement, signIn: SignIn): void {
  const { secondFactor } = signIn;
  implement(createWebAuthnAuthentication, async ({ request, tenant }) => {
    const person = await identified(signIn, request, 'WebAuthn');
    const { rpId } = relyingPartyOf(tenant);
    const given = { userId: person.user.id, rpId };
    const { challenge, options } = await secondFactor.askPasskey(person.interaction, given);
    await take(signIn, person, { type: 'challenged', challenge });
    return { verificationId: challenge.id, authenticationOptions: { ...options } };
  });
  implement(verifyWebAuthnAuthentication, async ({ request, tenant, body }) => {
    const person = await identified(signIn, request, 'WebAuthn');
    const { interaction, settings, state } = person;
    const challenge = challengeOf(state, 'WebAuthn', body.verificationId);
    const given = { ...relyingPartyOf(tenant), payload: body.payload };
    const asked = { key: 'Verification.WebAuthn.Submit', challengeId: challenge.id } as const;
    return proveOnce(signIn, person, asked, () => secondFactor.showPasskey(interaction, settings, challenge, given));
  });
}

function backupCodeRoutes(implement: Implement, signIn: SignIn): void {
  const { secondFactor } = signIn;
  implement(generateBackupCodes, async ({ request }) => {
    const person = await maker(signIn, request, 'BackupCode');
    const { proof, codes } = secondFactor.makeBackupCodes(person.interaction);
    await take(signIn, person, { type: 'proved', proof, account: person.account });
    return { verificationId: proof.id, codes };
  });
  implement(verifyBackupCode, async ({ request, body: { code } }) => {
    const person = await identified(signIn, request);
    const { interaction, settings, user } = person;
    return prove(signIn, person, { key: 'Verification.BackupCode.Submit' }, () =>
      secondFactor.showBackupCode(interaction, settings, { userId: user.id, code }),
    );
  });
}

const codeTypes = {
  email: { factor: 'EmailVerificationCode', proof: 'MfaEmailVerificationCode' },
  phone: { factor: 'PhoneVerificationCode', proof: 'MfaPhoneVerificationCode' },
} as const;

function codeRoutes(implement: Implement, signIn: SignIn): void {
  const { secondFactor, verificationCode, needs, audit } = signIn;
  implement(createMfaVerificationCode, async ({ request, body: { identifierType: channel } }) => {
    const { factor, proof } = codeTypes[channel];
    const person = await identified(signIn, request, factor);
    const { interaction, user } = person;
    const { uiLocales } = interaction.request;
    const locale = await needs.pages.language(request, uiLocales === undefined ? {} : { uiLocales });
    const challenge = await audit.attempt(interaction, { key: `Verification.${proof}.Create` }, () =>
      secondFactor.sendCode(interaction, { user, channel, locale }),
    );
    await take(signIn, person, { type: 'challenged', challenge });
    return { verificationId: challenge.id };
  });
  implement(verifyMfaVerificationCode, async ({ request, body: { identifierType, verificationId, code } }) => {
    const { factor, proof } = codeTypes[identifierType];
    const person = await identified(signIn, request, factor);
    const { interaction, settings, state } = person;
    const challenge = state.challenges.find(({ id, type }) => id === verificationId && type === proof);
    if (challenge?.type !== 'MfaEmailVerificationCode' && challenge?.type !== 'MfaPhoneVerificationCode')
      throw new AldabaError('session.verification_session_not_found');
    return prove(signIn, person, { key: `Verification.${proof}.Submit`, challengeId: challenge.id }, () =>
      verificationCode.verify(interaction, settings, challenge, code),
    );
  });
}

/** A code to an address is a second factor as soon as the account has the address and, where the choice is theirs, the person wants it. */
async function codeEvents(
  signIn: SignIn,
  { interaction, state, settings, account }: Identified,
  proof: CodeProof,
): Promise<SignInEvent[]> {
  const prompt = promptFor(state, resolvePolicy(settings), account);
  const events: SignInEvent[] = [];
  if (!hasAddress(account, proof)) {
    const owner = await signIn.needs.users.findByIdentifier(interaction.tenant.db, proof.identifier);
    const taken = owner !== undefined && owner.id !== account.id;
    events.push({ type: 'address-added', proofId: proof.id, account, taken });
  }
  if (prompt.kind === 'add-factor' && prompt.skippable && !prompt.additional)
    events.push({ type: 'factor-choice', choice: 'enabled', account });
  return events;
}

function bindingRoutes(implement: Implement, signIn: SignIn): void {
  implement(bindMfaFactor, async ({ request, body: { type, verificationId } }) => {
    const person = await identified(signIn, request, type);
    const proof = person.state.proofs.find(({ id }) => id === verificationId);
    if (type === 'EmailVerificationCode' || type === 'PhoneVerificationCode') {
      if (proof?.type !== type || proof.used) throw new AldabaError('session.verification_session_not_found');
      await signIn.run(person.interaction, await codeEvents(signIn, person, proof), { settings: person.settings });
      return;
    }
    if (!proof || !('factor' in proof) || proof.factor.type !== type)
      throw new AldabaError('session.verification_session_not_found');
    await take(signIn, person, { type: 'factor-added', proofId: proof.id, account: person.account });
  });
  const choose = async (request: Request, choice: keyof SecondFactorChoices): Promise<void> => {
    const interaction = await signIn.open(request);
    const account = await signIn.accountOf(interaction, signIn.stateOf(interaction));
    const settings = await signIn.settings(interaction.tenant);
    await signIn.run(interaction, [{ type: 'factor-choice', choice, ...(account ? { account } : {}) }], { settings });
  };
  implement(enableMfa, ({ request }) => choose(request, 'enabled'));
  implement(skipMfaBinding, ({ request }) => choose(request, 'skipped'));
  implement(skipMfaSuggestion, ({ request }) => choose(request, 'suggestionSkipped'));
}
