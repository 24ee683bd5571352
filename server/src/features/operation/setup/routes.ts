import type { PageError, PageLanguage, SetupView } from '@aldaba/contract';
import { phrase } from '@aldaba/pages';
import { toAldabaError } from '../../../http/errors.ts';
import { assertSameOrigin } from '../../../http/same-origin.ts';
import type { Http, Reply, Request } from '../../../http/types.ts';
import { defined } from '../../../kernel/defined.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Log } from '../../../kernel/log.ts';
import type { PageSender } from '../../appearance/hosted-pages/index.ts';
import { pageErrorOf, passwordRules, sentenceFor } from '../../appearance/hosted-pages/words.ts';
import { consoleId } from '../../applications/applications/built-in-ids.ts';
import { pageSignInUrl } from '../../applications/applications/page-sign-in.ts';
import type { KnownLink, NewSecret, Setup, SetupNeeds } from './service.ts';

type Needs = Pick<SetupNeeds, 'signInExperiences'> & {
  pages: PageSender;
  log: Log;
  /** Address of the Console. */
  consoleUrl: string;
  /** Signs the new administrator in to this browser. */
  startSession: (
    exchange: { request: Request; reply: Reply },
    login: { userId: string; amr: string[] },
  ) => Promise<void>;
  /** The user who is signed in in this browser. */
  findSignedIn: (request: Request) => Promise<{ userId: string } | undefined>;
};

/**
 * `/setup`: the form behind the one-time link, whose token is the only credential. It ends in the Console, signed in:
 * the password was chosen, or the passkey made, in this request, so that no proof has to be carried to the next one.
 * Forms of other sites are rejected, because they could sign a visitor in as another user. A colleague who has an
 * account already signs in as for the Console, which returns to this page, and accepts with it.
 */
