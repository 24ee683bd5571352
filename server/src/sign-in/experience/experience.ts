/** The JSON door: the Experience API. Each call is one step of the machine; the pages do several at once. */
import {
  changeInteractionEvent,
  createNewPasswordIdentity,
  createSocialAuthorizationUri,
  getInteraction,
  identify,
  type ResponseOf,
  replaceInteractionPassword,
  startInteraction,
  submitInteraction,
  updateInteractionProfile,
  type VerificationRecord,
  verifyPassword,
  verifySocial,
} from '@aldaba/contract';
import type { User } from '../../features/people/users/index.ts';
import { Empty } from '../../http/answers.ts';
import type { Caller } from '../../http/guards.ts';
import type { Implement } from '../../http/implement.ts';
import { assertSameOrigin } from '../../http/same-origin.ts';
import type { Request } from '../../http/types.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { readAnswers } from '../extra-profile/index.ts';
import { knownOf } from '../factors/password/index.ts';
import { replacesPassword } from '../machine/details.ts';
import { refusalOf } from '../machine/machine.ts';
import { type Challenge, isCodeProof, type Proof, provesAddress, type SignInState } from '../machine/state.ts';
import type { Account, SignInEvent } from '../machine/vocabulary.ts';
import { hasInteractionCookie, type Interaction } from '../port.ts';
import { refuse } from '../run.ts';
import type { SignIn } from '../service.ts';
import { describeProof } from '../submission.ts';
import { experienceCodeRoutes } from './experience-codes.ts';
import { experienceFactorRoutes } from './experience-factors.ts';
import { experienceOneTimeTokenRoutes } from './experience-one-time-token.ts';

/** Guard of `access: 'interaction'`: calls that another site made the browser send are refused; who signs in is not known yet. */
export async function guardInteraction(request: Request): Promise<Caller> {
  if (request.method !== 'GET') assertSameOrigin(request, () => hasInteractionCookie(request));
  return {};
}

export function experienceRoutes(implement: Implement, signIn: SignIn): void {
  eventRoutes(implement, signIn);
  passwordRoutes(implement, signIn);
  socialRoutes(implement, signIn);
  experienceCodeRoutes(implement, signIn);
  experienceFactorRoutes(implement, signIn);
  experienceOneTimeTokenRoutes(implement, signIn);
  accountRoutes(implement, signIn);
  profileRoutes(implement, signIn);
}

/** One step, stored. */
const take = async (signIn: SignIn, interaction: Interaction, events: SignInEvent[]) =>
  signIn.run(interaction, events, { settings: await signIn.settings(interaction.tenant) });

function eventRoutes(implement: Implement, signIn: SignIn): void {
  implement(startInteraction, async ({ request, body }) => {
    await take(signIn, await signIn.open(request), [{ type: 'started', intent: body.interactionEvent }]);
  });
  implement(changeInteractionEvent, async ({ request, body }) => {
    await take(signIn, await signIn.open(request), [{ type: 'intent-changed', intent: body.interactionEvent }]);
  });
  implement(getInteraction, async ({ request }) => describeState(signIn.stateOf(await signIn.open(request))));
}

function passwordRoutes(implement: Implement, signIn: SignIn): void {
  implement(verifyPassword, async ({ tenant, request, body }) => {
    const interaction = await signIn.open(request);
    signIn.stateOf(interaction);
    const { proof, renewedPassword } = await signIn.audit.attempt(
      interaction,
      { key: 'Verification.Password.Submit', params: { identifier: body.identifier } },
      async () => signIn.password.prove(tenant, await signIn.settings(tenant), body),
    );
    await take(signIn, interaction, [
      { type: 'proved', proof, ...(renewedPassword === undefined ? {} : { renewedPassword }) },
    ]);
    // What was proved is stored: the person is identified by it, and chooses another password.
    if (proof.type === 'Password' && proof.expired)
      throw new AldabaError('password.expired', { verificationId: proof.id });
    return { verificationId: proof.id };
  });
  implement(createNewPasswordIdentity, async ({ tenant, request, body }) => {
    const interaction = await signIn.open(request);
    signIn.stateOf(interaction);
    const given = { username: body.identifier.value, password: body.password };
    const proof = await signIn.audit.attempt(
      interaction,
      { key: 'Verification.NewPasswordIdentity.Submit', params: { username: given.username } },
      async () => signIn.password.chooseIdentity(tenant, await signIn.settings(tenant), given),
    );
    await take(signIn, interaction, [{ type: 'proved', proof }]);
    return { verificationId: proof.id };
  });
}

