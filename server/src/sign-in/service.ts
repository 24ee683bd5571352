import type { PageLanguage } from '@aldaba/contract';
import { fieldsAsked } from '../features/appearance/custom-profile-fields/asked.ts';
import type { Request } from '../http/index.ts';
import { AldabaError } from '../kernel/errors.ts';
import { opaqueToken } from '../kernel/ids.ts';
import type { Tenant } from '../tenancy/index.ts';
import { type Accounts, createAccounts } from './accounts.ts';
import { withActions } from './actions.ts';
import { createAttempts } from './attempts.ts';
import { audited, createSignInAudit, type SignInAudit } from './audit.ts';
import { type CodeFlows, createCodeFlows } from './code-flows.ts';
import { type Codes, createCodes } from './codes.ts';
import { createOneTimeTokenFactor, type OneTimeTokenFactor } from './factors/one-time-token/index.ts';
import { supportsPasskeys } from './factors/passkey/relying-party.ts';
import { createPasswordFactor, knownOf, type PasswordFactor } from './factors/password/index.ts';
import { createSecondFactors } from './factors/second-factors.ts';
import { createSocialFactor, isStateOf, type SocialChallenge, type SocialFactor } from './factors/social/index.ts';
import { createVerificationCodeFactor, type VerificationCodeFactor } from './factors/verification-code/index.ts';
import { resolvePolicy } from './machine/policy.ts';
import { type ExtraProfile, type GivenIdentifier, readState, type SignInState } from './machine/state.ts';
import type { Account, SignInEvent } from './machine/vocabulary.ts';
import type { Identifier, SignInNeeds, SignInSettings } from './needs.ts';
import type { Interaction } from './port.ts';
import { createRunner, type Runner, type StepResult } from './run.ts';
import { createIdentifiedSteps, type IdentifiedSteps } from './steps/identified.ts';
import { createSecondFactorSteps, type SecondFactorSteps } from './steps/second-factors.ts';

/** What both doors (HTML pages, Experience API) stand in front of. */
export interface SignIn extends Flows, CodeFlows, IdentifiedSteps {
  secondFactors: SecondFactorSteps;
  needs: SignInNeeds;
  password: PasswordFactor;
  social: SocialFactor;
  verificationCode: VerificationCodeFactor;
  oneTimeToken: OneTimeTokenFactor;
  codes: Codes;
  run: Runner;
  audit: SignInAudit;
  /** How people sign in to the tenant, and what its sign-up asks for. */
  settings(tenant: Tenant): Promise<SignInSettings>;
  /** The sign-in that the request is about; see `InteractionPort.load`. @throws AldabaError `session.not_found` */
  open(request: Request, handle?: string): Promise<Interaction>;
  /** The machine's state. @throws AldabaError `session.interaction_not_found` before the first step or when it is too old. */
  stateOf(interaction: Interaction): SignInState;
  /** The language of messages and pages, without the page's own choice. */
  languageOf(request: Request, interaction: Interaction): Promise<PageLanguage>;
  accounts: Accounts;
  /** The identified account, read anew. */
  accountOf(interaction: Interaction, state: SignInState): Promise<Account | undefined>;
}

/** The steps of the pages: each does in one transaction what the Experience API does in several calls. */
export interface Flows {
  signInWithPassword(
    interaction: Interaction,
    given: { identifier: Identifier; password: string },
  ): Promise<StepResult>;
  /** Keeps who the person says they are; the password comes next. Nothing is looked up. */
  giveIdentifier(interaction: Interaction, identifier: GivenIdentifier): Promise<StepResult>;
  registerWithPassword(interaction: Interaction, given: { username: string; password: string }): Promise<StepResult>;
  /** Adds the details that were missing, and goes on. */
  continueWith(interaction: Interaction, given: GivenDetails): Promise<StepResult>;
  /** Returns where to send the person. */
  beginSocial(interaction: Interaction, request: SocialStart): Promise<string>;
  /** The provider sent the person back with `data`: signs in, or registers where that is allowed. */
  finishSocial(interaction: Interaction, challenge: SocialChallenge, answer: SocialAnswer): Promise<StepResult>;
}

export interface GivenDetails {
  username?: string;
  password?: string;
  /** Answers to what the sign-up asks for beside identifiers. */
  extraProfile?: ExtraProfile;
}
export interface SocialStart {
  connectorId: string;
  redirectUri: string;
  userAgent?: string | undefined;
  agreed: boolean;
}
export interface SocialAnswer {
  data: Record<string, unknown>;
  /** Whether a new account needs the person's agreement to the terms. */
  needsAgreement: boolean;
}