export function setupRoutes(http: Http, setup: Setup, needs: Needs): void {
  const show = async (request: Request, reply: Reply, form: Form & { status?: number; error?: PageError }) => {
    const { status, link, wantsNewAccount = false, ...fields } = form;
    const asked = await setup.askPasskey(request.tenant, form.token);
    const passkey = asked && { ceremony: asked.ceremony, options: { ...asked.options } };
    const rules = passwordRules(await needs.signInExperiences.get(request.tenant), await needs.pages.language(request));
    await needs.pages.send(
      request,
      reply,
      {
        kind: 'setup',
        ...fields,
        ...(await invitationOf(request, link, { ...form, wantsNewAccount })),
        ...defined({ passkey }),
        passwordRules: rules,
      },
      status === undefined ? {} : { status },
    );
  };
  const fail = async (request: Request, reply: Reply, error: unknown) => {
    const failure = toAldabaError(error, request, needs.log);
    const message = sentenceFor(failure, await needs.pages.language(request));
    const view = { kind: 'error' as const, code: failure.code, message };
    await needs.pages.send(request, reply, view, { status: failure.status, customCss: false });
  };

  const invitationOf = async (
    request: Request,
    link: KnownLink,
    { token, wantsNewAccount }: { token: string; wantsNewAccount: boolean },
  ): Promise<Pick<SetupView, 'invitation'>> => {
    if (link.purpose !== 'invitation') return {};
    const { tenantName, role, email } = link;
    const signedIn = wantsNewAccount ? undefined : await needs.findSignedIn(request);
    const user = signedIn && (await setup.findInvited(request.tenant, link, signedIn.userId));
    const name = user?.name ?? user?.username ?? user?.primaryEmail ?? user?.id;
    const detail = user?.primaryEmail ?? user?.username;
    const account = user &&
      name !== undefined && {
        id: user.id,
        name,
        ...(detail && detail !== name ? { detail } : {}),
        ...(user.avatar ? { avatar: user.avatar } : {}),
      };
    const invitation = {
      tenantName,
      role,
      ...(email === null ? {} : { email }),
      signInUrl: signInUrl(request.tenant.baseUrl, token),
      ...(account ? { account } : {}),
    };
    return { invitation };
  };

  http.get('/setup', async (request, reply) => {
    const { token, state, account } = request.query as { token?: unknown; state?: unknown; account?: unknown };
    // The way back from a sign-in: the code is of no use to this page, which reads the browser's session.
    if (token === undefined && typeof state === 'string')
      return reply.redirect(`${request.tenant.basePath}/setup?${new URLSearchParams({ token: state })}`, 303);
    try {
      const link = await setup.read(request.tenant, typeof token === 'string' ? token : '');
      const invited = link.purpose === 'invitation' && link.email !== null ? { identifier: link.email } : {};
      await show(request, reply, { token: token as string, link, wantsNewAccount: account === 'new', ...invited });
    } catch (error) {
      await fail(request, reply, error);
    }
    return reply;
  });

  http.post('/setup', async (request, reply) => {
    assertSameOrigin(request, () => false);
    const token = field(request, 'token');
    const identifier = field(request, 'username').trim();
    const secret = secretOf(request);
    let link: KnownLink | undefined;
    try {
      link = await setup.read(request.tenant, token);
      const account = field(request, 'account');
      if (account !== '') {
        // Another user may have signed in in another tab since the page was shown.
        if ((await needs.findSignedIn(request))?.userId !== account) {
          await show(request, reply, { token, link });
          return reply;
        }
        const { managedTenantId } = await setup.join(request.tenant, { token, userId: account });
        return reply.header('cache-control', 'no-store').redirect(`${needs.consoleUrl}/t/${managedTenantId}`, 303);
      }
      if ('password' in secret && field(request, 'confirmPassword') !== secret.password) {
        await show(request, reply, {
          token,
          link,
          identifier,
          wantsNewAccount: true,
          status: 422,
          error: mismatch(await needs.pages.language(request)),
        });
        return reply;
      }
      const { userId, managedTenantId } = await setup.createAccount(request.tenant, { token, identifier, secret });
      await needs.startSession({ request, reply }, { userId, amr: 'password' in secret ? ['pwd'] : ['pop', 'mfa'] });
      reply.header('cache-control', 'no-store').redirect(`${needs.consoleUrl}/t/${managedTenantId}`, 303);
    } catch (error) {
      if (!link || !(error instanceof AldabaError) || !isCorrectable(error)) {
        await fail(request, reply, error);
        return reply;
      }
      const shown = atIdentifier(pageErrorOf(error, await needs.pages.language(request)));
      await show(request, reply, {
        token,
        link,
        identifier,
        wantsNewAccount: field(request, 'account') === '',
        status: error.status,
        error: shown,
      });
    }
    return reply;
  });
}

/** The chosen password, or the passkey that the page's script sent. */
function secretOf(request: Request): NewSecret {
  try {
    const payload: unknown = JSON.parse(field(request, 'payload'));
    return { payload, ceremony: field(request, 'ceremony'), userAgent: request.headers['user-agent'] };
  } catch {
    return { password: field(request, 'password') };
  }
}

interface Form {
  token: string;
  link: KnownLink;
  identifier?: string;
  /** Whether the form for a new account is shown to a user who is signed in. */
  wantsNewAccount?: boolean;
}

/** An authorization for the Console that returns here: `state` carries the token. */
const signInUrl = (baseUrl: string, token: string): string =>
  pageSignInUrl(baseUrl, { clientId: consoleId, path: '/setup', state: token, prompt: 'login' });

const isCorrectable = ({ status }: AldabaError) => status === 400 || status === 422;

/** The page asks for an email address in the field of the username. */
const atIdentifier = (error: PageError): PageError =>
  error.field === 'address' || ['user.email_already_in_use', 'setup.other_email'].includes(error.code)
    ? { ...error, field: 'username' }
    : error;

const mismatch = (language: PageLanguage): PageError => ({
  field: 'confirmPassword',
  code: 'password.mismatch',
  message: phrase(language, 'field.confirmMismatch'),
});

function field(request: Request, name: string): string {
  const body = request.body as Record<string, unknown> | null | undefined;
  const value = typeof body === 'object' && body !== null ? body[name] : undefined;
  return typeof value === 'string' ? value : '';
}
