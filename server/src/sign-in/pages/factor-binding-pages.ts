/** Part of the HTML door: the second factor that a person sets up, or goes on without. */
import {
  type BackupCodesView,
  type BindPasskeyView,
  type BindTotpView,
  type ChooseFactorView,
  type ContinueView,
  verifyWebAuthnRegistration,
} from '@aldaba/contract';
import { pageErrorOf } from '../../features/appearance/hosted-pages/index.ts';
import type { Http } from '../../http/index.ts';
import type { AldabaError } from '../../kernel/errors.ts';
import { type FactorKind, type FactorStep, factorSteps, namedFactor, passkeyAnswer } from '../factor-steps.ts';
import { relyingPartyOf, type SecondFactorFactor } from '../factors/second-factor/index.ts';
import { secondFactorTraits } from '../machine/factors.ts';
import type { SecondFactorType } from '../machine/policy.ts';
import type { Address, Proof } from '../machine/state.ts';
import type { SignIn } from '../service.ts';
import { addressOf } from '../typed-identifiers.ts';
import { asFormError, formField, type PageDoor } from './page-door.ts';

type NewBackupCodes = Parameters<SecondFactorFactor['showNewBackupCodes']>[1];
type Step = FactorStep<'add-factor'>;

const pathOf = (factor: SecondFactorType): string => `/mfa-binding/${factor}`;

/** Of those that are asked for, the ones that need nothing but the person's wish: codes to an address of the account. */
function readyFactors({ prompt, account, state: { profile } }: Step): SecondFactorType[] {
  return prompt.factors.filter((factor) => {
    const type = secondFactorTraits(factor)?.address;
    return type !== undefined && (account[type] || profile[type] !== undefined);
  });
}

export function factorBindingPageRoutes(http: Http, signIn: SignIn, door: PageDoor): void {
  const { get, post } = factorSteps(signIn, door, 'add-factor');
  const show = showing(door);
  choiceRoutes(http, signIn, door);
  backupCodeRoutes(http, signIn, door);
  http.get(
    '/mfa-binding/:factor',
    get(async (step) => {
      const factor = namedFactor(step.request, step.prompt.factors);
      const view = factor && (await bindingView(signIn, step, factor));
      return view ? show(step, view) : step.proceed();
    }),
  );
  http.post(
    '/mfa-binding/:factor',
    post(async (step) => {
      const { request, account, advance } = step;
      const factor = namedFactor(request, step.prompt.factors);
      if (!factor) return step.proceed();
      try {
        if (readyFactors(step).includes(factor))
          return await advance({ type: 'factor-choice', choice: 'enabled', account });
        const channel = secondFactorTraits(factor)?.address;
        if (channel) return await askForCode(signIn, step, channel);
        const made = await make(signIn, step, factor);
        // Nothing was begun, or it was finished: it begins anew.
        if (!made) return step.redirect(pathOf(factor));
        const { proof, challengeId } = made;
        return await advance(
          { type: 'answered', challengeId, proof, account },
          { type: 'factor-added', proofId: proof.id, account },
        );
      } catch (error) {
        const failure = asFormError(error);
        const view = await bindingView(signIn, step, factor);
        if (!view) throw failure;
        const typedAddress = formField(request, 'address');
        return show(step, view.kind === 'continue' ? { ...view, typedAddress } : view, failure);
      }
    }),
  );
}

function choiceRoutes(http: Http, signIn: SignIn, door: PageDoor): void {
  const { get, post } = factorSteps(signIn, door, 'add-factor');
  const show = showing(door);
  http.get(
    '/mfa-binding',
    get(async (step) => {
      const { prompt, context } = step;
      const { factors, skippable, additional } = prompt;
      const ready = readyFactors(step);
      const [only] = factors;
      if (only && factors.length === 1 && ready.length === 0) return step.redirect(pathOf(only));
      return show(step, {
        kind: 'choose-factor',
        appId: context.appId,
        factors: [...factors],
        ready,
        skippable,
        ...(additional ? { additional: true } : {}),
      });
    }),
  );
  http.post(
    '/mfa-binding/skip',
    post(async ({ prompt, account, advance, proceed }) => {
      if (!prompt.skippable) return proceed();
      return advance({ type: 'factor-choice', choice: prompt.additional ? 'suggestionSkipped' : 'skipped', account });
    }),
  );
}

const isMadeBefore = (proof: Proof): proof is NewBackupCodes => proof.type === 'NewBackupCodes' && !proof.used;

