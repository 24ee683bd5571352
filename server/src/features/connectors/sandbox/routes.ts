import {
  type Approval,
  consentContentSecurityPolicy,
  consentHtml,
  formPostHtml,
  personas,
  phoneAssets,
  phoneContentSecurityPolicy,
  phoneCookie,
  phoneHtml,
  phonePlatforms,
  providerOutcomes,
  sandboxOutcomes,
} from '@aldaba/connectors/sandbox';
import * as contract from '@aldaba/contract';
import { z } from 'zod';
import { readCookie } from '../../../http/cookies.ts';
import { folderRoutes } from '../../../http/folder.ts';
import type { Implement } from '../../../http/implement.ts';
import { assertSameOrigin } from '../../../http/same-origin.ts';
import type { Http, Reply, Request } from '../../../http/types.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { authorizationAddress, type Sandbox } from './service.ts';

/** `/api/configs/sandbox`. */
export function sandboxSettingRoutes(implement: Implement, sandbox: Sandbox): void {
  implement(contract.getSandboxSetting, async ({ tenant }) => ({ enabled: await sandbox.isEnabled(tenant) }));
  implement(contract.updateSandboxSetting, async ({ tenant, body }) => {
    await sandbox.setEnabled(tenant, body.enabled);
    return { enabled: body.enabled };
  });
}

const phoneSchema = z.object({
  platform: z.enum(phonePlatforms).default('android'),
  framed: z
    .literal('true')
    .optional()
    .transform((value) => value === 'true'),
});
const approvalSchema = z.object({ appId: z.string(), persona: z.string(), outcome: z.enum(sandboxOutcomes) });

const decisionSchema = z.discriminatedUnion('decision', [
  z.object({ decision: z.literal('agree'), persona: z.string(), outcome: z.enum(providerOutcomes) }),
  z.object({ decision: z.literal('decline') }),
]);

type ProviderRequest = Request & { params: { provider: string } };

const queryOf = (request: Request): string => /\?.*$/.exec(request.url)?.[0] ?? '';

const sendPage = (reply: Reply, html: string) =>
  reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-security-policy', consentContentSecurityPolicy)
    .header('referrer-policy', 'same-origin')
    .header('cache-control', 'no-store')
    .send(html);

/** The page where a user consents at a simulated provider, and its form. */
function providerRoutes(http: Http, sandbox: Sandbox): void {
  const path = '/sandbox/providers/:provider/authorize';
  http.get(path, async (request, reply) => {
    const { tenant } = request;
    const { provider, address } = authorizationAddress((request as ProviderRequest).params.provider, queryOf(request));
    // Validated before the page is shown: declining validates the request and changes nothing.
    await sandbox.decide(tenant, address);
    const { searchParams } = new URL(address);
    const outcomes = providerOutcomes.filter((outcome) => provider.openid || !outcome.startsWith('id_token'));
    const html = consentHtml({
      basePath: tenant.basePath,
      providerName: provider.name,
      personas,
      outcomes,
      action: `${tenant.basePath}/sandbox/providers/${provider.key}/authorize${queryOf(request)}`,
      clientId: searchParams.get('client_id') ?? '',
      scope: searchParams.get('scope') ?? '',
    });
    return sendPage(reply, html);
  });
  http.post(path, async (request, reply) => {
    const { tenant } = request;
    await sandbox.requireEnabled(tenant);
    // Only the page itself may submit consent; another site could do so without the user.
    assertSameOrigin(request, () => false);
    const { address } = authorizationAddress((request as ProviderRequest).params.provider, queryOf(request));
    const form = decisionSchema.safeParse(request.body);
    if (!form.success)
      throw new AldabaError('guard.invalid_input', { reason: 'body: a decision, a persona and an outcome are needed' });
    const answer = await sandbox.decide(tenant, address, form.data.decision === 'agree' ? form.data : undefined);
    if (answer.responseMode === 'form_post') return sendPage(reply, formPostHtml(tenant.basePath, answer));
    const target = new URL(answer.redirectUri);
    for (const [name, value] of Object.entries(answer.parameters)) target.searchParams.set(name, value);
    return reply.header('cache-control', 'no-store').redirect(target.href, 303);
  });
}

/**
 * The page that simulates a phone, below `/sandbox`. Everything returns 404 unless the sandbox is enabled.
 * @param phoneFolder absolute path of `connectors/sandbox/phone`
 */
export function sandboxRoutes(http: Http, sandbox: Sandbox, phoneFolder: string): void {
  providerRoutes(http, sandbox);
  http.get('/sandbox', async (request, reply) => {
    const { tenant } = request;
    await sandbox.requireEnabled(tenant);
    const phone = phoneSchema.safeParse(request.query);
    if (!phone.success)
      throw new AldabaError('guard.invalid_input', { reason: 'query: platform is android or ios, framed is true' });
    const { platform, framed } = phone.data;
    const startUrl = `${tenant.baseUrl}/demo-app`;
    return reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-security-policy', phoneContentSecurityPolicy(framed))
      .header('referrer-policy', 'same-origin')
      .header('cache-control', 'no-store')
      .send(
        phoneHtml({
          basePath: tenant.basePath,
          personas,
          outcomes: sandboxOutcomes,
          startUrl,
          platform,
          isFramed: framed,
        }),
      );
  });
  folderRoutes(http, {
    root: phoneFolder,
    path: '/sandbox',
    names: Object.keys(phoneAssets),
    check: ({ tenant }) => sandbox.requireEnabled(tenant),
  });
  http.post('/sandbox/wechat/approve', async (request, reply) => {
    await sandbox.requireEnabled(request.tenant);
    // Only the phone page itself may submit consent; another site could do so without the user.
    assertSameOrigin(request, () => readCookie(request, phoneCookie) !== undefined);
    const approval = approvalSchema.safeParse(request.body);
    if (!approval.success)
      throw new AldabaError('guard.invalid_input', {
        reason: 'body: appId, a persona and an outcome of the sandbox are needed',
      });
    return reply
      .header('cache-control', 'no-store')
      .send({ code: await sandbox.approve(request.tenant, approval.data satisfies Approval) });
  });
}
