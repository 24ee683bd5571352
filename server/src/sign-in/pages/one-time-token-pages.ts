/**
 * A link that an operator made for an email address. Opening it neither consumes it nor signs in, because programs that
 * scan messages open links too: the page names the address, and its button signs in.
 */
import type { OneTimeTokenView } from '@aldaba/contract';
import { pageErrorOf } from '../../features/appearance/hosted-pages/words.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { isRefusedLink } from '../factors/one-time-token/index.ts';
import { resolvePolicy } from '../machine/policy.ts';
import { asFormError, assertAgreed, type PageRoutes, queryField } from './page-requests.ts';
import { type PageContext, termsOf } from './page-views.ts';

interface Link {
  email: string;
  token: string;
}

export function oneTimeTokenPageRoutes({ signIn, get, post }: PageRoutes): void {
  get('/one-time-token', async ({ request, reply, context, show }) => {
    const link = linkOf((name) => queryField(request, name));
    if (link) return show(viewOf(context, link));
    const at = request.url.indexOf('?');
    return reply.redirect(`${request.tenant.basePath}/sign-in${at < 0 ? '' : request.url.slice(at)}`, 303);
  });
  post('/one-time-token', async (page) => {
    const { interaction, context, field, show, proceed } = page;
    const link = linkOf(field);
    if (!link) throw new AldabaError('one_time_token.token_not_found');
    try {
      assertAgreed(page, stricterPage(context));
      return proceed(await signIn.followLink(interaction, link));
    } catch (error) {
      const failure = isRefusedLink(error) ? error : asFormError(error);
      return show(viewOf(context, link, failure), failure);
    }
  });
}

/** By the names that an authorization request has for it; longer values are not ours. */
function linkOf(read: (name: string) => string | undefined): Link | undefined {
  const [email, token] = [read('login_hint') ?? '', read('one_time_token') ?? ''];
  return email !== '' && email.length <= 128 && token !== '' && token.length <= 256 ? { email, token } : undefined;
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
