import type { PageError, PageLanguage } from '@aldaba/contract';
import { phrase } from '@aldaba/pages';
import { toAldabaError } from '../../../http/errors.ts';
import { assertSameOrigin } from '../../../http/same-origin.ts';
import type { Http, Reply, Request } from '../../../http/types.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Log } from '../../../kernel/log.ts';
import type { PageSender } from '../../appearance/hosted-pages/index.ts';
import { pageErrorOf, passwordRules, sentenceFor } from '../../appearance/hosted-pages/words.ts';
import type { KnownLink, Setup, SetupNeeds } from './service.ts';

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
};

/**
 * `/setup`: the form behind the one-time link, whose token is the only credential. It ends in the Console, signed in:
 * the password was chosen in this request, so that no proof has to be carried to the next one. Forms of other sites are
 * rejected, because they could sign a visitor in as another user.
 */
export function setupRoutes(http: Http, setup: Setup, needs: Needs): void {
  const show = async (request: Request, reply: Reply, form: Form & { status?: number; error?: PageError }) => {
    const { status, link, ...fields } = form;
    const rules = passwordRules(await needs.signInExperiences.get(request.tenant), await needs.pages.language(request));
    await needs.pages.send(
      request,
      reply,
      { kind: 'setup', ...fields, ...invitationOf(link), passwordRules: rules },
      status === undefined ? {} : { status },
    );
  };
  const fail = async (request: Request, reply: Reply, error: unknown) => {
    const failure = toAldabaError(error, request, needs.log);
    const message = sentenceFor(failure, await needs.pages.language(request));
    const view = { kind: 'error' as const, code: failure.code, message };
    await needs.pages.send(request, reply, view, { status: failure.status, customCss: false });
  };

  http.get('/setup', async (request, reply) => {
    const { token } = request.query as { token?: unknown };
    try {
      const link = await setup.read(request.tenant, typeof token === 'string' ? token : '');
      const invited = link.purpose === 'invitation' && link.email !== null ? { identifier: link.email } : {};
      await show(request, reply, { token: token as string, link, ...invited });
    } catch (error) {
      await fail(request, reply, error);
    }
    return reply;
  });

  http.post('/setup', async (request, reply) => {
    assertSameOrigin(request, () => false);
    const token = field(request, 'token');
    const identifier = field(request, 'username').trim();
    const given = { token, identifier, password: field(request, 'password') };
    let link: KnownLink | undefined;
    try {
      link = await setup.read(request.tenant, token);
      const repeated = field(request, 'confirmPassword') === given.password;
      if (!repeated) {
        await show(request, reply, {
          token,
          link,
          identifier,
          status: 422,
          error: mismatch(await needs.pages.language(request)),
        });
        return reply;
      }
      const { userId, managedTenantId } = await setup.createAccount(request.tenant, given);
      await needs.startSession({ request, reply }, { userId, amr: ['pwd'] });
      reply.header('cache-control', 'no-store').redirect(`${needs.consoleUrl}/t/${managedTenantId}`, 303);
    } catch (error) {
      if (!link || !(error instanceof AldabaError) || !isCorrectable(error)) {
        await fail(request, reply, error);
        return reply;
      }
      const shown = atIdentifier(pageErrorOf(error, await needs.pages.language(request)));
      await show(request, reply, { token, link, identifier, status: error.status, error: shown });
    }
    return reply;
  });
}

interface Form {
  token: string;
  link: KnownLink;
  identifier?: string;
}

const invitationOf = (link: KnownLink) =>
  link.purpose === 'invitation' ? { invitation: { tenantName: link.tenantName, role: link.role } } : {};

const isCorrectable = ({ status }: AldabaError) => status === 400 || status === 422;

/** The page asks for an email address in the field of the username. */
const atIdentifier = (error: PageError): PageError =>
  error.field === 'address' || error.code === 'user.email_already_in_use' ? { ...error, field: 'username' } : error;

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
