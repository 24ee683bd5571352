/** Pages where a code is asked for and shown: to sign in, to register, to add an address, and in place of a forgotten password. */
import type { PageError } from '@aldaba/contract';
import { pageErrorOf } from '../../features/appearance/hosted-pages/words.ts';
import { defaultCodeLifetime } from '../../features/connectors/verification-codes/lifetime.ts';
import type { Http, Reply, Request } from '../../http/index.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { awaitedCode } from '../code-flows.ts';
import { readState } from '../machine/state.ts';
import type { Prompt } from '../machine/vocabulary.ts';
import type { Interaction } from '../port.ts';
import type { SignIn } from '../service.ts';
import { addressOf } from '../typed-identifiers.ts';
import { takesPassword } from './identifier-pages.ts';
import { asFormError, assertAgreed, formField, type PageDoor, pageAddress, pageOf, queryField } from './page-door.ts';
import {
  codeForm,
  continueView,
  isIdentifierFirst,
  missingAddress,
  type PageContext,
  registerForm,
  registerView,
  shownIdentifier,
  signInView,
  termsOf,
  typesOf,
} from './page-views.ts';

export function codePageRoutes(http: Http, signIn: SignIn, door: PageDoor): void {
  beginningRoutes(http, signIn, door);
  additionRoute(http, signIn, door);
  codeRoutes(http, signIn, door);
}

function beginningRoutes(http: Http, signIn: SignIn, door: PageDoor): void {
  http.post(
    '/sign-in/code',
    door.form(async (request, reply, interaction) => {
      const context = await door.context(interaction, request);
      const username = formField(request, 'username').trim();
      try {
        assertAgreed(request, context, 'sign-in');
        const identifier = addressOf(username, typesOf(codeForm(context)));
        const given = { intent: 'SignIn' as const, identifier, locale: context.language };
        door.proceed(reply, interaction, await signIn.beginCode(interaction, given));
      } catch (error) {
        const failure = asFormError(error);
        const form = { username, error: pageErrorOf(failure, context.language) };
        await door.show(request, reply, { interaction, view: signInView(context, form), status: failure.status });
      }
    }),
  );
  http.post(
    '/register/code',
    door.form(async (request, reply, interaction) => {
      const context = await door.context(interaction, request);
      const typedAddress = formField(request, 'address').trim();
      try {
        assertAgreed(request, context, 'register');
        const form = registerForm(context);
        if (form === 'username' || form === 'none') throw new AldabaError('user.sign_up_method_not_enabled');
        const identifier = addressOf(typedAddress, typesOf(form));
        const standing =
          (await signIn.registerProved(interaction, identifier)) ??
          (await signIn.beginCode(interaction, { intent: 'Register', identifier, locale: context.language }));
        door.proceed(reply, interaction, standing);
      } catch (error) {
        const failure = asFormError(error);
        const form = { typedAddress, error: pageErrorOf(failure, context.language) };
        await door.show(request, reply, { interaction, view: registerView(context, form), status: failure.status });
      }
    }),
  );
}

function additionRoute(http: Http, signIn: SignIn, door: PageDoor): void {
  http.post(
    '/continue/address',
    door.form(async (request, reply, interaction) => {
      const context = await door.context(interaction, request);
      const prompt = await door.standing(interaction);
      const form = prompt.kind === 'continue' ? missingAddress(context, prompt.missing) : undefined;
      if (prompt.kind !== 'continue' || !form) return door.proceed(reply, interaction, { prompt });
      const typedAddress = formField(request, 'address').trim();
      try {
        const identifier = addressOf(typedAddress, typesOf(form));
        await signIn.sendCode(interaction, { identifier, locale: context.language });
        return door.proceed(reply, interaction, { prompt });
      } catch (error) {
        const failure = asFormError(error);
        const view = continueView(context, prompt, { typedAddress, error: pageErrorOf(failure, context.language) });
        if (!view) throw failure;
        return door.show(request, reply, { interaction, view, status: failure.status });
      }
    }),
  );
}

