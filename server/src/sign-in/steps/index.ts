/** The steps of a sign-in, for the pages and the Experience API: each checks, stores and logs in one place. */
import type { Request } from '../../http/types.ts';
import type { Interaction } from '../port.ts';
import { withActions } from './actions.ts';
import { audited, createSignInAudit } from './audit.ts';
import { createBeginSteps } from './begin.ts';
import { behindCaptcha, createCaptchaSteps } from './captcha/index.ts';
import { createReadAccount, createReading, type StepContext, type StepNeeds } from './context.ts';
import { createDetailSteps } from './details.ts';
import { createEnterSteps } from './enter.ts';
import { createSsoSteps } from './enterprise-sso/index.ts';
import { createFormSteps } from './forms.ts';
import { createIdentifiedSteps } from './identified.ts';
import { createLinkSteps } from './linking/index.ts';
import { createPasskeySteps } from './passkeys.ts';
import { createPictureSteps } from './picture/index.ts';
import { createRunner } from './run.ts';
import { createSecondFactorSteps } from './second-factors.ts';
import { createSocialSteps } from './social/index.ts';
import { createAccountChoiceSteps, createChecks, createIdentifySteps, createVerifySteps } from './verify.ts';

export type SignIn = ReturnType<typeof createSteps>;

export function createSteps(needs: StepNeeds) {
  const { factors, settings, pages, connectors, ssoConnectors, ssoLogout, idpInitiated, port, clock, log } = needs;
  const audit = createSignInAudit(needs);
  const accountFor = createReadAccount(needs);
  const take = audited(withActions(createRunner(needs), needs, accountFor), audit);
  const reading = createReading(needs, accountFor);
  const context: StepContext = {
    ...reading,
    needs,
    factors,
    accountFor,
    take,
    attempt: behindCaptcha(audit.attempt, reading),
  };
  const checking = { ...context, checks: createChecks(context) };
  const begin = createBeginSteps(context);
  const enter = createEnterSteps(checking);
  const passkeys = createPasskeySteps(checking);
  const secondFactors = createSecondFactorSteps(factors.second);
  return {
    ...reading,
    ...begin,
    ...createCaptchaSteps(needs, take, reading),
    ...createVerifySteps(checking),
    ...enter,
    ...passkeys,
    ...createIdentifySteps(context),
    ...createDetailSteps(context),
    ...createLinkSteps(context),
    ...createSocialSteps(checking),
    ...createSsoSteps(checking),
    ...createPictureSteps(context),
    ...createIdentifiedSteps({ ...context, secondFactors, sendCode: begin.sendCode }),
    ...createAccountChoiceSteps(needs),
    forms: createFormSteps({ ...reading, ...begin, ...enter, ...passkeys }),
    secondFactors,
    /** How users sign in to a tenant, and what its sign-up asks for. */
    settings,
    /** The language of messages. */
    languageOf: async (request: Request, { request: { uiLocales } }: Interaction) =>
      (await pages.spoken(request, { uiLocales })).locale,
    /** What the pages need to render and to find their way; no step is behind it. */
    pageNeeds: {
      pages,
      connectors,
      ssoConnectors,
      ssoLogout,
      idpInitiated,
      port,
      clock,
      log,
      landing: factors.socialLanding,
      oneTap: factors.oneTap,
    },
  };
}
