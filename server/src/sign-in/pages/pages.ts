/**
 * The hosted pages: plain forms that work with scripts off. A form is answered with a redirect (303) on success, else
 * with the same page, its error and a fitting status.
 */
import type { Http } from '../../http/types.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { readAnswers } from '../extra-profile/answers.ts';
import { formAnswers } from '../extra-profile/questions.ts';
import type { MissingDetail } from '../machine/policy.ts';
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
import { linkOf, switchAccountPage, switchPath } from './accounts/index.ts';
import { ssoPageRoutes } from './enterprise-sso/index.ts';
import { samlPageRoutes } from './enterprise-sso/saml.ts';
import { factorPageRoutes } from './factor-pages.ts';
import { linkPageRoutes } from './linking/index.ts';
import { wantedLink } from './linking/view.ts';
import { createPageRoutes, type PageRequest, type PageRoutes, pageOf, parseJson, queryOf } from './page-requests.ts';
import { withPicture } from './picture/index.ts';
import { socialPageRoutes } from './social/index.ts';

/** Other first screens, each with the existing page that replaces it. */
const aliases = {
  '/identifier-sign-in': '/sign-in',
  '/single-sign-on': '/single-sign-on/email',
  '/reset-password': '/forgot-password',
  '/identifier-register': '/register',
};

export function signInPageRoutes(http: Http, signIn: SignIn): void {
  const routes = createPageRoutes(http, signIn);
  firstPages(routes);
  recoveryPages(routes);
  continuePage(routes);
  codePage(routes);
  linkPage(routes);
  socialPageRoutes(routes);
  ssoPageRoutes(routes);
  samlPageRoutes(routes);
  linkPageRoutes(routes);
  switchAccountPage(routes);
  factorPageRoutes(routes);
  for (const [path, target] of Object.entries(aliases)) {
    http.get(path, async (request, reply) =>
      reply.redirect(`${request.tenant.basePath}${target}${queryOf(request)}`, 303),
    );
  }
}

/** The pages that begin a sign-in or a registration. */
function firstPages({ signIn, page }: PageRoutes): void {
  const { forms } = signIn;
  page('/sign-in', {
    view({ interaction, context, field }, _, failure) {
      if (failure) return signInView(context);
      if (!interaction.policy.signIn) return '/register';
      const state = signIn.findState(interaction);
      const wanted = state?.identifier ?? wantedLink(state)?.address;
      const username = wanted ? shownIdentifier(wanted) : hintOf(interaction);
      const isNotified = field('notice') === 'password-changed' && isPasswordReplaced(state);
      return signInView(context, { username, notice: isNotified ? 'password-changed' : undefined });
    },
    forms: { '/sign-in/identifier': forms.submitIdentifier, '/sign-in/code': forms.submitSignInAddress },
  });
  page('/sign-in/password', {
    async view(sent, _, failure) {
      const { interaction, context, typed } = sent;
      if (failure) {
        const name = typed.username && failure.code !== 'user.terms_required' ? typedName(sent) : undefined;
        return name && takesPassword(context, name) ? signInPasswordView(context, name) : signInView(context);
      }
      const { prompt } = await signIn.positionOf(interaction);
      if (prompt.kind !== 'sign-in') return { prompt };
      // Given on the first page, or where a code was sent instead.
      const identifier = prompt.identifier ?? awaitedCode(signIn.findState(interaction), prompt)?.identifier;
      if (!identifier || !takesPassword(context, identifier)) return '/sign-in';
      return signInPasswordView(context, identifier);
    },
    forms: {
      '/sign-in': forms.submitSignIn,
      '/sign-in/passkey': (sent) => forms.submitPasskey(sent, parseJson(sent.field('payload'))),
    },
  });
  page('/register', {
    view({ interaction, context }, _, failure) {
      if (failure) return registerView(context);
      if (!interaction.policy.register) return '/sign-in';
      const username = hintOf(interaction) ?? '';
      return registerView(context, { username, typedAddress: username.includes('@') ? username : undefined });
    },
    forms: { '/register': forms.submitRegistration, '/register/code': forms.submitRegistrationAddress },
  });
}