/** `/verification-code`: shown while a code is awaited; at any other time it leads to where the sign-in stands. */
function codeRoutes(http: Http, signIn: SignIn, door: PageDoor): void {
  const codeOf = (interaction: Interaction, prompt: Prompt) =>
    awaitedCode(readState(interaction.state, signIn.needs.clock.now()), prompt);
  const show = async (
    request: Request,
    reply: Reply,
    page: { interaction: Interaction; resent?: true; failure?: AldabaError },
  ) => {
    const { interaction, resent, failure } = page;
    const prompt = await door.standing(interaction);
    const code = codeOf(interaction, prompt);
    if (!code) return door.proceed(reply, interaction, { prompt });
    const context = await door.context(interaction, request);
    const { language } = context;
    const error: PageError | undefined = failure && pageErrorOf(failure, language);
    return door.show(request, reply, {
      interaction,
      view: {
        kind: 'verification-code',
        appId: interaction.applicationId,
        channel: code.identifier.type,
        address: shownIdentifier(code.identifier),
        backPath: pageOf(prompt),
        ...codeTimes(code, { settings: context.settings, now: signIn.needs.clock.now() }),
        ...(prompt.kind === 'sign-in' && isIdentifierFirst(context) && takesPassword(context, code.identifier)
          ? { passwordPath: '/sign-in/password' }
          : {}),
        ...(resent ? { resent } : {}),
        ...(error ? { error } : {}),
      },
      ...(failure ? { status: failure.status } : {}),
    });
  };

  http.get(
    '/verification-code',
    door.page(async (request, reply, interaction) => {
      const resent = queryField(request, 'notice') === 'resent';
      return show(request, reply, { interaction, ...(resent ? { resent } : {}) });
    }),
  );
  http.post(
    '/verification-code',
    door.form(async (request, reply, interaction) => {
      const prompt = await door.standing(interaction);
      const challenge = codeOf(interaction, prompt);
      if (!challenge) return door.proceed(reply, interaction, { prompt });
      const context = await door.context(interaction, request);
      try {
        const answer = { code: formField(request, 'code'), needsAgreement: needsAgreement(context) };
        const standing = await signIn.finishCode(interaction, challenge, answer);
        return door.proceed(reply, interaction, standing);
      } catch (error) {
        const failure = asFormError(error);
        if (failure.code === 'user.terms_required') {
          const form = {
            typedAddress: shownIdentifier(challenge.identifier),
            error: pageErrorOf(failure, context.language),
          };
          const view = registerView(context, form);
          return door.show(request, reply, { interaction, view, status: failure.status });
        }
        // Read anew: when the form was sent twice, the first may have done what this one could not.
        return show(request, reply, { interaction: await signIn.open(request), failure });
      }
    }),
  );
  http.post(
    '/verification-code/send',
    door.form(async (request, reply, interaction) => {
      const prompt = await door.standing(interaction);
      const challenge = codeOf(interaction, prompt);
      if (!challenge) return door.proceed(reply, interaction, { prompt });
      const { language } = await door.context(interaction, request);
      try {
        await signIn.sendCode(interaction, { identifier: challenge.identifier, locale: language });
      } catch (error) {
        return show(request, reply, { interaction, failure: asFormError(error) });
      }
      const page = pageAddress('/verification-code', interaction);
      return reply.redirect(`${page}&notice=resent`, 303);
    }),
  );
}

/** Seconds in which a message usually arrives. */
const usualDelay = 30;

/** Seconds until another code can be sent without waiting. */
export const resendAfter = ({ createdAt }: { createdAt: number }, now: number): number =>
  Math.min(usualDelay, Math.max(0, usualDelay - Math.floor((now - createdAt) / 1000)));

/** When a code expires, and when it is time to ask for another. */
function codeTimes(
  code: { createdAt: number },
  { settings, now }: { settings: PageContext['settings']; now: number },
): { expiresIn: number; resendAfter: number } {
  const lifetime = settings.verificationCodePolicy.expirationDuration ?? defaultCodeLifetime;
  const age = Math.floor((now - code.createdAt) / 1000);
  return { expiresIn: Math.max(0, lifetime - age), resendAfter: resendAfter(code, now) };
}

/** Whether an unknown address has to agree to the terms before it becomes an account, and was not asked on the sign-in page. */
const needsAgreement = ({ settings }: PageContext): boolean =>
  termsOf(settings, 'register') === 'checkbox' && termsOf(settings, 'sign-in') !== 'checkbox';
