import { z } from 'zod';
import { route } from './route.ts';

/** Whether the tenant's WeChat sign-ins go to the stand-in for WeChat instead of WeChat. For development only. */
export const sandboxSettingSchema = z.object({ enabled: z.boolean() });

const tag = 'Sandbox';

export const getSandboxSetting = route({
  method: 'GET',
  path: '/api/configs/sandbox',
  operationId: 'GetSandboxConfig',
  tag,
  access: 'management',
  summary: 'Get whether the sandbox is enabled',
  responses: { 200: sandboxSettingSchema },
});
export const updateSandboxSetting = route({
  method: 'PATCH',
  path: '/api/configs/sandbox',
  operationId: 'UpdateSandboxConfig',
  tag,
  access: 'management',
  summary: 'Switch the sandbox on or off',
  body: sandboxSettingSchema,
  responses: { 200: sandboxSettingSchema },
});
