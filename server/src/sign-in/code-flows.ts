/** The steps of the pages where a code is sent and shown: each does in one transaction what the Experience API does in several calls. */
import { AldabaError } from '../kernel/errors.ts';
import type { Tenant } from '../tenancy/index.ts';
import type { Accounts } from './accounts.ts';
import type { SignInAudit } from './audit.ts';
import { type Codes, isForAddition } from './codes.ts';
import { knownOf, type PasswordFactor } from './factors/password/index.ts';
import type { VerificationCodeFactor } from './factors/verification-code/index.ts';
import { isSameAddress } from './machine/address.ts';
import { codeFactorOf } from './machine/factors.ts';
import { promptFor } from './machine/machine.ts';
import { resolvePolicy } from './machine/policy.ts';
import {
  type Address,
  type Challenge,
  type ChallengeOf,
  type Intent,
  isCodeProof,
  readState,
  type SignInState,
} from './machine/state.ts';
import type { Account, Prompt, SignInEvent } from './machine/vocabulary.ts';
import type { SignInNeeds, SignInSettings } from './needs.ts';
import type { Interaction } from './port.ts';
import type { Runner, StepResult } from './run.ts';

/** A code of a first factor that was sent, or seems so. */
export type FirstCode = ChallengeOf<'EmailVerificationCode' | 'PhoneVerificationCode'>;

export interface CodeFlows {
  /** Sends a code that says who the person is; what was done before begins anew. @throws AldabaError as `Codes.send` */
  beginCode(
    interaction: Interaction,
    given: { intent: Intent; identifier: Address; locale: string },
  ): Promise<StepResult>;
  /** Sends one more code to where the last one went, or one that adds an address. @throws AldabaError as `Codes.send` */
  sendCode(interaction: Interaction, given: { identifier: Address; locale: string }): Promise<void>;
  /**
   * The code says who the person is, or adds the address. An unknown address that may register becomes an account;
   * `needsAgreement`: only when the person has agreed to the terms, which `user.terms_required` asks for.
   * @throws AldabaError as the factor's `verify`, and what the machine refuses with
   */
  finishCode(
    interaction: Interaction,
    challenge: FirstCode,
    answer: { code: string; needsAgreement: boolean },
  ): Promise<StepResult>;
  /** Registers with an address whose code was right a moment ago; undefined when there is none. */
  registerProved(interaction: Interaction, identifier: Address): Promise<StepResult | undefined>;
  /** Puts a new password in place of the forgotten one. Nobody is signed in by it. @throws AldabaError as `choosePassword` */
  resetPassword(interaction: Interaction, given: { password: string }): Promise<StepResult>;
}

interface Parts {
  needs: Pick<SignInNeeds, 'users' | 'clock'>;
  accounts: Accounts;
  settings(tenant: Tenant): Promise<SignInSettings>;
  password: PasswordFactor;
  verificationCode: VerificationCodeFactor;
  codes: Codes;
  audit: SignInAudit;
  run: Runner;
  stateOf(interaction: Interaction): SignInState;
  accountOf(interaction: Interaction, state: SignInState): Promise<Account | undefined>;
}

const isFirstCode = (challenge: Challenge): challenge is FirstCode =>
  challenge.type === 'EmailVerificationCode' || challenge.type === 'PhoneVerificationCode';

/** Whether a code that is shown now says what a prompt asks for. */
function answers(prompt: Prompt, { identifier }: FirstCode): boolean {
  if (prompt.kind === 'continue')
    return prompt.missing.some((detail) => detail === 'emailOrPhone' || detail === identifier.type);
  if (prompt.kind === 'add-factor') return prompt.factors.includes(codeFactorOf(identifier));
  return prompt.kind === 'sign-in' || prompt.kind === 'register' || prompt.kind === 'recover';
}

/** The code that the person has to show to go on: the one sent last of those that say anything where the sign-in stands. */
export const awaitedCode = (state: SignInState | undefined, prompt: Prompt): FirstCode | undefined =>
  state?.challenges.filter(isFirstCode).findLast((code) => answers(prompt, code));

