import { consentView } from '../features/appearance/hosted-pages/consent-view.ts';
import type { Reply, Request } from '../http/index.ts';
import { AldabaError } from '../kernel/errors.ts';
import type { Agreement } from './agreement.ts';
import { findWaitingAccess, getQuestion, type Question, settleQuestion } from './consent-question.ts';
import type { Core } from './core.ts';
import { bodyParameters } from './parameters.ts';
import { ProtocolError } from './protocol-error.ts';
import { openValue, sealValue } from './signed-values.ts';

/** The form's value is bound to one interaction and one user. */
const place = (request: Request, { open, user }: Question) => ({
  purpose: 'consent',
  binding: `${request.tenant.id} ${open.record.uidHash} ${user.id}`,
});

/** `GET /consent`: asks a user whether a third-party application may get the requested access. */
export async function showConsent(core: Core, request: Request, reply: Reply): Promise<void> {
  const question = await getQuestion(core, request);
  const { open, client, look, user } = question;
  const { uiLocales } = open.request;
  const language = await core.pages.language(request, { uiLocales });
  const access = await findWaitingAccess(core, request, question);
  // The page shows exactly what consent will grant.
  const xsrf = sealValue(core.vault, access.agreement, place(request, question));
  const view = consentView({ client, look, user, access, language, redirectUri: open.request.redirectUri, xsrf });
  reply.header('cache-control', 'no-store');
  // Without the application's id: the page uses the tenant's branding, because a third party must not replace it.
  await core.pages.send(request, reply, view, { uiLocales, interaction: open.handle });
}

/** `POST /consent`: applies the decision and continues the authorization. */
export async function decideConsent(core: Core, request: Request, reply: Reply): Promise<void> {
  const parameters = bodyParameters(request);
  const question = await getQuestion(core, request);
  const shown = openValue(core.vault, parameters.get('xsrf') ?? '', place(request, question)) as Agreement | undefined;
  if (!shown) throw new AldabaError('request.cross_site');
  const decision = parameters.get('decision');
  if (decision !== 'accept' && decision !== 'deny')
    throw new ProtocolError('invalid_request', 'decision must be accept or deny');
  const yes = { decision: 'accept', agreement: shown, organizationIds: chosenOrganizations(request) } as const;
  await settleQuestion(core, request, question, decision === 'accept' ? yes : { decision });
  reply
    .header('cache-control', 'no-store')
    .redirect(`${request.tenant.basePath}/oidc/auth/${question.open.handle}`, 303);
}

const boxPrefix = 'organization.';

/** The checked boxes: each has its own name, because parameters are never repeated. */
const chosenOrganizations = (request: Request): string[] =>
  Object.keys((request.body ?? {}) as object)
    .filter((name) => name.startsWith(boxPrefix))
    .map((name) => name.slice(boxPrefix.length));