export function createSignIn(needs: SignInNeeds): SignIn {
  const attempts = createAttempts(needs);
  const password = createPasswordFactor({ ...needs, attempts });
  const social = createSocialFactor(needs);
  const verificationCode = createVerificationCodeFactor({ ...needs, attempts });
  const oneTimeToken = createOneTimeTokenFactor({ ...needs, attempts });
  const codes = createCodes({ ...needs, verificationCode });
  const secondFactors = createSecondFactorSteps(createSecondFactors({ ...needs, attempts, verificationCode }));
  const audit = createSignInAudit(needs);
  const accounts = createAccounts(needs);
  const run = audited(withActions(createRunner({ ...needs, password }), { ...needs, accounts }), audit);
  const settings = async (tenant: Tenant) => {
    const [own, fields] = await Promise.all([needs.signInExperiences.get(tenant), needs.profileFields.list(tenant)]);
    return {
      ...own,
      profileFields: fieldsAsked(fields, own.signUpProfileFields),
      supportsPasskeys: supportsPasskeys(tenant),
    };
  };
  const parts: Parts = {
    needs,
    accounts,
    settings,
    password,
    social,
    verificationCode,
    oneTimeToken,
    codes,
    audit,
    run,
  };
  const reading: Pick<SignIn, 'stateOf' | 'accountOf'> = {
    stateOf: (interaction) => stateOf(needs, interaction),
    accountOf: (interaction, state) => findAccount(parts, interaction, state),
  };
  return {
    ...parts,
    ...reading,
    ...createFlows(parts),
    ...createCodeFlows({ ...parts, ...reading }),
    ...createIdentifiedSteps({ ...parts, ...reading }),
    secondFactors,
    languageOf(request, { request: { uiLocales } }) {
      return needs.pages.language(request, uiLocales === undefined ? {} : { uiLocales });
    },
    async open(request, handle) {
      const interaction = await needs.port.load(request, handle);
      if (!interaction) throw new AldabaError('session.not_found');
      return interaction;
    },
  };
}

interface Parts {
  verificationCode: VerificationCodeFactor;
  oneTimeToken: OneTimeTokenFactor;
  codes: Codes;
  needs: SignInNeeds;
  accounts: Accounts;
  settings: SignIn['settings'];
  password: PasswordFactor;
  social: SocialFactor;
  run: Runner;
  audit: SignInAudit;
}

function stateOf({ clock }: SignInNeeds, interaction: Interaction): SignInState {
  const state = readState(interaction.state, clock.now());
  if (!state) throw new AldabaError('session.interaction_not_found');
  return state;
}

async function findAccount(
  { needs, accounts, settings }: Parts,
  interaction: Interaction,
  { userId }: SignInState,
): Promise<Account | undefined> {
  const { tenant } = interaction;
  const user = userId === undefined ? undefined : await needs.users.find(tenant.db, userId);
  return user && accounts.of(interaction, await settings(tenant), user);
}

function createFlows(parts: Parts): Flows {
  const { needs, password, run, audit } = parts;
  return {
    async signInWithPassword(interaction, given) {
      const settings = await parts.settings(interaction.tenant);
      if (!resolvePolicy(settings).signIn) throw new AldabaError('user.sign_in_method_not_enabled');
      const { proof, user, renewedPassword } = await audit.attempt(
        interaction,
        { key: 'Verification.Password.Submit', params: { identifier: given.identifier } },
        () => password.prove(interaction.tenant, settings, given),
      );
      const account = await parts.accounts.of(interaction, settings, user);
      const events: SignInEvent[] = [
        { type: 'started', intent: 'SignIn' },
        { type: 'proved', proof, ...(renewedPassword === undefined ? {} : { renewedPassword }) },
        { type: 'identified', proofId: proof.id, account },
      ];
      return run(interaction, events, { settings, complete: { account } });
    },
    async giveIdentifier(interaction, identifier) {
      const settings = await parts.settings(interaction.tenant);
      const events: SignInEvent[] = [
        { type: 'started', intent: 'SignIn' },
        { type: 'identifier-given', identifier },
      ];
      return run(interaction, events, { settings });
    },
    async registerWithPassword(interaction, given) {
      const settings = await parts.settings(interaction.tenant);
      if (!resolvePolicy(settings).register) throw new AldabaError('user.sign_up_method_not_enabled');
      const proof = await audit.attempt(
        interaction,
        { key: 'Verification.NewPasswordIdentity.Submit', params: { username: given.username } },
        () => password.chooseIdentity(interaction.tenant, settings, given),
      );
      const events: SignInEvent[] = [
        { type: 'started', intent: 'Register' },
        { type: 'proved', proof },
        { type: 'identified', proofId: proof.id },
      ];
      return run(interaction, events, { settings, complete: {} });
    },
    async continueWith(interaction, given) {
      const { tenant } = interaction;
      const settings = await parts.settings(tenant);
      const state = stateOf(needs, interaction);
      const account = await findAccount(parts, interaction, state);
      const about = account ? { account } : {};
      const events: SignInEvent[] = [];
      if (given.username !== undefined) {
        events.push({
          type: 'username-chosen',
          ...about,
          ...(await password.chooseUsername(tenant, settings, given.username)),
        });
      }
      if (given.password !== undefined) {
        const user = account && (await needs.users.find(tenant.db, account.id));
        const named = given.username === undefined ? {} : { username: given.username };
        const info = knownOf({ ...state.profile, ...given.extraProfile, ...named }, user);
        const sealed = await password.choosePassword(tenant, settings, { password: given.password, info, account });
        events.push({ type: 'password-chosen', ...about, password: sealed });
      }
      if (given.extraProfile) events.push({ type: 'profile-added', ...about, profile: given.extraProfile });
      if (state.intent === 'Register' && !account) events.push({ type: 'identified' });
      return run(interaction, events, { settings, complete: { account } });
    },
    beginSocial: (interaction, request) => beginSocial(parts, interaction, request),
    finishSocial: (interaction, challenge, answer) => finishSocial(parts, interaction, challenge, answer),
  };
}