export function createCodeFlows(parts: Parts): CodeFlows {
  const { needs, run, stateOf, password } = parts;
  return {
    async beginCode(interaction, { intent, identifier, locale }) {
      const settings = await parts.settings(interaction.tenant);
      const challenge = await send(parts, interaction, settings, {
        state: { intent, profile: {} },
        identifier,
        locale,
      });
      const events: SignInEvent[] = [
        { type: 'started', intent },
        { type: 'challenged', challenge },
      ];
      return run(interaction, events, { settings });
    },
    async sendCode(interaction, given) {
      const settings = await parts.settings(interaction.tenant);
      const state = stateOf(interaction);
      const prompt = promptFor(state, resolvePolicy(settings), await parts.accountOf(interaction, state));
      const forFactor = prompt.kind === 'add-factor';
      const challenge = await send(parts, interaction, settings, { state, ...given, forFactor });
      await run(interaction, [{ type: 'challenged', challenge }], { settings });
    },
    finishCode: (interaction, challenge, answer) => finishCode(parts, interaction, challenge, answer),
    async registerProved(interaction, identifier) {
      const state = readState(interaction.state, needs.clock.now());
      const proof = state?.proofs.filter(isCodeProof).find((known) => isSameAddress(known.identifier, identifier));
      if (!state || !proof || proof.used || state.userId !== undefined || state.intent === 'ForgotPassword')
        return undefined;
      const settings = await parts.settings(interaction.tenant);
      const account = await findByAddress(parts, interaction, proof.identifier);
      const events: SignInEvent[] = [
        { type: 'intent-changed', intent: 'Register' },
        { type: 'identified', proofId: proof.id, ...(account ? { account } : {}) },
      ];
      return run(interaction, events, { settings, complete: {} });
    },
    async resetPassword(interaction, given) {
      const { tenant } = interaction;
      const settings = await parts.settings(tenant);
      const state = stateOf(interaction);
      const user = state.userId === undefined ? undefined : await needs.users.find(tenant.db, state.userId);
      // Whoever has not shown the code is refused before the new password is compared with the old.
      if (state.intent !== 'ForgotPassword' || !user) throw new AldabaError('session.identifier_not_found');
      const account = await parts.accounts.of(interaction, settings, user);
      const info = knownOf(state.profile, user);
      const sealed = await password.choosePassword(tenant, settings, { password: given.password, info, account });
      const events: SignInEvent[] = [
        { type: 'password-chosen', password: sealed, account },
        { type: 'submitted', account },
      ];
      return run(interaction, events, { settings });
    },
  };
}

const send = (
  { codes, audit }: Parts,
  interaction: Interaction,
  settings: SignInSettings,
  given: Parameters<Codes['send']>[2],
): Promise<FirstCode> => {
  const { identifier } = given;
  const type = identifier.type === 'email' ? 'EmailVerificationCode' : 'PhoneVerificationCode';
  return audit.attempt(interaction, { key: `Verification.${type}.Create`, params: { identifier } }, () =>
    codes.send(interaction, settings, given),
  );
};

async function findByAddress(
  { needs, accounts, settings }: Parts,
  interaction: Interaction,
  identifier: Address,
): Promise<Account | undefined> {
  const { tenant } = interaction;
  const user = await needs.users.findByIdentifier(tenant.db, identifier);
  return user && accounts.of(interaction, await settings(tenant), user);
}

async function finishCode(
  parts: Parts,
  interaction: Interaction,
  challenge: FirstCode,
  { code, needsAgreement }: { code: string; needsAgreement: boolean },
): Promise<StepResult> {
  const { verificationCode, audit, run, stateOf, accountOf } = parts;
  const { identifier } = challenge;
  const settings = await parts.settings(interaction.tenant);
  const proof = await audit.attempt(
    interaction,
    { key: `Verification.${challenge.type}.Submit`, params: { identifier } },
    () => verificationCode.verify(interaction, settings, challenge, code),
  );
  const answered: SignInEvent = { type: 'answered', challengeId: challenge.id, proof };
  const owner = await findByAddress(parts, interaction, identifier);
  const state = stateOf(interaction);
  if (isForAddition(state)) {
    const account = await accountOf(interaction, state);
    const about = account ? { account } : {};
    const taken = owner !== undefined && owner.id !== account?.id;
    const events: SignInEvent[] = [
      { ...answered, ...about },
      { type: 'address-added', proofId: proof.id, taken, ...about },
    ];
    if (state.intent === 'Register' && !account) events.push({ type: 'identified' });
    const prompt = promptFor(state, resolvePolicy(settings), account);
    // Whoever gives an address where a second factor is offered wants codes to it to be one.
    if (prompt.kind === 'add-factor' && prompt.skippable)
      events.push({ type: 'factor-choice', choice: 'enabled', ...about });
    return run(interaction, events, { settings, complete: { account } });
  }
  const { register, registerWithCode } = resolvePolicy(settings);
  const becomesAccount = state.intent === 'SignIn' && !owner && register && registerWithCode.includes(identifier.type);
  if (becomesAccount && needsAgreement) {
    // What the code proved is kept, so that none is asked for again once the person agrees.
    await run(interaction, [answered], { settings });
    throw new AldabaError('user.terms_required');
  }
  const events: SignInEvent[] = [
    answered,
    ...(becomesAccount ? [{ type: 'intent-changed' as const, intent: 'Register' as const }] : []),
    { type: 'identified', proofId: proof.id, ...(owner ? { account: owner } : {}) },
  ];
  return run(interaction, events, { settings, complete: { account: owner } });
}
