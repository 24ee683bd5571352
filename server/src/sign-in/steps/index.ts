import type { PageLanguage } from '@aldaba/contract';
import { fieldsAsked } from '../../features/appearance/custom-profile-fields/asked.ts';
import type { Request } from '../../http/types.ts';
import type { Tenant } from '../../tenancy/index.ts';
import type { Factors } from '../factors/index.ts';
import { supportsPasskeys } from '../factors/passkey/relying-party.ts';
import type { SignInNeeds } from '../needs.ts';
import type { Interaction } from '../port.ts';
import { type AccountChoiceSteps, createAccountChoiceSteps } from './account-choice.ts';
import { createAccounts } from './accounts.ts';
import { withActions } from './actions.ts';
import { audited, createSignInAudit } from './audit.ts';
import { type BeginSteps, createBeginSteps } from './begin.ts';
import { createReading, type Reading, type StepContext } from './context.ts';
import { createDetailSteps, type DetailSteps } from './details.ts';
import { createEnterSteps, type EnterSteps } from './enter.ts';
import { createIdentifiedSteps, type IdentifiedSteps } from './identified.ts';
import { createIdentifySteps, type IdentifySteps } from './identify.ts';
import { createRunner } from './run.ts';
import { createSecondFactorSteps, type SecondFactorSteps } from './second-factors.ts';
import { createCheck, createVerifySteps, type VerifySteps } from './verify.ts';

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
  secondFactors: SecondFactorSteps;
  /** The language of messages, without the page's own choice. */
  languageOf(request: Request, interaction: Interaction): Promise<PageLanguage>;
  /** What the pages need to render and to find their way; no step is behind it. */
  pageNeeds: PageNeeds;
}
export type PageNeeds = Pick<SignInNeeds, 'pages' | 'connectors' | 'port' | 'clock' | 'vault' | 'log'>;

export function composeSignIn(needs: SignInNeeds, factors: Factors): SignIn {
  const audit = createSignInAudit(needs);
  const accounts = createAccounts(needs);
  const run = audited(
    withActions(createRunner({ ...needs, password: factors.password }), { ...needs, accounts }),
    audit,
  );
  const settings = async (tenant: Tenant) => {
    const [own, fields] = await Promise.all([needs.signInExperiences.get(tenant), needs.profileFields.list(tenant)]);
    return {
      ...own,
      profileFields: fieldsAsked(fields, own.signUpProfileFields),
      supportsPasskeys: supportsPasskeys(tenant),
    };
  };
  const reading = createReading(needs, { accounts, settings });
  const context: StepContext = {
    ...reading,
    needs,
    factors,
    accounts,
    audit,
    run,
    async take(interaction, events, options = {}) {
      return run(interaction, events, {
        ...options,
        settings: options.settings ?? (await settings(interaction.tenant)),
      });
    },
  };
  const checking = { ...context, check: createCheck(context) };
  const { pages, connectors, port, clock, vault, log } = needs;
  return {
    ...reading,
    ...createBeginSteps(context),
    ...createVerifySteps(checking),
    ...createEnterSteps(checking),
    ...createIdentifySteps(context),
    ...createDetailSteps(context),
    ...createIdentifiedSteps(context),
    ...createAccountChoiceSteps(needs),
    secondFactors: createSecondFactorSteps(factors.second),
    languageOf: (request, { request: { uiLocales } }) =>
      pages.language(request, uiLocales === undefined ? {} : { uiLocales }),
    pageNeeds: { pages, connectors, port, clock, vault, log },
  };
}