function socialRoutes(implement: Implement, signIn: SignIn): void {
  implement(createSocialAuthorizationUri, async ({ request, params, body }) => {
    const interaction = await signIn.open(request);
    signIn.stateOf(interaction);
    const begun = await signIn.social
      .begin(interaction, { ...params, ...body, keepsState: false, userAgent: request.headers['user-agent'] })
      .catch((error: unknown) => {
        // Wire: an unknown connector is a missing entity here, and an invalid one at the verification.
        throw error instanceof AldabaError && error.code === 'session.invalid_connector_id'
          ? new AldabaError('entity.not_found')
          : error;
      });
    await take(signIn, interaction, [{ type: 'challenged', challenge: begun.challenge }]);
    return { authorizationUri: begun.authorizationUri, verificationId: begun.challenge.id };
  });
  implement(verifySocial, async ({ request, params, body }) => {
    const interaction = await signIn.open(request);
    const challenge = signIn.stateOf(interaction).challenges.find(({ id }) => id === body.verificationId);
    if (challenge?.type !== 'Social' || challenge.stateHash !== undefined)
      throw new AldabaError('session.verification_session_not_found');
    if (challenge.connectorId !== params.connectorId) throw new AldabaError('session.connector_id_mismatch');
    if (body.connectorData.redirectUri !== undefined && body.connectorData.redirectUri !== challenge.redirectUri) {
      throw new AldabaError('session.verification_failed');
    }
    const proof = await verifyOnce(
      signIn,
      interaction,
      () => signIn.social.verify(interaction, challenge, body.connectorData),
      challenge.id,
    );
    await take(signIn, interaction, [{ type: 'answered', challengeId: challenge.id, proof }]);
    return { verificationId: proof.id };
  });
}

/** An answer that the provider refused is spent all the same. */
async function verifyOnce<T>(
  signIn: SignIn,
  interaction: Interaction,
  verify: () => Promise<T>,
  challengeId: string,
): Promise<T> {
  try {
    const key = 'Verification.Social.Submit';
    return await signIn.audit.attempt(interaction, { key }, verify);
  } catch (error) {
    await take(signIn, interaction, [{ type: 'answered', challengeId }]);
    throw error;
  }
}

function accountRoutes(implement: Implement, signIn: SignIn): void {
  implement(identify, async ({ request, body }) => {
    const interaction = await signIn.open(request);
    const state = signIn.stateOf(interaction);
    const proof = state.proofs.find(({ id }) => id === body.verificationId);
    const account = proof && (await findProved(signIn, interaction, proof));
    const event: SignInEvent = {
      type: 'identified',
      ...(body.verificationId === undefined ? {} : { proofId: body.verificationId }),
      ...(account ? { account } : {}),
      ...(body.linkSocialIdentity ? { link: true } : {}),
    };
    const standing = await withRelatedUser(signIn, interaction, proof, () => take(signIn, interaction, [event]));
    if (standing.state.intent !== 'Register') return new Empty(204);
    // What was proved is stored; the account is created as soon as the missing details are added.
    const refusal = standing.state.userId === undefined ? refusalOf(standing.prompt) : undefined;
    if (refusal) refuse(refusal);
    return new Empty(201);
  });

  implement(submitInteraction, async ({ request }) => {
    const interaction = await signIn.open(request);
    const account = await signIn.accountOf(interaction, signIn.stateOf(interaction));
    const { redirectTo } = await take(signIn, interaction, [{ type: 'submitted', ...(account ? { account } : {}) }]);
    return { redirectTo };
  });
}

function profileRoutes(implement: Implement, signIn: SignIn): void {
  implement(updateInteractionProfile, async ({ request, body }) => {
    const interaction = await signIn.open(request);
    const state = signIn.stateOf(interaction);
    // Wire: a forgotten password is replaced by a route of its own.
    if (state.intent === 'ForgotPassword') throw new AldabaError('session.not_supported_for_forgot_password');
    const account = await signIn.accountOf(interaction, state);
    await take(signIn, interaction, [await detailOf(signIn, interaction, state, { body, account })]);
  });
  implement(replaceInteractionPassword, async ({ request, body }) => {
    const interaction = await signIn.open(request);
    const state = signIn.stateOf(interaction);
    const account = await signIn.accountOf(interaction, state);
    const detail = { type: 'password' as const, value: body.password };
    await take(signIn, interaction, [await detailOf(signIn, interaction, state, { body: detail, account })]);
  });
}

