/**
 * The hosted pages: plain forms that work with scripts off. A form is answered with a redirect (303) on success, else
 * with the same page, its error and a fitting status.
 */
import type { Http } from '../../http/types.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { readAnswers } from '../extra-profile/answers.ts';
import { formAnswers } from '../extra-profile/questions.ts';
import { type MissingDetail, resolvePolicy } from '../machine/policy.ts';
import type { Interaction } from '../port.ts';
import { awaitedCode } from '../steps/begin.ts';
import type { Detail } from '../steps/details.ts';
import { required, typedName } from '../steps/forms.ts';
import type { SignIn } from '../steps/index.ts';
import {
  continueView,
  forgotPasswordView,
  isPasswordReplaced,
  oneTimeTokenView,
  registerView,
  resetPasswordView,
  shownIdentifier,
  signInNameOf,
  signInPasswordView,
  signInView,
  takesPassword,
  verificationCodeView,
} from '../views.ts';
import { factorPageRoutes } from './factor-pages.ts';
import { createPageRoutes, type PageRequest, type PageRoutes, pageOf, queryOf, textsOf } from './page-requests.ts';
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
  firstPages(routes);
  firstForms(routes);
  continueRoutes(routes);
  codeRoutes(routes);
  resetRoutes(routes);
  linkRoutes(routes);
  socialPageRoutes(routes);
  factorPageRoutes(routes);
  for (const [path, target] of Object.entries(aliases)) {
    http.get(path, async (request, reply) =>
      reply.redirect(`${request.tenant.basePath}${target}${queryOf(request)}`, 303),
    );
  }
}

function firstPages({ signIn, get }: PageRoutes): void {
  get('/sign-in', ({ request, interaction, context, show, redirect }) => {
    if (!resolvePolicy(context.settings).signIn) return redirect('/register');
    const state = signIn.findState(interaction);
    const username = state?.identifier ? shownIdentifier(state.identifier) : hintOf(interaction);
    const isNotified = isPasswordReplaced(state) && textsOf(request.query).notice === 'password-changed';
    return show(signInView(context, { username, notice: isNotified ? 'password-changed' : undefined }));
  });
  get('/register', ({ interaction, context, show, redirect }) => {
    if (!resolvePolicy(context.settings).register) return redirect('/sign-in');
    const username = hintOf(interaction) ?? '';
    return show(registerView(context, { username, ...(username.includes('@') ? { typedAddress: username } : {}) }));
  });
  get('/forgot-password', ({ interaction, context, show, redirect }) => {
    const { loginHint = '' } = interaction.request;
    const view = forgotPasswordView(context, loginHint.includes('@') ? loginHint : undefined);
    return view ? show(view) : redirect('/sign-in');
  });
  get('/sign-in/password', async ({ interaction, context, show, proceed, redirect }) => {
    const { prompt } = await signIn.positionOf(interaction);
    if (prompt.kind !== 'sign-in') return proceed({ prompt });
    // Given on the first page, or where a code was sent instead.
    const identifier = prompt.identifier ?? awaitedCode(signIn.findState(interaction), prompt)?.identifier;
    if (!identifier || !takesPassword(context, identifier)) return redirect('/sign-in');
    return show(signInPasswordView(context, identifier));
  });
}

/** The forms that begin a sign-in: each a step; refused, the page is shown again. */
function firstForms({ signIn: { forms }, form }: PageRoutes): void {
  const signInAgain = ({ context, show }: PageRequest, failure: AldabaError) => show(signInView(context), failure);
  const registerAgain = ({ context, show }: PageRequest, failure: AldabaError) => show(registerView(context), failure);
  form('/sign-in', forms.submitSignIn, (page, failure) => {
    const { context, typed, show } = page;
    const identifier = typed.username && failure.code !== 'user.terms_required' ? typedName(page) : undefined;
    return identifier && takesPassword(context, identifier)
      ? show(signInPasswordView(context, identifier), failure)
      : signInAgain(page, failure);
  });
  form('/sign-in/identifier', forms.submitIdentifier, signInAgain);
  form('/sign-in/code', forms.submitSignInAddress, signInAgain);
  form('/register', forms.submitRegistration, registerAgain);
  form('/register/code', forms.submitRegistrationAddress, registerAgain);
  form(
    '/forgot-password',
    async (page) => (await forms.submitRecoveryAddress(page)) ?? page.redirect('/sign-in'),
    ({ context, show }, failure) => {
      const view = forgotPasswordView(context);
      if (!view) throw failure;
      return show(view, failure);
    },
  );
}

