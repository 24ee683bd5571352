/** What the sign-in pages show: from the tenant's settings and the machine's prompt to the views of the contract. Pure. */
import type {
  ContinueView,
  PageError,
  PageLanguage,
  RegisterView,
  SignInExperienceSettings,
  SignInView,
  SocialOption,
  Terms,
} from '@aldaba/contract';
import { passwordRules } from '../features/hosted-pages/index.ts';
import { formQuestions } from './extra-profile/index.ts';
import type { SignInSettings, SocialConnector } from './needs.ts';
import { type MissingDetail, resolvePolicy } from './policy.ts';
import type { Address } from './state.ts';

export interface PageContext {
  appId: string;
  settings: SignInSettings;
  language: PageLanguage;
  connectors: readonly SocialConnector[];
  /** Kinds of addresses that something is configured to send codes to. */
  reachable: readonly Address['type'][];
}

/** Whether the person has to agree to the terms on a page, or is only told of them. */
export function termsOf(settings: SignInExperienceSettings, page: 'sign-in' | 'register'): Terms {
  if (!settings.termsOfUseUrl && !settings.privacyPolicyUrl) return 'none';
  if (settings.agreeToTermsPolicy === 'Manual') return 'checkbox';
  return settings.agreeToTermsPolicy === 'ManualRegistrationOnly' && page === 'register' ? 'checkbox' : 'notice';
}

/**
 * Whether the sign-in page has a password form. Where accounts are made through connectors alone (sign-up identifier "not
 * applicable") nobody has a password, so there is none.
 */
export function hasPasswordForm({ settings, connectors }: Pick<PageContext, 'settings' | 'connectors'>): boolean {
  const policy = resolvePolicy(settings);
  if (!policy.signIn || policy.passwordIdentifiers.length === 0) return false;
  const socialOnly = policy.register && settings.signUp.identifiers.length === 0 && connectors.length > 0;
  return !socialOnly;
}

/** Whether the other page has more to offer than the same buttons again. */
const pagesDiffer = (context: PageContext): boolean =>
  hasPasswordForm(context) || resolvePolicy(context.settings).registerWithUsername;

const hasRegistration = (context: PageContext): boolean => {
  const policy = resolvePolicy(context.settings);
  return policy.register && pagesDiffer(context) && (policy.registerWithUsername || context.connectors.length > 0);
};

export function signInView(context: PageContext, form: { username?: string; error?: PageError } = {}): SignInView {
  return {
    kind: 'sign-in',
    appId: context.appId,
    identifiers: hasPasswordForm(context) ? [...resolvePolicy(context.settings).passwordIdentifiers] : [],
    password: hasPasswordForm(context),
    code: false,
    social: context.connectors.map((connector) => optionOf(connector, context.language)),
    ...(hasRegistration(context) ? { registerPath: '/register' } : {}),
    terms: termsOf(context.settings, 'sign-in'),
    ...form,
  };
}

export function registerView(context: PageContext, form: { username?: string; error?: PageError } = {}): RegisterView {
  const policy = resolvePolicy(context.settings);
  return {
    kind: 'register',
    appId: context.appId,
    form: policy.registerWithUsername ? 'username' : 'none',
    social: context.connectors.map((connector) => optionOf(connector, context.language)),
    ...(policy.signIn && pagesDiffer(context) ? { signInPath: '/sign-in' } : {}),
    terms: termsOf(context.settings, 'register'),
    passwordRules: passwordRules(context.settings, context.language),
    ...form,
  };
}

/** What was typed, for the same page once more. */
export interface ContinueForm {
  username?: string;
  error?: PageError;
  /** Reads a field by its name. */
  read?: (name: string) => string;
}

/** Undefined when something is missing that this page cannot ask for. */
export function continueView(
  context: Omit<PageContext, 'connectors'>,
  { missing, expired }: { missing: readonly MissingDetail[]; expired?: true },
  { read, ...form }: ContinueForm = {},
): ContinueView | undefined {
  const askable = missing.filter((detail) => detail === 'username' || detail === 'password');
  const asksMore = missing.includes('extraProfile');
  if (askable.length + Number(asksMore) < missing.length) return undefined;
  return {
    kind: 'continue',
    appId: context.appId,
    missing: askable,
    ...(expired ? { expired } : {}),
    questions: asksMore ? formQuestions(context.settings.profileFields, read) : [],
    passwordRules: passwordRules(context.settings, context.language),
    ...form,
  };
}

const optionOf = (connector: SocialConnector, language: PageLanguage): SocialOption => ({
  id: connector.id,
  target: connector.target,
  platform: connector.platform,
  name: connector.name[language] ?? connector.name.en ?? connector.target,
  logo: connector.logo,
  ...(connector.logoDark ? { logoDark: connector.logoDark } : {}),
});
