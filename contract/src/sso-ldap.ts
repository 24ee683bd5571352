import { z } from 'zod';
import { route } from './route.ts';
import { pathId } from './values.ts';

/* Enterprise connectors for directories that speak LDAP. */

const tag = 'SSO connectors';
const access = 'management';
const params = z.object({ id: pathId });
const connectorErrors = ['entity.not_found', 'single_sign_on.ldap_only', 'single_sign_on.not_configured'] as const;

/** Why a step failed, in one word. */
export const ldapReasonSchema = z.enum([
  'address',
  'unreachable',
  'time',
  'tls',
  'starttls',
  'confidentiality',
  'credentials',
  'account',
  'not-found',
  'access',
  'size',
  'broken',
  'refused',
]);

export const ldapTestSchema = z.object({
  ok: z.boolean(),
  steps: z
    .array(
      z.object({
        step: z.enum(['connection', 'account', 'bases', 'person']),
        ok: z.boolean(),
        reason: ldapReasonSchema.optional(),
        message: z.string().optional(),
        member: z.string().optional().describe('The member of config that the failure is about.'),
      }),
    )
    .describe('In order; the first failure is the last step.'),
  person: z
    .object({
      id: z.string(),
      dn: z.string(),
      email: z.string().nullable(),
      name: z.string().nullable(),
      attributes: z.record(z.string(), z.union([z.string(), z.array(z.string())])).describe('What role mappings read.'),
    })
    .optional()
    .describe('Whom the directory finds under the username.'),
});
export type LdapTest = z.output<typeof ldapTestSchema>;

export const testSsoConnector = route({
  method: 'POST',
  path: '/api/sso-connectors/:id/test',
  operationId: 'TestSsoConnector',
  tag,
  access,
  summary: 'Ask the directory of an LDAP connector, and report the result of each step',
  params,
  body: z.object({
    username: z.string().trim().min(1).max(256).optional().describe('Looks for this person, without a password.'),
  }),
  responses: { 200: ldapTestSchema },
  errors: [...connectorErrors, 'request.overloaded'],
});
