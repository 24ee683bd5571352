/** The Experience API: JSON for the operator's own pages. Each call is one step; the hosted pages combine several. */
import * as contract from '@aldaba/contract';
import { Empty } from '../../http/answers.ts';
import { writeCookie } from '../../http/cookies.ts';
import type { Caller } from '../../http/guards.ts';
import type { Implement } from '../../http/implement.ts';
import { assertSameOrigin } from '../../http/same-origin.ts';
import type { Request } from '../../http/types.ts';
import { readUpload } from '../../http/upload.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { requireEmail, requirePhone } from '../../kernel/identifiers.ts';
import { readAnswers } from '../extra-profile/answers.ts';
import type { FactorAnswer } from '../factors/second-factor.ts';
import { codeFactorOf, signInFactors } from '../machine/factors.ts';
import { refusalOf } from '../machine/machine.ts';
import type { SecondFactorType } from '../machine/policy.ts';
import type { Challenge, SecondFactorChoices, SignInState } from '../machine/state.ts';
import type { Identifier } from '../needs.ts';
import { hasInteractionCookie } from '../port.ts';
import type { SignIn } from '../steps/index.ts';
import { refuse } from '../steps/run.ts';
import type { FactorMode, FactorUse } from '../steps/second-factors.ts';
import { describeProof } from '../steps/submission.ts';
import { providerRoutes } from './providers/index.ts';

/** Guard of `access: 'interaction'`: refuses cross-site calls; the user is not known yet. */
export async function guardInteraction(request: Request): Promise<Caller> {
  if (request.method !== 'GET') assertSameOrigin(request, () => hasInteractionCookie(request));
  return {};
}

export function experienceRoutes(implement: Implement, signIn: SignIn): void {
  eventRoutes(implement, signIn);
  verificationRoutes(implement, signIn);
  codeRoutes(implement, signIn);
  providerRoutes(implement, signIn);
  passkeyRoutes(implement, signIn);
  factorRoutes(implement, signIn);
  choiceRoutes(implement, signIn);
  accountRoutes(implement, signIn);
}

function eventRoutes(implement: Implement, signIn: SignIn): void {
  implement(contract.startInteraction, async ({ request, body }) => {
    const interaction = await signIn.open(request);
    await signIn.start(interaction, body.interactionEvent);
    await signIn.passCaptcha(interaction, body.captchaToken ?? '');
  });
  implement(contract.changeInteractionEvent, async ({ request, body }) => {
    await signIn.changeIntent(await signIn.open(request), body.interactionEvent);
  });
  implement(contract.getInteraction, async ({ request }) => {
    const interaction = await signIn.open(request);
    const state = signIn.stateOf(interaction);
    const captcha = {
      verified: state.captcha === true,
      skipped: false,
      challenge: await signIn.captchaFor(interaction),
    };
    return { ...describeState(state), captcha };
  });
}

function verificationRoutes(implement: Implement, signIn: SignIn): void {
  implement(contract.verifyPassword, async ({ request, body }) => {
    const { id: verificationId, expired } = await signIn.provePassword(await signIn.open(request), body);
    // What was verified is stored: the user is identified by it, and chooses another password.
    if (expired) throw new AldabaError('password.expired', { verificationId });
    return { verificationId };
  });
  implement(contract.createNewPasswordIdentity, async ({ request, body }) => {
    const given = { username: body.identifier.value, password: body.password };
    const { id: verificationId } = await signIn.proveNewIdentity(await signIn.open(request), given);
    return { verificationId };
  });
  implement(contract.verifyOneTimeTokenProof, async ({ request, body: { identifier, token } }) => {
    const interaction = await signIn.open(request);
    const { intent } = signIn.stateOf(interaction);
    const given = { intent, email: identifier.value, token };
    const { id: verificationId } = await signIn.proveLink(interaction, given);
    return { verificationId };
  });
}

function codeRoutes(implement: Implement, signIn: SignIn): void {
  implement(contract.createVerificationCodeVerification, async ({ request, body }) => {
    const interaction = await signIn.open(request);
    signIn.stateOf(interaction);
    const { interactionEvent: intent } = body;
    const { type, value } = body.identifier;
    const identifier = { type, value: type === 'email' ? requireEmail(value) : requirePhone(value) };
    const locale = await signIn.languageOf(request, interaction);
    return signIn.sendCode(interaction, { identifier, locale, intent });
  });
  implement(contract.verifyVerificationCodeVerification, async ({ request, body }) => {
    const { id: verificationId } = await signIn.verifyCode(await signIn.open(request), body);
    return { verificationId };
  });
}

