/**
 * The HTML door: plain forms that work with scripts off. Every form is answered with a redirect (303) on success, and with the
 * same page, its error and a fitting status otherwise.
 */
import type { PageError, PageView } from '@aldaba/contract';
import { pageErrorOf } from '../../features/appearance/hosted-pages/words.ts';
import type { Http, Reply, Request } from '../../http/index.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { formAnswers, readAnswers } from '../extra-profile/index.ts';
import { type MissingDetail, resolvePolicy } from '../machine/policy.ts';
import { readState, type SignInState } from '../machine/state.ts';
import type { Prompt } from '../machine/vocabulary.ts';
import type { Identifier, SignInSettings } from '../needs.ts';
import type { Interaction } from '../port.ts';
import type { GivenDetails, SignIn } from '../service.ts';
import { identifierOf } from '../typed-identifiers.ts';
import { codePageRoutes } from './code-pages.ts';
import { factorBindingPageRoutes } from './factor-binding-pages.ts';
import { factorPageRoutes } from './factor-pages.ts';
import { identifierPageRoutes, takesPassword } from './identifier-pages.ts';
import { oneTimeTokenPageRoutes } from './one-time-token-pages.ts';
import {
  asFormError,
  assertAgreed,
  createPageDoor,
  formField,
  type PageDoor,
  pageAddress,
  queryField,
} from './page-door.ts';
import {
  type ContinueForm,
  continueView,
  isIdentifierFirst,
  type PageContext,
  registerView,
  shownIdentifier,
  signInPasswordView,
  signInView,
} from './page-views.ts';
import { passwordPageRoutes } from './password-pages.ts';
import { socialPageRoutes } from './social-pages.ts';

/** Addresses of other first screens, which begin with the page that is nearest to them. */
const aliases: Record<string, '/sign-in' | '/register' | '/forgot-password'> = {
  '/identifier-sign-in': '/sign-in',
  '/single-sign-on': '/sign-in',
  '/reset-password': '/forgot-password',
  '/switch-account': '/sign-in',
  '/identifier-register': '/register',
};

export function signInPageRoutes(http: Http, signIn: SignIn): void {
  const door = createPageDoor(signIn);
  entryRoutes(http, signIn, door);
  continueRoutes(http, signIn, door);
  identifierPageRoutes(http, signIn, door);
  codePageRoutes(http, signIn, door);
  passwordPageRoutes(http, signIn, door);
  oneTimeTokenPageRoutes(http, signIn, door);
  socialPageRoutes(http, signIn, door);
  factorPageRoutes(http, signIn, door);
  factorBindingPageRoutes(http, signIn, door);
  for (const [path, target] of Object.entries(aliases)) {
    http.get(path, async (request, reply) => {
      const at = request.url.indexOf('?');
      return reply.redirect(`${request.tenant.basePath}${target}${at < 0 ? '' : request.url.slice(at)}`, 303);
    });
  }
}

function entryRoutes(http: Http, signIn: SignIn, door: PageDoor): void {
  http.get(
    '/sign-in',
    door.page(async (request, reply, interaction) => {
      const context = await door.context(interaction, request);
      if (!resolvePolicy(context.settings).signIn) return reply.redirect(pageAddress('/register', interaction), 303);
      const { identifier } = readState(interaction.state, signIn.needs.clock.now()) ?? {};
      const given = identifier ? { username: shownIdentifier(identifier) } : prefilled(interaction);
      const form = { ...given, ...noticeOf(signIn, request, interaction) };
      return door.show(request, reply, { interaction, view: signInView(context, form) });
    }),
  );
  http.get(
    '/register',
    door.page(async (request, reply, interaction) => {
      const context = await door.context(interaction, request);
      if (!resolvePolicy(context.settings).register) return reply.redirect(pageAddress('/sign-in', interaction), 303);
      const { username = '' } = prefilled(interaction);
      const form = { username, ...(username.includes('@') ? { typedAddress: username } : {}) };
      return door.show(request, reply, { interaction, view: registerView(context, form) });
    }),
  );

  http.post(
    '/sign-in',
    door.form(async (request, reply, interaction) => {
      const context = await door.context(interaction, request);
      const username = formField(request, 'username').trim();
      let identifier: Identifier | undefined;
      try {
        assertAgreed(request, context, 'sign-in');
        identifier = identifierOf(username, resolvePolicy(context.settings).passwordIdentifiers);
        const given = { identifier, password: requiredField(request, 'password') };
        door.proceed(reply, interaction, await signIn.signInWithPassword(interaction, given));
      } catch (error) {
        const failure = asFormError(error);
        const view = refusedView(context, { username, identifier, error: pageErrorOf(failure, context.language) });
        await door.show(request, reply, { interaction, view, status: failure.status });
      }
    }),
  );
  http.post(
    '/register',
    door.form(async (request, reply, interaction) => {
      const context = await door.context(interaction, request);
      const username = formField(request, 'username').trim();
      try {
        assertAgreed(request, context, 'register');
        if (username === '') throw new AldabaError('user.username_required');
        const given = { username, password: requiredField(request, 'password') };
        door.proceed(reply, interaction, await signIn.registerWithPassword(interaction, given));
      } catch (error) {
        const failure = asFormError(error);
        const form = { username, error: pageErrorOf(failure, context.language) };
        await door.show(request, reply, { interaction, view: registerView(context, form), status: failure.status });
      }
    }),
  );
}

