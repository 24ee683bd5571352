/** Part of the HTML door: the second factor that a person shows, one page for each. */
import { type SecondFactorView, type SignInStepKey, verifyWebAuthnAuthentication } from '@aldaba/contract';
import { pageErrorOf } from '../../features/appearance/hosted-pages/index.ts';
import type { Http } from '../../http/index.ts';
import type { AldabaError } from '../../kernel/errors.ts';
import { type FactorStep, factorSteps, namedFactor, passkeyAnswer } from '../factor-steps.ts';
import { type MfaCodeChallenge, relyingPartyOf } from '../factors/second-factor/index.ts';
import { maskAddress } from '../machine/address.ts';
import { codeFactorOf, secondFactorTraits } from '../machine/factors.ts';
import type { SecondFactorType } from '../machine/policy.ts';
import type { Challenge, SignInState } from '../machine/state.ts';
import type { SignInEvent } from '../machine/vocabulary.ts';
import type { SignIn } from '../service.ts';
import { asFormError, formField, type PageDoor } from './page-door.ts';

type Step = FactorStep<'show-factor'>;

const pathOf = (factor: SecondFactorType): string => `/mfa-verification/${factor}`;

/** The code that was sent, if one was and waits to be shown. */
const sentCode = ({ challenges }: SignInState, factor: SecondFactorType): MfaCodeChallenge | undefined =>
  challenges.filter(isMfaCode).find(({ identifier }) => codeFactorOf(identifier) === factor);
const isMfaCode = (challenge: Challenge): challenge is MfaCodeChallenge =>
  challenge.type === 'MfaEmailVerificationCode' || challenge.type === 'MfaPhoneVerificationCode';

export function factorPageRoutes(http: Http, signIn: SignIn, door: PageDoor): void {
  const { get, post } = factorSteps(signIn, door, 'show-factor');
  const show = showing(signIn, door);
  http.get(
    '/mfa-verification/:factor',
    get(async (step) => {
      const factor = namedFactor(step.request, step.prompt.factors);
      return factor ? show(step, factor) : step.proceed();
    }),
  );
  http.post(
    '/mfa-verification/:factor',
    post(async (step) => {
      const factor = namedFactor(step.request, step.prompt.factors);
      if (!factor) return step.proceed();
      try {
        const event = await answer(signIn, step, factor);
        // Nothing was asked yet, or the question was answered: it is asked anew.
        return event ? await step.advance(event) : step.redirect(pathOf(factor));
      } catch (error) {
        return show(step, factor, asFormError(error));
      }
    }),
  );
  http.post(
    '/mfa-verification/:factor/send',
    post(async (step) => {
      const factor = namedFactor(step.request, step.prompt.factors);
      const channel = factor && secondFactorTraits(factor)?.address;
      if (!factor || !channel) return step.proceed();
      const { interaction, user, context, take, redirect } = step;
      try {
        const key = sendKeys[channel];
        const challenge = await signIn.audit.attempt(interaction, { key }, () =>
          signIn.secondFactor.sendCode(interaction, { user, channel, locale: context.language }),
        );
        await take({ type: 'challenged', challenge });
        return redirect(pathOf(factor));
      } catch (error) {
        return show(step, factor, asFormError(error));
      }
    }),
  );
}

/** The page of a factor, for passkeys with a new question each time: one answer counts for each. */
const showing =
  ({ secondFactor }: SignIn, door: PageDoor) =>
  async (step: Step, factor: SecondFactorType, failure?: AldabaError): Promise<unknown> => {
    const { request, reply, interaction, context, account, user } = step;
    let refusal = failure;
    let options: SecondFactorView['options'];
    if (factor === 'WebAuthn') {
      try {
        const { rpId } = relyingPartyOf(interaction.tenant);
        const asked = await secondFactor.askPasskey(interaction, { userId: user.id, rpId });
        await step.take({ type: 'challenged', challenge: asked.challenge });
        options = { ...asked.options };
      } catch (error) {
        // Passkeys of another host: the other factors are there still.
        refusal = asFormError(error);
      }
    }
    const view: SecondFactorView = {
      kind: 'second-factor',
      appId: context.appId,
      factor,
      others: step.prompt.factors.filter((other) => other !== factor),
      ...codeView(step, factor),
      ...(options ? { options } : {}),
      ...(account.risks.length > 0 ? { unusual: true } : {}),
      ...(refusal ? { error: pageErrorOf(refusal, context.language) } : {}),
    };
    return door.show(request, reply, { interaction, view, ...(refusal ? { status: refusal.status } : {}) });
  };

/** Where codes of a factor go, and whether one went there. */
function codeView(
  { state, account }: Step,
  factor: SecondFactorType,
): Pick<SecondFactorView, 'maskedAddress' | 'sent'> {
  const address = account.addresses.find((known) => codeFactorOf(known) === factor);
  return address ? { maskedAddress: maskAddress(address), sent: sentCode(state, factor) !== undefined } : {};
}

/** Checks what was shown; undefined when it answers nothing that was asked. */
async function answer(signIn: SignIn, step: Step, factor: SecondFactorType): Promise<SignInEvent | undefined> {
  const { secondFactor, verificationCode, audit } = signIn;
  const { request, interaction, state, user, account } = step;
  const { settings } = step.context;
  const given = { userId: user.id, code: formField(request, 'code') };
  switch (factor) {
    case 'Totp': {
      const check = () => secondFactor.showTotp(interaction, settings, given);
      return { type: 'proved', proof: await audit.attempt(interaction, { key: submitOf(factor) }, check), account };
    }
    case 'BackupCode': {
      const check = () => secondFactor.showBackupCode(interaction, settings, given);
      return { type: 'proved', proof: await audit.attempt(interaction, { key: submitOf(factor) }, check), account };
    }
    case 'WebAuthn': {
      const challenge = state.challenges.find((known) => known.type === 'WebAuthn');
      if (!challenge) return undefined;
      const proof = await audit.attempt(interaction, { key: submitOf(factor) }, async () => {
        const payload = passkeyAnswer(request, verifyWebAuthnAuthentication.body.shape.payload);
        return secondFactor.showPasskey(interaction, settings, challenge, {
          ...relyingPartyOf(interaction.tenant),
          payload,
        });
      });
      return { type: 'answered', challengeId: challenge.id, proof, account };
    }
    default: {
      const challenge = sentCode(state, factor);
      if (!challenge) return undefined;
      const check = () => verificationCode.verify(interaction, settings, challenge, given.code);
      const proof = await audit.attempt(interaction, { key: `Verification.${challenge.type}.Submit` }, check);
      return { type: 'answered', challengeId: challenge.id, proof, account };
    }
  }
}

const sendKeys = {
  email: 'Verification.MfaEmailVerificationCode.Create',
  phone: 'Verification.MfaPhoneVerificationCode.Create',
} as const;
const submitOf = (factor: SecondFactorType): SignInStepKey => `Verification.${factor}.Submit`;