/** A sign-in with a passkey. */
function passkeyRoutes(implement: Implement, signIn: SignIn): void {
  const ask = async (request: Request, identifier?: Identifier) => {
    const { authenticationOptions, ...asked } = await signIn.askPasskey(await signIn.open(request), identifier);
    return { ...asked, authenticationOptions: { ...authenticationOptions } };
  };
  implement(contract.askAnySignInPasskey, ({ request }) => ask(request));
  implement(contract.askSignInPasskey, ({ request, body }) => ask(request, body.identifier));
  implement(contract.verifySignInPasskey, async ({ request, body }) => {
    const { id: verificationId } = await signIn.verifyPasskey(await signIn.open(request), body);
    return { verificationId };
  });
}

function accountRoutes(implement: Implement, signIn: SignIn): void {
  implement(contract.uploadSignUpAvatar, async ({ request }) => ({
    url: await signIn.uploadPicture(await signIn.open(request), () => readUpload(request)),
  }));
  implement(contract.identify, async ({ request, body }) => {
    const { state, prompt } = await signIn.identify(await signIn.open(request), body);
    if (state.intent !== 'Register') return new Empty(204);
    // What was verified is stored; the account is created as soon as the missing details are added.
    const refusal = state.userId === undefined ? refusalOf(prompt) : undefined;
    return refusal ? refuse(refusal) : new Empty(201);
  });
  implement(contract.submitInteraction, async ({ request, reply }) => {
    const { redirectTo, cookie } = await signIn.submit(await signIn.open(request));
    if (cookie) writeCookie(request, reply, cookie);
    return { redirectTo };
  });
  implement(contract.updateInteractionProfile, async ({ request, body }) => {
    const interaction = await signIn.open(request);
    // Wire: a forgotten password is replaced by a route of its own.
    if (signIn.stateOf(interaction).intent === 'ForgotPassword')
      throw new AldabaError('session.not_supported_for_forgot_password');
    const detail =
      body.type === 'extraProfile'
        ? { type: body.type, profile: readAnswers(interaction.settings.profileFields, body.values) }
        : body;
    await signIn.addDetails(interaction, [detail]);
  });
  implement(contract.replaceInteractionPassword, async ({ request, body }) => {
    await signIn.addDetails(await signIn.open(request), [{ type: 'password', value: body.password }]);
  });
}

/** Second factors of an identified user, shown or set up. */
function factorRoutes(implement: Implement, signIn: SignIn): void {
  /** `unchecked`: the wire leaves it to a later step whether the tenant offers the factor. */
  const session = async (request: Request, { type, mode }: FactorUse, unchecked?: 'unchecked') => {
    const interaction = await signIn.open(request);
    const use = { mode, counts: unchecked ? undefined : type };
    const identified = await signIn.requireIdentified(interaction, use);
    const locale = await signIn.languageOf(request, interaction);
    return signIn.factorSession(identified, { locale, userAgent: request.headers['user-agent'] });
  };
  const begin = async <Type extends SecondFactorType, Mode extends FactorMode>(
    request: Request,
    use: FactorUse<Type, Mode>,
    unchecked?: 'unchecked',
  ) => signIn.secondFactors.begin(await session(request, use, unchecked), use);
  const verify = async (
    request: Request,
    use: FactorUse,
    { verificationId: challengeId, ...answer }: FactorAnswer & { verificationId?: string | undefined },
    unchecked?: 'unchecked',
  ) => {
    const verified = await signIn.secondFactors.verify(await session(request, use, unchecked), use, {
      answer,
      challengeId,
    });
    if (!verified) throw new AldabaError('session.verification_session_not_found');
    return { verificationId: verified.proof.id };
  };

  implement(contract.createTotpSecret, ({ request }) => begin(request, { type: 'Totp', mode: 'bind' }, 'unchecked'));
  implement(contract.verifyTotp, ({ request, body }) => {
    const mode = body.verificationId === undefined ? 'show' : 'bind';
    return verify(request, { type: 'Totp', mode }, body, 'unchecked');
  });
  implement(contract.createWebAuthnRegistration, async ({ request }) => {
    const { registrationOptions, ...begun } = await begin(request, { type: 'WebAuthn', mode: 'bind' });
    return { ...begun, registrationOptions: { ...registrationOptions } };
  });
  implement(contract.verifyWebAuthnRegistration, ({ request, body }) =>
    verify(request, { type: 'WebAuthn', mode: 'bind' }, body),
  );
  implement(contract.createWebAuthnAuthentication, async ({ request }) => {
    const { authenticationOptions, ...begun } = await begin(request, { type: 'WebAuthn', mode: 'show' });
    return { ...begun, authenticationOptions: { ...authenticationOptions } };
  });
  implement(contract.verifyWebAuthnAuthentication, ({ request, body }) =>
    verify(request, { type: 'WebAuthn', mode: 'show' }, body),
  );
  implement(contract.generateBackupCodes, ({ request }) => begin(request, { type: 'BackupCode', mode: 'bind' }));
  implement(contract.verifyBackupCode, ({ request, body }) =>
    verify(request, { type: 'BackupCode', mode: 'show' }, body, 'unchecked'),
  );
  implement(contract.createMfaVerificationCode, ({ request, body: { identifierType: type } }) =>
    begin(request, { type: codeFactorOf({ type }), mode: 'show' }),
  );
  implement(contract.verifyMfaVerificationCode, ({ request, body: { identifierType: type, ...answer } }) =>
    verify(request, { type: codeFactorOf({ type }), mode: 'show' }, answer),
  );
}