/** `/continue`: the details that the account lacks, an address before the rest. */
function continueRoutes({ signIn, bound }: PageRoutes): void {
  const form = bound(
    '/continue',
    ({ prompt }) => (prompt.kind === 'continue' || prompt.kind === 'done' ? prompt : undefined),
    ({ interaction, context, field, show, proceed }, prompt, failure) => {
      if (prompt.kind === 'done') return proceed({ prompt });
      const username = prompt.missing.includes('username') ? undefined : signInNameOf(signIn.stateOf(interaction));
      const view = continueView(context, prompt, { username, read: failure && field });
      if (!view) throw new AldabaError('user.missing_profile', { missingProfile: prompt.missing });
      return show(view, failure);
    },
  );
  form('/continue', (page, prompt) =>
    signIn.addDetails(page.interaction, prompt.kind === 'done' ? [] : givenDetails(page, prompt.missing), {
      completes: true,
    }),
  );
  form('/continue/address', signIn.forms.submitMissingAddress);
}

/** `/verification-code`: shown while a code is awaited. */
function codeRoutes({ signIn, bound }: PageRoutes): void {
  const form = bound(
    '/verification-code',
    ({ prompt }, { interaction }) => {
      const code = awaitedCode(signIn.findState(interaction), prompt);
      return code && { code, prompt };
    },
    ({ context, request, show }, { code, prompt }, failure) => {
      const isResent = request.method === 'GET' && textsOf(request.query).notice === 'resent';
      const view = verificationCodeView(context, code, {
        signsIn: prompt.kind === 'sign-in',
        now: signIn.pageNeeds.clock.now(),
        backPath: pageOf(prompt),
        resent: isResent || undefined,
      });
      return show(view, failure);
    },
  );
  form(
    '/verification-code',
    ({ interaction, field }, { code }) => signIn.finishCode(interaction, code, field('code')),
    // The box of the terms is on the page of the registration.
    ({ context, show }, { code: { identifier } }, failure) =>
      failure.code === 'user.terms_required'
        ? show(registerView(context, { typedAddress: shownIdentifier(identifier) }), failure)
        : undefined,
  );
  form('/verification-code/send', async ({ interaction, context, redirect }, { code: { identifier } }) => {
    await signIn.sendCode(interaction, { identifier, locale: context.language });
    return redirect('/verification-code', { notice: 'resent' });
  });
}

/** `/forgot-password/reset`: the new password. The code is awaited on its own page. */
function resetRoutes({ signIn, bound }: PageRoutes): void {
  const form = bound(
    '/forgot-password/reset',
    ({ prompt, identified }) => (prompt.kind === 'reset-password' ? identified : undefined),
    ({ context, show }, { user }, failure) => show(resetPasswordView(context, user), failure),
  );
  form('/forgot-password/reset', async (page) => {
    await signIn.resetPassword(page.interaction, required(page, 'password'));
    return page.redirect('/sign-in', { notice: 'password-changed' });
  });
}

/**
 * A link that an operator made for an email address. Opening it neither consumes it nor signs in, because programs that
 * scan messages open links too: the page names the address, and its button signs in.
 */
function linkRoutes({ signIn: { forms }, get, form }: PageRoutes): void {
  get('/one-time-token', ({ request, reply, context, show }) => {
    const link = linkOf((name) => textsOf(request.query)[name]);
    if (link) return show(oneTimeTokenView(context, link));
    return reply.redirect(`${request.tenant.basePath}/sign-in${queryOf(request)}`, 303);
  });
  form(
    '/one-time-token',
    async (page) => {
      const link = linkOf(page.field);
      if (!link) throw new AldabaError('one_time_token.token_not_found');
      return forms.submitLink(page, link);
    },
    ({ context, field, show }, failure) => {
      const link = linkOf(field);
      if (!link) throw failure;
      const { email } = link;
      return show(oneTimeTokenView(context, failure.code.startsWith('one_time_token.') ? { email } : link), failure);
    },
  );
}

/** By the names that an authorization request has for it; longer values are not ours. */
function linkOf(read: (name: string) => string | undefined): { email: string; token: string } | undefined {
  const [email, token] = [read('login_hint') ?? '', read('one_time_token') ?? ''];
  return email !== '' && email.length <= 128 && token !== '' && token.length <= 256 ? { email, token } : undefined;
}

/** Only what is missing is read, so that the form cannot change what is there. */
function givenDetails(page: PageRequest, missing: readonly MissingDetail[]): Detail[] {
  const { profileFields } = page.context.settings;
  const details: Detail[] = [];
  for (const type of ['username', 'password'] as const)
    if (missing.includes(type)) details.push({ type, value: required(page, type) });
  if (missing.includes('extraProfile')) {
    const profile = readAnswers(profileFields, formAnswers(profileFields, page.field));
    details.push({ type: 'extraProfile', profile });
  }
  return details;
}

const hintOf = ({ request: { loginHint } }: Interaction): string | undefined => loginHint?.slice(0, 128) || undefined;
