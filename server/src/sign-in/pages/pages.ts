/**
 * The hosted pages: plain forms that work with scripts off. A form is answered with a redirect (303) on success, else
 * with the same page, its error and a fitting status.
 */
import type { PageError } from '@aldaba/contract';
import { pageErrorOf } from '../../features/appearance/hosted-pages/words.ts';
import type { Http } from '../../http/types.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { formAnswers, readAnswers } from '../extra-profile/index.ts';
import { type MissingDetail, resolvePolicy } from '../machine/policy.ts';
import type { SignInState } from '../machine/state.ts';
import type { Identifier } from '../needs.ts';
import type { Interaction } from '../port.ts';
import type { Detail } from '../steps/details.ts';
import type { SignIn } from '../steps/index.ts';
import { identifierOf } from '../typed-identifiers.ts';
import { codePageRoutes } from './code-pages.ts';
import { factorBindingPageRoutes } from './factor-binding-pages.ts';
import { factorPageRoutes } from './factor-pages.ts';
import { identifierPageRoutes } from './identifier-pages.ts';
import { oneTimeTokenPageRoutes } from './one-time-token-pages.ts';
import {
  asFormError,
  assertAgreed,
  createPageRoutes,
  type PageRequest,
  type PageRoutes,
  queryField,
} from './page-requests.ts';
import {
  continueView,
  isIdentifierFirst,
  registerView,
  shownIdentifier,
  signInPasswordView,
  signInView,
  takesPassword,
} from './page-views.ts';
import { passwordPageRoutes } from './password-pages.ts';
import { socialPageRoutes } from './social-pages.ts';

/** Other first screens, each with the existing page that replaces it. */
const aliases: Record<string, '/sign-in' | '/register' | '/forgot-password'> = {
  '/identifier-sign-in': '/sign-in',
  '/single-sign-on': '/sign-in',
  '/reset-password': '/forgot-password',
  '/switch-account': '/sign-in',
  '/identifier-register': '/register',
};

export function signInPageRoutes(http: Http, signIn: SignIn): void {
  const routes = createPageRoutes(http, signIn);
  entryRoutes(routes);
  continueRoutes(routes);
  identifierPageRoutes(routes);
  codePageRoutes(routes);
  passwordPageRoutes(routes);
  oneTimeTokenPageRoutes(routes);
  socialPageRoutes(routes);
  factorPageRoutes(routes);
  factorBindingPageRoutes(routes);
  for (const [path, target] of Object.entries(aliases)) {
    http.get(path, async (request, reply) => {
      const at = request.url.indexOf('?');
      return reply.redirect(`${request.tenant.basePath}${target}${at < 0 ? '' : request.url.slice(at)}`, 303);
    });
  }
}

function entryRoutes({ signIn, get, form }: PageRoutes): void {
  get('/sign-in', async ({ request, interaction, context, show, redirect }) => {
    if (!resolvePolicy(context.settings).signIn) return redirect('/register');
    const state = signIn.findState(interaction);
    const username = state?.identifier ? shownIdentifier(state.identifier) : hintOf(interaction);
    const isNotified = isPasswordReplaced(state) && queryField(request, 'notice') === 'password-changed';
    return show(
      signInView(context, {
        ...(username === undefined ? {} : { username }),
        ...(isNotified ? { notice: 'password-changed' } : {}),
      }),
    );
  });
  get('/register', async ({ interaction, context, show, redirect }) => {
    if (!resolvePolicy(context.settings).register) return redirect('/sign-in');
    const username = hintOf(interaction) ?? '';
    return show(registerView(context, { username, ...(username.includes('@') ? { typedAddress: username } : {}) }));
  });
  const typedIdentifier = ({ context, field }: PageRequest): Identifier =>
    identifierOf(field('username').trim(), resolvePolicy(context.settings).passwordIdentifiers);
  form(
    '/sign-in',
    async (page) => {
      assertAgreed(page, 'sign-in');
      const identifier = typedIdentifier(page);
      return signIn.signInWithPassword(page.interaction, { identifier, password: requiredField(page, 'password') });
    },
    (page, error) => {
      // The page that asked: the first one, or the one that asks for the password alone.
      const username = page.field('username').trim();
      const identifier = username !== '' && error.code !== 'user.terms_required' && typedIdentifier(page);
      return identifier && isIdentifierFirst(page.context) && takesPassword(page.context, identifier)
        ? signInPasswordView(page.context, { identifier, error })
        : signInView(page.context, { username, error });
    },
  );
  form(
    '/register',
    async (page) => {
      assertAgreed(page, 'register');
      const username = requiredField(page, 'username').trim();
      return signIn.registerWithPassword(page.interaction, { username, password: requiredField(page, 'password') });
    },
    ({ context, field }, error) => registerView(context, { username: field('username').trim(), error }),
  );
}