function backupCodeRoutes(http: Http, signIn: SignIn, door: PageDoor): void {
  const { secondFactor } = signIn;
  const { get, post } = factorSteps(signIn, door, 'make-backup-codes');
  const show = showing(door);
  http.get(
    '/mfa-binding/BackupCode',
    get(async (step) => {
      const { interaction, state, account, context } = step;
      const before = state.proofs.find(isMadeBefore);
      const view = (codes: string[]) => ({ kind: 'backup-codes' as const, appId: context.appId, codes });
      if (before) return show(step, view(secondFactor.showNewBackupCodes(interaction, before)));
      const { proof, codes } = secondFactor.makeBackupCodes(interaction);
      await step.take({ type: 'proved', proof, account });
      return show(step, view(codes));
    }),
  );
  http.post(
    '/mfa-binding/BackupCode',
    post(async ({ state, account, advance, proceed }) => {
      const made = state.proofs.find(isMadeBefore);
      // Codes that nobody has seen are not kept.
      return made ? advance({ type: 'factor-added', proofId: made.id, account }) : proceed();
    }),
  );
}

type Standpoint = Pick<FactorStep<FactorKind>, 'request' | 'reply' | 'interaction' | 'context'>;
type BindingView = ChooseFactorView | BindTotpView | BindPasskeyView | BackupCodesView | ContinueView;

const showing =
  (door: PageDoor) =>
  ({ request, reply, interaction, context }: Standpoint, view: BindingView, failure?: AldabaError) =>
    door.show(request, reply, {
      interaction,
      view: failure ? { ...view, error: pageErrorOf(failure, context.language) } : view,
      ...(failure ? { status: failure.status } : {}),
    });

/** The page on which a factor is set up; undefined for one that needs no page. */
async function bindingView(
  { secondFactor }: SignIn,
  step: Step,
  factor: SecondFactorType,
): Promise<BindingView | undefined> {
  const { interaction, user, context, prompt } = step;
  const { appId } = context;
  const asides = { appId, hasOthers: prompt.factors.length > 1, skippable: prompt.skippable };
  switch (factor) {
    case 'Totp': {
      const { secret, secretQrCode: qrCode } = await totpSecret(secondFactor, step);
      return { kind: 'bind-totp', ...asides, secret, qrCode };
    }
    case 'WebAuthn': {
      const { rpId } = relyingPartyOf(interaction.tenant);
      const { challenge, options } = await secondFactor.makePasskey(interaction, user, { rpId });
      await step.take({ type: 'challenged', challenge });
      return { kind: 'bind-passkey', ...asides, options: { ...options } };
    }
    default: {
      if (readyFactors(step).includes(factor)) return undefined;
      const address = secondFactorTraits(factor)?.address;
      const nothingElse = { missing: [], questions: [], passwordRules: [] };
      return address && { kind: 'continue', appId, address, addressPath: pathOf(factor), ...nothingElse };
    }
  }
}

/** An address that the account lacks: whoever shows the code that is sent there has it, and a second factor by it. */
async function askForCode(signIn: SignIn, step: Step, channel: Address['type']): Promise<void> {
  const identifier = addressOf(formField(step.request, 'address').trim(), [channel]);
  await signIn.sendCode(step.interaction, { identifier, locale: step.context.language });
  step.proceed();
}

/** The same secret until it is an app's: whoever comes back to the page has put it there already. */
async function totpSecret(secondFactor: SecondFactorFactor, { interaction, state, user, take }: Step) {
  const before = state.challenges.find((challenge) => challenge.type === 'NewTotp');
  if (before) return secondFactor.showNewTotp(interaction, before, user);
  const { challenge, ...shown } = secondFactor.makeTotp(interaction, user);
  await take({ type: 'challenged', challenge });
  return shown;
}

/** Checks what was set up; undefined when it answers nothing that was asked. */
async function make(
  { secondFactor, audit }: SignIn,
  { request, interaction, state }: Step,
  factor: SecondFactorType,
): Promise<{ proof: Proof; challengeId: string } | undefined> {
  if (factor === 'Totp') {
    const key = 'Verification.Totp.Submit';
    const challenge = state.challenges.find((known) => known.type === 'NewTotp');
    if (!challenge) return undefined;
    const check = async () => secondFactor.proveTotp(interaction, challenge, formField(request, 'code'));
    return { challengeId: challenge.id, proof: await audit.attempt(interaction, { key }, check) };
  }
  const challenge = state.challenges.find((known) => known.type === 'NewPasskey');
  if (!challenge || factor !== 'WebAuthn') return undefined;
  const made = { ...relyingPartyOf(interaction.tenant), agent: request.headers['user-agent'] };
  const key = 'Verification.WebAuthn.Submit';
  const proof = await audit.attempt(interaction, { key }, async () => {
    const payload = passkeyAnswer(request, verifyWebAuthnRegistration.body.shape.payload);
    return secondFactor.provePasskey(interaction, challenge, payload, made);
  });
  return { challengeId: challenge.id, proof };
}