function choiceRoutes(implement: Implement, signIn: SignIn): void {
  implement(contract.bindMfaFactor, async ({ request, body }) => {
    const use = { mode: 'show', counts: body.type } as const;
    await signIn.bindFactor(await signIn.requireIdentified(await signIn.open(request), use), body);
  });
  const choose = async (request: Request, choice: keyof SecondFactorChoices): Promise<void> => {
    await signIn.chooseFactors(await signIn.open(request), choice);
  };
  implement(contract.enableMfa, ({ request }) => choose(request, 'enabled'));
  implement(contract.skipMfaBinding, ({ request }) => choose(request, 'skipped'));
  implement(contract.skipMfaSuggestion, ({ request }) => choose(request, 'suggestionSkipped'));
  implement(contract.trustDevice, async ({ request }) => {
    await signIn.trustDevice(await signIn.open(request));
  });
  implement(contract.bindSignInPasskey, async ({ request, body }) => {
    const found = await signIn.requireIdentified(await signIn.open(request), { mode: 'bind' });
    for (const type of signInFactors) await signIn.bindFactor(found, { type, ...body });
  });
  implement(contract.skipSignInPasskey, ({ request }) => choose(request, 'passkeySkipped'));
}

/** The state without secrets: digests, hashes and connector sessions stay inside. */
function describeState(state: SignInState): Omit<contract.ResponseOf<typeof contract.getInteraction>, 'captcha'> {
  const { username, email, phone, name, avatar, identities } = state.profile;
  // The wire has room for one.
  const identity = identities?.at(-1);
  return {
    interactionEvent: state.intent,
    ...(state.userId === undefined ? {} : { userId: state.userId }),
    profile: {
      username,
      name,
      avatar,
      primaryEmail: email,
      primaryPhone: phone,
      ...(identity ? { socialIdentity: { target: identity.target, userInfo: { ...identity.details } } } : {}),
    },
    verificationRecords: [
      ...state.proofs.map((proof) =>
        proof.type === 'Social'
          ? { id: proof.id, type: proof.type, connectorId: proof.connectorId, socialUserInfo: { ...proof.identity } }
          : describeProof(proof),
      ),
      ...state.challenges.flatMap(describeCode),
    ],
    mfa: describeMfa(state),
    ...(state.trustsDevice ? { trustedDevice: { requested: true } } : {}),
  };
}

/** Second factors that the account gets when the sign-in is complete, and what the user decided about them. */
function describeMfa({ newFactors = [], choices = {} }: SignInState) {
  return {
    newFactors: newFactors.map(({ type }) => ({ type })),
    ...(choices.enabled ? { mfaEnabled: true } : {}),
    ...(choices.skipped ? { mfaSkipped: true } : {}),
    ...(choices.suggestionSkipped ? { additionalBindingSuggestionSkipped: true } : {}),
    ...(choices.passkeySkipped ? { passkeySkipped: true } : {}),
  };
}

/**
 * A code that was not verified yet; other challenges are left out. The address of a second factor stays hidden from a
 * user who has shown one factor only.
 */
function describeCode(challenge: Challenge): contract.VerificationRecord[] {
  if (!('identifier' in challenge) || challenge.type === 'SignInPasskey') return [];
  const { id, type } = challenge;
  return [{ id, type, ...('userId' in challenge ? {} : { identifier: challenge.identifier }), verified: false }];
}
