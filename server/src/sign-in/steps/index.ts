import type { PageLanguage } from '@aldaba/contract';
import type { Request } from '../../http/types.ts';
import type { SocialLanding } from '../factors/social/landing.ts';
import type { Interaction } from '../port.ts';
import { withActions } from './actions.ts';
import { audited, createSignInAudit } from './audit.ts';
import { type BeginSteps, createBeginSteps } from './begin.ts';
import { accountOf, createAccounts, createReading, type Reading, type StepContext, type StepNeeds } from './context.ts';
import { createDetailSteps, type DetailSteps } from './details.ts';
import { createEnterSteps, type EnterSteps } from './enter.ts';
import { createFormSteps, type FormSteps } from './forms.ts';
import { createIdentifiedSteps, type IdentifiedSteps } from './identified.ts';
import { createRunner } from './run.ts';
import { createSecondFactorSteps, type SecondFactorSteps } from './second-factors.ts';
import {
  type AccountChoiceSteps,
  createAccountChoiceSteps,
  createCheck,
  createIdentifySteps,
  createVerifySteps,
  type IdentifySteps,
  type VerifySteps,
} from './verify.ts';

/** The steps of a sign-in, for the pages and the Experience API: each checks, stores and logs in one place. */
export interface SignIn
  extends Reading,
    BeginSteps,
    VerifySteps,
    EnterSteps,
    IdentifySteps,
    DetailSteps,
    IdentifiedSteps,
    AccountChoiceSteps {
  forms: FormSteps;
  secondFactors: SecondFactorSteps;
  /** The language of messages, without the page's own choice. */
  languageOf: (request: Request, interaction: Interaction) => Promise<PageLanguage>;
  /** What the pages need to render and to find their way; no step is behind it. */
  pageNeeds: PageNeeds;
}
type PageNeeds = Pick<StepNeeds, 'pages' | 'connectors' | 'port' | 'clock' | 'log'> & { landing: SocialLanding };

export function createSteps({ factors, ...needs }: StepNeeds): SignIn {
  const { settings, assertNotBlocked } = needs;
  const audit = createSignInAudit(needs);
  const accounts = createAccounts(needs);
  const runner = createRunner({ ...needs, password: factors.password, accountOf });
  const run = audited(withActions(runner, { ...needs, accounts }), audit);
  const reading = createReading(needs, accounts);
  const context: StepContext = {
    ...reading,
    needs,
    factors,
    accounts,
    audit,
    run,
    assertNotBlocked,
    async take(interaction, events, options = {}) {
      return run(interaction, events, {
        ...options,
        settings: options.settings ?? (await settings(interaction.tenant)),
      });
    },
  };
  const checking = { ...context, check: createCheck(context) };
  const { pages, connectors, port, clock, log } = needs;
  const begin = createBeginSteps(context);
  const enter = createEnterSteps(checking);
  const secondFactors = createSecondFactorSteps(factors.second);
  return {
    ...reading,
    ...begin,
    ...createVerifySteps(checking),
    ...enter,
    ...createIdentifySteps(context),
    ...createDetailSteps(context),
    ...createIdentifiedSteps({ ...context, secondFactors, sendCode: begin.sendCode }),
    ...createAccountChoiceSteps(needs),
    forms: createFormSteps({ ...reading, ...begin, ...enter }),
    secondFactors,
    languageOf: (request, { request: { uiLocales } }) => pages.language(request, { uiLocales }),
    pageNeeds: { pages, connectors, port, clock, log, landing: factors.socialLanding },
  };
}