/** Between the interaction's handle and the secret part of a `state` that the pages send to a provider. */
const stateSeparator = '.';

async function beginSocial(parts: Parts, interaction: Interaction, request: SocialStart): Promise<string> {
  const { social, run } = parts;
  const settings = await parts.settings(interaction.tenant);
  const policy = resolvePolicy(settings);
  // The handle leads the way back to this interaction when the browser has several.
  const state = `${interaction.handle}${stateSeparator}${opaqueToken()}`;
  const { challenge, authorizationUri } = await social.begin(interaction, { ...request, state, keepsState: true });
  const events: SignInEvent[] = [{ type: 'challenged', challenge }];
  // Going back and choosing another way starts anew; what was proved for the first way does not carry over.
  events.unshift({ type: 'started', intent: policy.signIn ? 'SignIn' : 'Register' });
  await run(interaction, events, { settings });
  return authorizationUri;
}

/** The handle of the interaction that a `state` of `beginSocial` belongs to; only a hint, the state itself is compared whole. */
export const handleOfState = (state: string): string | undefined => {
  const at = state.lastIndexOf(stateSeparator);
  return at > 0 ? state.slice(0, at) : undefined;
};

/** The challenge that a provider's answer belongs to, if it is one of this sign-in. */
export const findChallenge = (
  state: SignInState | undefined,
  connectorId: string,
  value: string,
): SocialChallenge | undefined =>
  state?.challenges
    .filter((challenge) => challenge.type === 'Social')
    .find((challenge) => challenge.connectorId === connectorId && isStateOf(challenge, value));

async function finishSocial(
  parts: Parts,
  interaction: Interaction,
  challenge: SocialChallenge,
  answer: SocialAnswer,
): Promise<StepResult> {
  const { needs, social, run, audit } = parts;
  const settings = await parts.settings(interaction.tenant);
  try {
    const proof = await audit.attempt(
      interaction,
      { key: 'Verification.Social.Submit', params: { connectorId: challenge.connectorId } },
      () => social.verify(interaction, challenge, answer.data),
    );
    const user = await needs.users.findByIdentity(interaction.tenant.db, proof.target, proof.identity.id);
    const account = user && (await parts.accounts.of(interaction, settings, user));
    if (!account && !resolvePolicy(settings).register) throw new AldabaError('user.identity_not_exist');
    if (!account && answer.needsAgreement && !challenge.agreed) throw new AldabaError('user.terms_required');
    if (account?.isSuspended) throw new AldabaError('user.suspended');
    const events: SignInEvent[] = [
      { type: 'answered', challengeId: challenge.id, proof },
      { type: 'intent-changed', intent: account ? 'SignIn' : 'Register' },
      { type: 'identified', proofId: proof.id, ...(account ? { account } : {}) },
    ];
    return await run(interaction, events, { settings, complete: { account } });
  } catch (error) {
    // Whatever came of it, this answer was given: the same address does not work a second time.
    await run(interaction, [{ type: 'answered', challengeId: challenge.id }], { settings }).catch((reason: unknown) => {
      // Another answer was stored meanwhile, so this one cannot count any more; the first failure is the one to tell.
      needs.log.debug({ err: reason }, 'A failed social sign-in was overtaken');
    });
    throw error;
  }
}