/** The page whose password was refused: the first one, or the one that asks for the password alone. */
function refusedView(
  context: PageContext,
  { username, identifier, error }: { username: string; identifier: Identifier | undefined; error: PageError },
): PageView {
  return identifier && isIdentifierFirst(context) && takesPassword(context, identifier)
    ? signInPasswordView(context, { identifier, error })
    : signInView(context, { username, error });
}

function continueRoutes(http: Http, signIn: SignIn, door: PageDoor): void {
  const show = async (
    request: Request,
    reply: Reply,
    page: {
      interaction: Interaction;
      prompt: Prompt;
      status?: number;
      form?: ContinueForm;
    },
  ) => {
    const { interaction, prompt } = page;
    if (prompt.kind !== 'continue') return door.proceed(reply, interaction, { prompt });
    const known = prompt.missing.includes('username') ? undefined : signInNameOf(signIn.stateOf(interaction));
    const form = { ...(known === undefined ? {} : { username: known }), ...page.form };
    const view = continueView(await door.context(interaction, request), prompt, form);
    if (!view) throw new AldabaError('user.missing_profile', { missingProfile: prompt.missing });
    return door.show(request, reply, {
      interaction,
      view,
      ...(page.status === undefined ? {} : { status: page.status }),
    });
  };

  http.get(
    '/continue',
    door.page(async (request, reply, interaction) =>
      show(request, reply, { interaction, prompt: await door.standing(interaction) }),
    ),
  );
  http.post(
    '/continue',
    door.form(async (request, reply, interaction) => {
      const prompt = await door.standing(interaction);
      const username = formField(request, 'username').trim();
      try {
        const settings = await signIn.settings(interaction.tenant);
        const given = prompt.kind === 'continue' ? missingFields(request, prompt.missing, settings) : {};
        door.proceed(reply, interaction, await signIn.continueWith(interaction, given));
      } catch (error) {
        const failure = asFormError(error);
        const { language } = await door.context(interaction, request);
        await show(request, reply, {
          interaction,
          prompt,
          status: failure.status,
          form: {
            ...(username ? { username } : {}),
            error: pageErrorOf(failure, language),
            read: (name) => formField(request, name),
          },
        });
      }
    }),
  );
}

/** Only what is missing is read, so that the form cannot change what is there. */
function missingFields(
  request: Request,
  missing: readonly MissingDetail[],
  { profileFields }: Pick<SignInSettings, 'profileFields'>,
): GivenDetails {
  const given: GivenDetails = {};
  if (missing.includes('username')) given.username = requiredField(request, 'username').trim();
  if (missing.includes('password')) given.password = requiredField(request, 'password');
  if (missing.includes('extraProfile')) {
    const values = formAnswers(profileFields, (name) => formField(request, name));
    given.extraProfile = readAnswers(profileFields, values);
  }
  return given;
}

function requiredField(request: Request, name: 'username' | 'password'): string {
  const value = formField(request, name);
  if (value.trim() === '') throw new AldabaError(`user.${name}_required`);
  return value;
}

/** What the person will sign in with, for the password manager to keep a new password under. */
function signInNameOf({ profile, proofs }: SignInState): string | undefined {
  const proof = proofs.find((known) => known.type === 'Password');
  return profile.username ?? proof?.identifier.value;
}

/**
 * What was done a moment ago. The address alone does not say so, which anybody can write: the sign-in has to stand where a
 * password that was replaced leaves it.
 */
function noticeOf(signIn: SignIn, request: Request, interaction: Interaction): { notice?: 'password-changed' } {
  const state = readState(interaction.state, signIn.needs.clock.now());
  const isReplaced = state?.intent === 'ForgotPassword' && state.userId === undefined && state.challenges.length === 0;
  return isReplaced && queryField(request, 'notice') === 'password-changed' ? { notice: 'password-changed' } : {};
}

const prefilled = ({ request }: Interaction) =>
  request.loginHint ? { username: request.loginHint.slice(0, 128) } : {};
