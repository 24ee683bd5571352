/**
 * The view of each screen that can be previewed, by the builders of the real pages. Undefined: users cannot reach the
 * screen with these settings.
 */
import type { PreviewScreen, SignInFactor } from '@aldaba/contract';
import { usualMessageDelay } from '@aldaba/contract/pages';
import { consentView } from '../../features/appearance/hosted-pages/consent-view.ts';
import { sentenceFor } from '../../features/appearance/hosted-pages/words.ts';
import type { Look } from '../../features/applications/application-experiences/index.ts';
import { defined } from '../../kernel/defined.ts';
import type { BindingPage } from '../factors/second-factor.ts';
import { secondFactorTraits } from '../machine/factors.ts';
import { codeForm, missingDetails, recoveryForm, registerForm, resolvePolicy, typesOf } from '../machine/policy.ts';
import type { Address } from '../machine/state.ts';
import {
  bindFactorView,
  chooseFactorView,
  continueView,
  forgotPasswordView,
  isIdentifierFirst,
  type PageContext,
  passkeyOffer,
  registerView,
  resetPasswordView,
  type Screen,
  secondFactorView,
  signInPasswordView,
  signInView,
  verificationCodeView,
} from '../views.ts';
import { sampleAddress, sampleApplication, sampleIdentifier, sampleUser } from './samples.ts';

const sampleNames = {
  username: sampleIdentifier('username').value,
  primaryEmail: sampleIdentifier('email').value,
  primaryPhone: sampleIdentifier('phone').value,
};

export interface Previewed {
  context: PageContext;
  now: number;
  /** The factor of the screen `second-factor`; the first that is enabled, if undefined. */
  factor: SignInFactor | undefined;
  /** The application that the consent page is about; a sample, if undefined. */
  application: { client: { id: string; name: string }; look: Look } | undefined;
  /** Starts to set up a factor for the sample user; nothing is kept. Undefined where the factor has no page. */
  begin: (factor: SignInFactor) => Promise<BindingPage | undefined>;
}

type Draw = (previewed: Previewed) => Screen | undefined | Promise<Screen | undefined>;

const factorsOf = ({ settings }: PageContext) => resolvePolicy(settings).secondFactors;
/** Factors that can be set up; backup codes follow another factor. */
const choosable = (context: PageContext): SignInFactor[] => {
  const { factors, unavailable } = factorsOf(context);
  return factors.filter((factor) => factor !== 'BackupCode' && !unavailable.includes(factor));
};

export const screens: Readonly<Record<PreviewScreen, Draw>> = {
  'sign-in': ({ context }) =>
    resolvePolicy(context.settings).signIn ? offering(context, signInView(context)) : undefined,
  'sign-in-password': ({ context }) => {
    const types = resolvePolicy(context.settings).passwordIdentifiers;
    // With the button that asks for a code, where there is one.
    const type = types.find((each) => typesOf(codeForm(context)).some((code) => code === each)) ?? types[0];
    if (type === undefined || !isIdentifierFirst(context)) return undefined;
    return offering(context, signInPasswordView(context, sampleIdentifier(type)));
  },
  register: ({ context }) =>
    resolvePolicy(context.settings).register ? registerView(context, { username: '' }) : undefined,
  continue: ({ context }) => {
    const missing = missingOf(context);
    return missing.length > 0 ? continueView(context, { missing }) : undefined;
  },
  'forgot-password': ({ context }) => forgotPasswordView(context),
  'reset-password': ({ context }) => (recoveryForm(context) ? resetPasswordView(context, sampleNames) : undefined),
  'verification-code': ({ context, now }) => codeScreen(context, now),
  'second-factor': secondFactor,
  'choose-factor': ({ context }) => {
    const factors = choosable(context);
    const ready = factors.filter((factor) => addressOf(factor) === 'email');
    // The only factor is set up without a choice.
    if (factors.length - ready.length < 2 && ready.length === 0) return undefined;
    return chooseFactorView({ factors, skippable: !factorsOf(context).mandatory }, ready);
  },
  'bind-app': (previewed) => binding(previewed, 'Totp'),
  'bind-passkey': (previewed) => binding(previewed, 'WebAuthn'),
  'backup-codes': (previewed) => binding(previewed, 'BackupCode'),
  consent: ({ context: { language }, application }) => {
    const { client, redirectUri } = sampleApplication(language);
    const access = {
      user: ['profile', 'email', 'offline_access'],
      resources: [],
      organizations: [],
      inOrganizations: [],
    };
    const user = sampleUser(language);
    return consentView({ client, look: {}, ...application, user, access, language, redirectUri, xsrf: 'preview' });
  },
  'signed-out': ({ application }) => ({
    kind: 'signed-out',
    ...(application ? { applicationName: application.look.displayName || application.client.name } : {}),
  }),
  'unknown-session': () => ({ kind: 'unknown-session' }),
  error: ({ context: { language } }) => {
    const code = 'request.unavailable';
    return { kind: 'error', code, message: sentenceFor({ code, data: undefined }, language) };
  },
};