/** A forgotten password: the address that a code is sent to, and the new password. The code has a page of its own. */
function recoveryPages({ signIn, page }: PageRoutes): void {
  page('/forgot-password', {
    view({ interaction, context }, _, failure) {
      const { loginHint = '' } = failure ? {} : interaction.request;
      return forgotPasswordView(context, loginHint.includes('@') ? loginHint : undefined) ?? '/sign-in';
    },
    forms: {
      '/forgot-password': async (sent) => (await signIn.forms.submitRecoveryAddress(sent)) ?? '/sign-in',
    },
  });
  page('/forgot-password/reset', {
    at: ({ prompt, identified }) => (prompt.kind === 'reset-password' ? identified : undefined),
    view: ({ context }, { user }) => resetPasswordView(context, user),
    forms: {
      async '/forgot-password/reset'(sent) {
        await signIn.resetPassword(sent.interaction, required(sent, 'password'));
        return '/sign-in?notice=password-changed' as const;
      },
    },
  });
}

/** The details that the account lacks, an address before the rest. */
function continuePage({ signIn, page }: PageRoutes): void {
  page('/continue', {
    at: ({ prompt }) => (prompt.kind === 'continue' || prompt.kind === 'done' ? prompt : undefined),
    view({ interaction, context, field }, prompt, failure) {
      if (prompt.kind === 'done') return { prompt };
      const username = prompt.missing.includes('username') ? undefined : signInNameOf(signIn.stateOf(interaction));
      const view = continueView(context, prompt, { username, read: failure && field });
      if (!view) throw new AldabaError('user.missing_profile', { missingProfile: prompt.missing });
      return view;
    },
    forms: {
      async '/continue'(sent, prompt) {
        const form = prompt.kind === 'done' ? sent : await withPicture(signIn, sent);
        const details = prompt.kind === 'done' ? [] : givenDetails(form, prompt.missing);
        return signIn.addDetails(sent.interaction, details, { completes: true });
      },
      '/continue/address': signIn.forms.submitMissingAddress,
    },
  });
}

/** Shown while a code is awaited. */
function codePage({ signIn, answer, page }: PageRoutes): void {
  page('/verification-code', {
    at({ prompt }, { interaction }) {
      const code = awaitedCode(signIn.findState(interaction), prompt);
      return code && { code, prompt };
    },
    view: ({ context, field }, { code, prompt }) =>
      verificationCodeView(context, code, {
        signsIn: prompt.kind === 'sign-in',
        now: signIn.pageNeeds.clock.now(),
        backPath: pageOf(prompt),
        resent: field('notice') === 'resent' || undefined,
      }),
    forms: {
      async '/verification-code'(sent, { code }) {
        try {
          return await signIn.finishCode(sent.interaction, code, sent.field('code'));
        } catch (error) {
          if (!(error instanceof AldabaError) || error.code !== 'user.terms_required') throw error;
          // The code is used up, and the box of the terms is on the page of the registration.
          await answer(sent, registerView(sent.context, { typedAddress: shownIdentifier(code.identifier) }), error);
          return undefined;
        }
      },
      async '/verification-code/send'({ interaction, context }, { code: { identifier } }) {
        await signIn.sendCode(interaction, { identifier, locale: context.locale });
        return '/verification-code?notice=resent' as const;
      },
    },
  });
}

/**
 * A link that an operator made for an email address. Opening it neither consumes it nor signs in, because programs that
 * scan messages open links too: the page names the address, and its button signs in.
 */
function linkPage({ signIn, page }: PageRoutes): void {
  page('/one-time-token', {
    async view(sent, _, failure) {
      const { context, field } = sent;
      const link = linkOf(field);
      if (!link && failure) throw failure;
      if (!link) return '/sign-in';
      const first = failure ? undefined : await switchPath(signIn, sent, link);
      if (first) return first;
      return oneTimeTokenView(context, failure?.code.startsWith('one_time_token.') ? { email: link.email } : link);
    },
    forms: {
      '/one-time-token'(sent) {
        const link = linkOf(sent.field);
        if (!link) throw new AldabaError('one_time_token.token_not_found');
        return signIn.forms.submitLink(sent, link);
      },
    },
  });
}

/** Only what is missing is read, so that the form cannot change what is there. */
function givenDetails(sent: PageRequest, missing: readonly MissingDetail[]): Detail[] {
  const { profileFields } = sent.interaction.settings;
  const details: Detail[] = [];
  for (const type of ['username', 'password'] as const)
    if (missing.includes(type)) details.push({ type, value: required(sent, type) });
  if (missing.includes('extraProfile')) {
    const profile = readAnswers(profileFields, formAnswers(profileFields, sent.field));
    details.push({ type: 'extraProfile', profile });
  }
  return details;
}

const hintOf = ({ request: { loginHint } }: Interaction): string | undefined => loginHint?.slice(0, 128) || undefined;
