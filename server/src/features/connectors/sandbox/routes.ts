import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Approval,
  personas,
  phoneAssets,
  phoneContentSecurityPolicy,
  phoneCookie,
  phoneHtml,
  sandboxOutcomes,
} from '@aldaba/connectors/sandbox';
import * as contract from '@aldaba/contract';
import { z } from 'zod';
import { readCookie } from '../../../http/cookies.ts';
import type { Implement } from '../../../http/implement.ts';
import { assertSameOrigin } from '../../../http/same-origin.ts';
import type { Http } from '../../../http/types.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Sandbox } from './service.ts';

/** `/api/configs/sandbox`. */
export function sandboxSettingRoutes(implement: Implement, sandbox: Sandbox): void {
  implement(contract.getSandboxSetting, async ({ tenant }) => ({ enabled: await sandbox.isEnabled(tenant) }));
  implement(contract.updateSandboxSetting, async ({ tenant, body }) => {
    await sandbox.setEnabled(tenant, body.enabled);
    return { enabled: body.enabled };
  });
}

const approvalSchema = z.object({ appId: z.string(), persona: z.string(), outcome: z.enum(sandboxOutcomes) });

/**
 * The page that plays a phone, below `/sandbox`. All of it is 404 where the sandbox is not switched on.
 * @param phoneFolder absolute path of `connectors/sandbox/phone`
 */
export function sandboxRoutes(http: Http, sandbox: Sandbox, phoneFolder: string): void {
  http.get('/sandbox', async (request, reply) => {
    const { tenant } = request;
    await sandbox.requireEnabled(tenant);
    const startUrl = `${tenant.baseUrl}/demo-app`;
    return reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-security-policy', phoneContentSecurityPolicy)
      .header('referrer-policy', 'same-origin')
      .header('cache-control', 'no-store')
      .send(phoneHtml({ basePath: tenant.basePath, personas, outcomes: sandboxOutcomes, startUrl }));
  });
  http.get<{ Params: { name: string } }>('/sandbox/:name', async (request, reply) => {
    await sandbox.requireEnabled(request.tenant);
    const { name } = request.params;
    const type = Object.hasOwn(phoneAssets, name) ? phoneAssets[name] : undefined;
    // The name is one of a fixed list here: nothing else of a request becomes part of a path.
    if (type === undefined) throw new AldabaError('request.not_found');
    return reply
      .header('content-type', type)
      .header('cache-control', 'no-cache')
      .send(await readFile(join(phoneFolder, name)));
  });
  http.post('/sandbox/wechat/approve', async (request, reply) => {
    await sandbox.requireEnabled(request.tenant);
    // Only the phone page itself may say that the person agreed: another site could do so behind their back.
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