/** The page with the button of passkeys, which asks for none. */
const offering = (context: PageContext, view: Screen<'sign-in' | 'sign-in-password'>): Screen => ({
  ...view,
  ...defined({ passkey: passkeyOffer(context, view.kind) }),
});

/** What a new user is asked for after the first page, without addresses where custom fields are asked for as well. */
function missingOf(context: PageContext) {
  const policy = resolvePolicy(context.settings);
  if (!policy.register) return [];
  const form = registerForm(context);
  const cameBySocial = context.connectors.length > 0;
  const given = {
    username: !cameBySocial && form === 'username',
    password: !cameBySocial && form === 'username',
    email: !cameBySocial && typesOf(form === 'username' || form === 'none' ? undefined : form).includes('email'),
    phone: !cameBySocial && form === 'phone',
    social: cameBySocial,
    extraProfile: false,
  };
  const missing = missingDetails(policy, given, cameBySocial);
  if (!missing.includes('extraProfile')) return missing;
  return missing.filter((detail) => detail === 'username' || detail === 'password' || detail === 'extraProfile');
}

function codeScreen(context: PageContext, now: number): Screen | undefined {
  const registering = registerForm(context);
  const byCode = registering === 'username' || registering === 'none' ? undefined : registering;
  const [signsIn] = typesOf(codeForm(context));
  const [type = signsIn] = [...typesOf(byCode), ...typesOf(recoveryForm(context))];
  const address = signsIn ?? type;
  if (address === undefined) return undefined;
  const backPath = signsIn ? '/sign-in' : byCode ? '/register' : '/forgot-password';
  const identifier = sampleAddress(address);
  return verificationCodeView(
    context,
    { createdAt: now, identifier },
    { now, signsIn: signsIn !== undefined, backPath },
  );
}

const addressOf = (factor: SignInFactor): Address['type'] | undefined => secondFactorTraits(factor)?.address;

function secondFactor({ context, factor: asked }: Previewed): Screen | undefined {
  const { factors } = factorsOf(context);
  const factor = asked ?? factors[0];
  if (factor === undefined || !factors.includes(factor)) return undefined;
  const address = addressOf(factor);
  return secondFactorView(factor, {
    factors,
    address: address && sampleAddress(address),
    wait: usualMessageDelay,
    own: factor === 'WebAuthn' ? { options: {} } : undefined,
  });
}

async function binding({ context, begin }: Previewed, factor: SignInFactor): Promise<Screen | undefined> {
  const { factors, unavailable, mandatory } = factorsOf(context);
  // A passkey is offered to sign in with where it is not a second factor.
  const signsIn = resolvePolicy(context.settings).passkeySignIn && !!secondFactorTraits(factor)?.signsIn;
  if (signsIn && !factors.includes(factor)) {
    const offered = await begin(factor);
    return offered && bindFactorView(offered, { factors: [factor], skippable: true, signsIn });
  }
  if (!factors.includes(factor) || unavailable.includes(factor)) return undefined;
  const view = await begin(factor);
  return view && bindFactorView(view, { factors: choosable(context), skippable: !mandatory });
}