async function findProved(signIn: SignIn, interaction: Interaction, proof: Proof): Promise<Account | undefined> {
  const { tenant } = interaction;
  const { users } = signIn.needs;
  const find = (): Promise<User | undefined> | undefined => {
    if (proof.type === 'Password') return users.find(tenant.db, proof.userId);
    if (proof.type === 'Social') return users.findByIdentity(tenant.db, proof.target, proof.identity.id);
    return provesAddress(proof) ? users.findByIdentifier(tenant.db, proof.identifier) : undefined;
  };
  const user = await find();
  return user && signIn.accounts.of(interaction, await signIn.settings(tenant), user);
}

/** An unknown social identity whose email or phone an account has: custom pages offer to sign in with that account first. */
async function withRelatedUser<T>(
  { needs }: SignIn,
  { tenant }: Interaction,
  proof: Proof | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AldabaError) || error.code !== 'user.identity_not_exist' || proof?.type !== 'Social')
      throw error;
    for (const type of ['email', 'phone'] as const) {
      const value = proof.identity[type];
      if (value && (await needs.users.findByIdentifier(tenant.db, { type, value }))) {
        throw new AldabaError('user.identity_not_exist', { relatedUser: { type, value } }, { cause: error });
      }
    }
    throw error;
  }
}

type Detail =
  | { type: 'username' | 'password'; value: string }
  | { type: 'email' | 'phone' | 'social'; verificationId: string }
  | { type: 'extraProfile'; values: Record<string, unknown> };

async function detailOf(
  { needs, password, settings }: SignIn,
  { tenant }: Interaction,
  state: SignInState,
  { body, account }: { body: Detail; account: Account | undefined },
): Promise<SignInEvent> {
  const about = account ? { account } : {};
  switch (body.type) {
    case 'username':
      return {
        type: 'username-chosen',
        ...about,
        ...(await password.chooseUsername(tenant, await settings(tenant), body.value)),
      };
    case 'password': {
      const user = account && (await needs.users.find(tenant.db, account.id));
      const info = knownOf(state.profile, user);
      // Only who may replace a password is told that it is the old one: the answer would be a way to guess it.
      const given = { password: body.value, info, account: replacesPassword(state) ? account : undefined };
      const sealed = await password.choosePassword(tenant, await settings(tenant), given);
      return { type: 'password-chosen', ...about, password: sealed };
    }
    case 'email':
    case 'phone': {
      const proof = state.proofs.find(({ id }) => id === body.verificationId);
      if (!proof || !isCodeProof(proof) || proof.identifier.type !== body.type)
        throw new AldabaError('session.verification_session_not_found');
      const owner = await needs.users.findByIdentifier(tenant.db, proof.identifier);
      const taken = owner !== undefined && owner.id !== account?.id;
      return { type: 'address-added', ...about, proofId: proof.id, taken };
    }
    case 'social': {
      const proof = state.proofs.find(({ id }) => id === body.verificationId);
      const owner =
        proof &&
        (await needs.users.findByIdentity(
          tenant.db,
          proof.type === 'Social' ? proof.target : '',
          proof.type === 'Social' ? proof.identity.id : '',
        ));
      return { type: 'social-added', ...about, proofId: body.verificationId, inUse: owner !== undefined };
    }
    case 'extraProfile':
      return {
        type: 'profile-added',
        ...about,
        profile: readAnswers((await settings(tenant)).profileFields, body.values),
      };
  }
}

/** The state without secrets: digests, hashes and connector sessions stay inside. */
function describeState(state: SignInState): ResponseOf<typeof getInteraction> {
  const { username, email, phone, name, avatar, identity } = state.profile;
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
    captcha: { verified: false, skipped: false },
  };
}

/** Second factors that the account gets when the sign-in is complete, and what the person decided about them. */
function describeMfa({ newFactors = [], choices = {} }: SignInState) {
  return {
    newFactors: newFactors.map(({ type }) => ({ type })),
    ...(choices.enabled ? { mfaEnabled: true } : {}),
    ...(choices.skipped ? { mfaSkipped: true } : {}),
    ...(choices.suggestionSkipped ? { additionalBindingSuggestionSkipped: true } : {}),
  };
}

/**
 * A code that was not shown yet; nothing of another challenge. The address of a second factor stays hidden from whoever has
 * shown one factor only.
 */
function describeCode(challenge: Challenge): VerificationRecord[] {
  if (!('identifier' in challenge)) return [];
  const { id, type } = challenge;
  return [{ id, type, ...('userId' in challenge ? {} : { identifier: challenge.identifier }), verified: false }];
}
