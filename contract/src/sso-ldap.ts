import { z } from 'zod';
import { route } from './route.ts';
import { instant, pathId } from './values.ts';

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
  'busy',
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

const count = z.number().int().min(0);
export const ldapSyncCountsSchema = z.object({
  read: count.describe('People whom the directory listed.'),
  created: count,
  linked: count.describe('Accounts that existed with an address of the company, and follow the directory now.'),
  updated: count,
  unchanged: count,
  restored: count,
  suspended: count,
  missing: count.describe('Known people whom the directory did not list.'),
  failed: count.describe('People who could not be stored; see failures.'),
  unreadable: count.describe('Entries without an identifier, or with several.'),
  referrals: count.describe('Parts of the directory on other servers, which are not read.'),
});
export type LdapSyncCounts = z.output<typeof ldapSyncCountsSchema>;

export const ldapSyncRunSchema = z.object({
  state: z
    .enum(['running', 'succeeded', 'refused', 'failed', 'interrupted'])
    .describe('refused: everyone was read, but too many were missing, so no one was suspended.'),
  startedAt: instant,
  finishedAt: instant.nullable(),
  duration: z.number().int().min(0).nullable().describe('Milliseconds.'),
  counts: ldapSyncCountsSchema,
  problem: z.object({ reason: z.string(), message: z.string() }).nullable().describe('Why the run did not succeed.'),
  failures: z
    .array(z.object({ id: z.string(), code: z.string() }))
    .describe('The first 10 people who were not stored.'),
});
export type LdapSyncRun = z.output<typeof ldapSyncRunSchema>;

const syncFields = {
  enabled: z.boolean().default(true).describe('Whether it runs by itself. It runs on demand in any case.'),
  intervalMinutes: z.number().int().min(5).max(10_080).default(60),
  createsUsers: z
    .boolean()
    .default(true)
    .describe(
      'Whether people get accounts before they sign in. Without it only existing accounts follow the directory.',
    ),
  maximumMissingPercent: z
    .number()
    .int()
    .min(0)
    .max(100)
    .default(20)
    .describe('A run suspends no one if more of the known people are missing. At least one may be.'),
};
export const ldapSyncSchema = z.object({
  connectorId: z.string(),
  enabled: z.boolean(),
  intervalMinutes: z.number(),
  createsUsers: z.boolean(),
  maximumMissingPercent: z.number(),
  nextRunAt: instant,
  lastRun: ldapSyncRunSchema.nullable(),
  lastSuccessAt: instant.nullable(),
  failedRuns: count.describe(
    'Runs in a row that could not read the directory. If it may answer soon, nextRunAt is 1 minute after the first, then 2, 4 and so on.',
  ),
});
export type LdapSync = z.output<typeof ldapSyncSchema>;

const syncPath = '/api/sso-connectors/:id/sync';
export const getLdapSync = route({
  method: 'GET',
  path: syncPath,
  operationId: 'GetSsoConnectorSync',
  tag,
  access,
  summary: 'Get the sync of an LDAP connector, with its last run',
  params,
  responses: { 200: ldapSyncSchema },
  errors: ['entity.not_found', 'single_sign_on.ldap_only'],
});
export const setLdapSync = route({
  method: 'PUT',
  path: syncPath,
  operationId: 'SetSsoConnectorSync',
  tag,
  access,
  summary: 'Create and change the accounts of the people of a directory, and suspend those who leave it',
  params,
  body: z.object(syncFields),
  responses: { 200: ldapSyncSchema },
  errors: ['entity.not_found', 'single_sign_on.ldap_only'],
});
export const deleteLdapSync = route({
  method: 'DELETE',
  path: syncPath,
  operationId: 'DeleteSsoConnectorSync',
  tag,
  access,
  summary: 'End the sync of a directory. Accounts stay as they are',
  params,
  responses: { 204: null },
  errors: ['entity.not_found', 'single_sign_on.ldap_only'],
});
export const runLdapSync = route({
  method: 'POST',
  path: `${syncPath}/run`,
  operationId: 'RunSsoConnectorSync',
  tag,
  access,
  summary: 'Run the sync of a directory now',
  params,
  body: z.object({
    maximumMissing: count
      .optional()
      .describe('How many of the known people may be missing in this run, in place of the share.'),
  }),
  responses: { 202: ldapSyncSchema },
  errors: ['entity.not_found', 'single_sign_on.ldap_only', 'single_sign_on.sync_running'],
});