function continueRoutes({ signIn, get, post }: PageRoutes): void {
  const view = (
    { interaction, context }: PageRequest,
    prompt: { missing: MissingDetail[]; expired?: true },
    form: { username?: string; error?: PageError; read?: (name: string) => string } = {},
  ) => {
    const known = prompt.missing.includes('username') ? undefined : signInNameOf(signIn.stateOf(interaction));
    const page = continueView(context, prompt, { ...(known === undefined ? {} : { username: known }), ...form });
    if (!page) throw new AldabaError('user.missing_profile', { missingProfile: prompt.missing });
    return page;
  };
  get('/continue', async (page) => {
    const prompt = await signIn.promptOf(page.interaction);
    return prompt.kind === 'continue' ? page.show(view(page, prompt)) : page.proceed({ prompt });
  });
  post('/continue', async (page) => {
    const prompt = await signIn.promptOf(page.interaction);
    try {
      const details = prompt.kind === 'continue' ? givenDetails(page, prompt.missing) : [];
      return page.proceed(await signIn.addDetails(page.interaction, details, { completes: true }));
    } catch (error) {
      const failure = asFormError(error);
      if (prompt.kind !== 'continue') return page.proceed({ prompt });
      const username = page.field('username').trim();
      const form = { ...(username ? { username } : {}), error: pageErrorOf(failure, page.context.language) };
      return page.show(view(page, prompt, { ...form, read: page.field }), failure);
    }
  });
}

/** Only what is missing is read, so that the form cannot change what is there. */
function givenDetails(page: PageRequest, missing: readonly MissingDetail[]): Detail[] {
  const { profileFields } = page.context.settings;
  const details: Detail[] = [];
  if (missing.includes('username')) details.push({ type: 'username', value: requiredField(page, 'username').trim() });
  if (missing.includes('password')) details.push({ type: 'password', value: requiredField(page, 'password') });
  if (missing.includes('extraProfile')) {
    const profile = readAnswers(profileFields, formAnswers(profileFields, page.field));
    details.push({ type: 'extraProfile', profile });
  }
  return details;
}

function requiredField({ field }: PageRequest, name: 'username' | 'password'): string {
  const value = field(name);
  if (value.trim() === '') throw new AldabaError(`user.${name}_required`);
  return value;
}

/** What the user will sign in with, for the password manager to keep a new password under. */
function signInNameOf({ profile, proofs }: SignInState): string | undefined {
  const proof = proofs.find((known) => known.type === 'Password');
  return profile.username ?? proof?.identifier.value;
}

/** The URL alone does not prove that a password was replaced, so the state of the sign-in is checked. */
const isPasswordReplaced = (state: SignInState | undefined): boolean =>
  state?.intent === 'ForgotPassword' && state.userId === undefined && state.challenges.length === 0;

const hintOf = ({ request: { loginHint } }: Interaction): string | undefined => loginHint?.slice(0, 128) || undefined;
