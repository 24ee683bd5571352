/**
 * Part of the HTML door: a link that the operator made for an email address. Opening it uses nothing up and signs nobody in,
 * because programs that look at messages open links too: the page says whose link it is, and its button goes on.
 */
import type { OneTimeTokenView } from '@aldaba/contract';
import { pageErrorOf } from '../../features/appearance/hosted-pages/words.ts';
import type { Http } from '../../http/index.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { isRefusedLink } from '../factors/one-time-token/index.ts';
import { resolvePolicy } from '../machine/policy.ts';
import type { SignInEvent } from '../machine/vocabulary.ts';
import type { Interaction } from '../port.ts';
import type { StepResult } from '../run.ts';
import type { SignIn } from '../service.ts';
import { asFormError, assertAgreed, formField, type PageDoor, queryField } from './page-door.ts';
import { type PageContext, termsOf } from './page-views.ts';

interface Link {
  email: string;
  token: string;
}

export function oneTimeTokenPageRoutes(http: Http, signIn: SignIn, door: PageDoor): void {
  http.get(
    '/one-time-token',
    door.page(async (request, reply, interaction) => {
      const link = linkOf((name) => queryField(request, name));
      const at = request.url.indexOf('?');
      if (!link) return reply.redirect(`${request.tenant.basePath}/sign-in${at < 0 ? '' : request.url.slice(at)}`, 303);
      return door.show(request, reply, { interaction, view: viewOf(await door.context(interaction, request), link) });
    }),
  );
  http.post(
    '/one-time-token',
    door.form(async (request, reply, interaction) => {
      const context = await door.context(interaction, request);
      const link = linkOf((name) => formField(request, name));
      if (!link) throw new AldabaError('one_time_token.token_not_found');
      try {
        assertAgreed(request, context, stricterPage(context));
        door.proceed(reply, interaction, await follow(signIn, interaction, link));
      } catch (error) {
        const failure = isRefusedLink(error) ? error : asFormError(error);
        const view = viewOf(context, link, failure);
        await door.show(request, reply, { interaction, view, status: failure.status });
      }
    }),
  );
}

/** By the names that an authorization request has for it; longer ones are none of ours. */
function linkOf(read: (name: string) => string | undefined): Link | undefined {
  const [email, token] = [read('login_hint') ?? '', read('one_time_token') ?? ''];
  return email !== '' && email.length <= 128 && token !== '' && token.length <= 256 ? { email, token } : undefined;
}

/** Signs in the user with the address, or makes an account with it where that is allowed; or leads to a new password. */
async function follow(signIn: SignIn, interaction: Interaction, link: Link): Promise<StepResult> {
  const settings = await signIn.settings(interaction.tenant);
  const policy = resolvePolicy(settings);
  const { proof, user, recovers } = await signIn.audit.attempt(
    interaction,
    { key: 'Verification.OneTimeToken.Submit', params: { identifier: { type: 'email', value: link.email } } },
    () => signIn.oneTimeToken.prove(interaction, settings, link),
  );
  if (user && !policy.signIn) throw new AldabaError('user.sign_in_method_not_enabled');
  if (!user && (recovers || !policy.register)) throw new AldabaError('user.user_not_exist');
  const account = user && (await signIn.accounts.of(interaction, settings, user));
  const events: SignInEvent[] = [
    { type: 'started', intent: recovers ? 'ForgotPassword' : account ? 'SignIn' : 'Register' },
    { type: 'proved', proof },
    { type: 'identified', proofId: proof.id, ...(account ? { account } : {}) },
  ];
  return signIn.run(interaction, events, { settings, ...(recovers ? {} : { complete: { account } }) });
}

/** Whether there is an account is not known before the link is used up, so the terms are those of the stricter case. */
const stricterPage = ({ settings }: PageContext) => (resolvePolicy(settings).register ? 'register' : 'sign-in');

function viewOf(context: PageContext, { email, token }: Link, failure?: AldabaError): OneTimeTokenView {
  return {
    kind: 'one-time-token',
    appId: context.appId,
    email,
    ...(failure && isRefusedLink(failure) ? {} : { token }),
    terms: termsOf(context.settings, stricterPage(context)),
    ...(failure ? { error: pageErrorOf(failure, context.language) } : {}),
  };
}
