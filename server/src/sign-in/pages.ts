/**
 * The HTML door: plain forms that work with scripts off. Every form is answered with a redirect (303) on success, and with the
 * same page, its error and a fitting status otherwise.
 */
import { pageErrorOf } from '../features/hosted-pages/index.ts';
import type { Http, Reply, Request } from '../http/index.ts';
import { AldabaError } from '../kernel/errors.ts';
import { formAnswers, readAnswers } from './extra-profile/index.ts';
import type { Identifier, SignInSettings } from './needs.ts';
import { asFormError, createPageDoor, formField, type PageDoor, pageAddress, queryField } from './page-door.ts';
import { type ContinueForm, continueView, type PageContext, registerView, signInView, termsOf } from './page-views.ts';
import { type MissingDetail, resolvePolicy, type SignInPolicy } from './policy.ts';
import type { Interaction } from './port.ts';
import type { GivenDetails, SignIn } from './service.ts';
import { socialPageRoutes } from './social-pages.ts';
import type { SignInState } from './state.ts';
import type { Prompt } from './vocabulary.ts';

/** Addresses of other first screens, which begin with the page that is nearest to them. */
const aliases: Record<string, '/sign-in' | '/register'> = {
  '/identifier-sign-in': '/sign-in',
  '/single-sign-on': '/sign-in',
  '/reset-password': '/sign-in',
  '/forgot-password': '/sign-in',
  '/one-time-token': '/sign-in',
  '/switch-account': '/sign-in',
  '/identifier-register': '/register',
};

export function signInPageRoutes(http: Http, signIn: SignIn): void {
  const door = createPageDoor(signIn);
  entryRoutes(http, signIn, door);
  continueRoutes(http, signIn, door);
  socialPageRoutes(http, signIn, door);
  for (const [path, target] of Object.entries(aliases)) {
    http.get(path, async (request, reply) => {
      const at = request.url.indexOf('?');
      return reply.redirect(`${request.tenant.basePath}${target}${at < 0 ? '' : request.url.slice(at)}`, 303);
    });
  }
}

function entryRoutes(http: Http, signIn: SignIn, door: PageDoor): void {
  const openGet = (request: Request) => signIn.open(request, queryField(request, 'app_id'));
  const openPost = (request: Request) => signIn.open(request, formField(request, 'app_id') || undefined);

  http.get(
    '/sign-in',
    door.route(async (request, reply) => {
      const interaction = await openGet(request);
      const context = await door.context(interaction, request);
      if (!resolvePolicy(context.settings).signIn)
        return reply.redirect(pageAddress(request, '/register', context.appId), 303);
      return door.show(request, reply, { interaction, view: signInView(context, prefilled(interaction)) });
    }),
  );
  http.get(
    '/register',
    door.route(async (request, reply) => {
      const interaction = await openGet(request);
      const context = await door.context(interaction, request);
      if (!resolvePolicy(context.settings).register)
        return reply.redirect(pageAddress(request, '/sign-in', context.appId), 303);
      return door.show(request, reply, { interaction, view: registerView(context, prefilled(interaction)) });
    }),
  );

  http.post(
    '/sign-in',
    door.form(async (request, reply) => {
      const interaction = await openPost(request);
      const context = await door.context(interaction, request);
      const username = formField(request, 'username').trim();
      try {
        assertAgreed(request, context, 'sign-in');
        const identifier = identifierOf(username, resolvePolicy(context.settings));
        const given = { identifier, password: requiredField(request, 'password') };
        door.proceed(request, reply, interaction, await signIn.signInWithPassword(interaction, given));
      } catch (error) {
        const failure = asFormError(error);
        const form = { username, error: pageErrorOf(failure, context.language) };
        await door.show(request, reply, { interaction, view: signInView(context, form), status: failure.status });
      }
    }),
  );
  http.post(
    '/register',
    door.form(async (request, reply) => {
      const interaction = await openPost(request);
      const context = await door.context(interaction, request);
      const username = formField(request, 'username').trim();
      try {
        assertAgreed(request, context, 'register');
        if (username === '') throw new AldabaError('user.username_required');
        const given = { username, password: requiredField(request, 'password') };
        door.proceed(request, reply, interaction, await signIn.registerWithPassword(interaction, given));
      } catch (error) {
        const failure = asFormError(error);
        const form = { username, error: pageErrorOf(failure, context.language) };
        await door.show(request, reply, { interaction, view: registerView(context, form), status: failure.status });
      }
    }),
  );
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
    if (prompt.kind !== 'continue') return door.proceed(request, reply, interaction, { prompt });
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
    door.route(async (request, reply) => {
      const interaction = await signIn.open(request, queryField(request, 'app_id'));
      return show(request, reply, { interaction, prompt: await door.standing(interaction) });
    }),
  );
  http.post(
    '/continue',
    door.form(async (request, reply) => {
      const interaction = await signIn.open(request, formField(request, 'app_id') || undefined);
      const prompt = await door.standing(interaction);
      const username = formField(request, 'username').trim();
      try {
        const settings = await signIn.settings(interaction.tenant);
        const given = prompt.kind === 'continue' ? missingFields(request, prompt.missing, settings) : {};
        door.proceed(request, reply, interaction, await signIn.continueWith(interaction, given));
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

function assertAgreed(request: Request, context: PageContext, page: 'sign-in' | 'register'): void {
  if (termsOf(context.settings, page) === 'checkbox' && formField(request, 'terms') !== 'yes')
    throw new AldabaError('user.terms_required');
}

/** What the person will sign in with, for the password manager to keep a new password under. */
function signInNameOf({ profile, proofs }: SignInState): string | undefined {
  const proof = proofs.find((known) => known.type === 'Password');
  return profile.username ?? proof?.identifier.value;
}

const prefilled = ({ request }: Interaction) =>
  request.loginHint ? { username: request.loginHint.slice(0, 128) } : {};

/** What the person typed into the one field: an email address or a phone number where the tenant signs in with those. */
function identifierOf(text: string, { passwordIdentifiers }: SignInPolicy): Identifier {
  if (text === '') throw new AldabaError('user.username_required');
  if (passwordIdentifiers.includes('email') && text.includes('@')) return { type: 'email', value: text };
  const digits = text.replaceAll(/[\s()+-]/g, '');
  if (passwordIdentifiers.includes('phone') && /^\d{4,}$/.test(digits)) return { type: 'phone', value: digits };
  return {
    type:
      passwordIdentifiers[0] === 'username'
        ? 'username'
        : (passwordIdentifiers.find((type) => type === 'username') ?? 'email'),
    value: text,
  };
}
