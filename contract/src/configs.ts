import { z } from 'zod';
import { route } from './route.ts';
import { gracePeriod, instant, pathId, signingAlgorithmSchema } from './values.ts';

/** Claims that a tenant can add to ID tokens; by default only userinfo returns them. */
export const extendedClaimSchema = z.enum([
  'custom_data',
  'identities',
  'sso_identities',
  'roles',
  'organizations',
  'organization_data',
  'organization_roles',
]);
export type ExtendedClaim = z.output<typeof extendedClaimSchema>;

export const sessionConfigSchema = z.object({
  ttl: z
    .number()
    .int()
    .min(1)
    .max(31_536_000)
    .default(14 * 86_400)
    .describe('Lifetime of a session in seconds after its last authentication.'),
  refreshTokenGracePeriod: gracePeriod
    .default(3)
    .describe('Grace period in seconds in which a replaced refresh token still works. Applications can override it.'),
});
export type SessionConfig = z.output<typeof sessionConfigSchema>;

export const idTokenConfigSchema = z.object({
  enabledExtendedClaims: z.array(extendedClaimSchema).max(20).default(['roles', 'organizations', 'organization_roles']),
});
export type IdTokenConfig = z.output<typeof idTokenConfigSchema>;

export const signingAlgorithmsSchema = z.object({
  idToken: signingAlgorithmSchema
    .default('RS256')
    .describe('ID tokens of applications without `idTokenSignedResponseAlg`.'),
  accessToken: signingAlgorithmSchema.default('ES256').describe('Access tokens that are JWTs, and logout tokens.'),
});
export type SigningAlgorithms = z.output<typeof signingAlgorithmsSchema>;

const flags = {
  signInExperienceCustomized: z.boolean(),
  organizationCreated: z.boolean(),
  getStartedDismissed: z.boolean(),
};
const notifications = {
  developmentTenantMigrationNotification: z
    .object({ isPaidTenant: z.boolean(), tag: z.string().max(128), readAt: instant.optional() })
    .optional(),
  checkedChargeNotification: z
    .object({
      token: z.boolean(),
      apiResource: z.boolean(),
      machineToMachineApp: z.boolean(),
      tenantMember: z.boolean(),
    })
    .partial()
    .optional(),
};
/** Settings that a console stores about the tenant; the server does not use them. */
export const adminConsoleConfigSchema = z.object({
  signInExperienceCustomized: flags.signInExperienceCustomized.default(false),
  organizationCreated: flags.organizationCreated.default(false),
  getStartedDismissed: flags.getStartedDismissed
    .optional()
    .describe('An administrator closed the list of first steps.'),
  ...notifications,
});
export type AdminConsoleConfig = z.output<typeof adminConsoleConfigSchema>;

/** A key as operators see it: never its private part. */
export const oidcKeySchema = z.object({
  id: z.string(),
  createdAt: instant,
  signingKeyAlgorithm: z.enum(['RSA', 'EC']).optional(),
  /** What the key signs with; of each there is one current key. */
  algorithm: signingAlgorithmSchema.optional(),
  status: z.enum(['Next', 'Current', 'Previous']).optional(),
  /** When a waiting key becomes the current one by itself. */
  effectiveAt: instant.optional(),
});
export type OidcKey = z.output<typeof oidcKeySchema>;

/** Applications that are known by the address of a document about them are not supported. */
const cimdConfigSchema = z.object({ enabled: z.boolean() });

const tag = 'Configs';
const access = 'management';
const keyParams = z.object({ keyType: z.enum(['private-keys', 'cookie-keys']) });

export const getSessionConfig = route({
  method: 'GET',
  path: '/api/configs/oidc/session',
  operationId: 'GetOidcSessionConfig',
  tag,
  access,
  summary: 'Get how long sessions and replaced refresh tokens live',
  responses: { 200: sessionConfigSchema },
});
export const updateSessionConfig = route({
  method: 'PATCH',
  path: '/api/configs/oidc/session',
  operationId: 'UpdateOidcSessionConfig',
  tag,
  access,
  summary: 'Change how long new sessions and replaced refresh tokens live',
  body: z.object({
    ttl: sessionConfigSchema.shape.ttl.unwrap().optional().describe('Counted from the last authentication.'),
    refreshTokenGracePeriod: sessionConfigSchema.shape.refreshTokenGracePeriod
      .unwrap()
      .optional()
      .describe('How long a replaced refresh token still works.'),
  }),
  responses: { 200: sessionConfigSchema },
});
export const getSigningAlgorithms = route({
  method: 'GET',
  path: '/api/configs/oidc/signing-algorithms',
  operationId: 'GetOidcSigningAlgorithms',
  tag,
  access,
  summary: 'Get the algorithms that sign tokens',
  responses: { 200: signingAlgorithmsSchema },
});
export const updateSigningAlgorithms = route({
  method: 'PATCH',
  path: '/api/configs/oidc/signing-algorithms',
  operationId: 'UpdateOidcSigningAlgorithms',
  tag,
  access,
  summary: 'Update the signing algorithms of tokens; the tenant must have a key for each',
  body: z
    .object({
      idToken: signingAlgorithmSchema.describe('For applications without an algorithm of their own.'),
      accessToken: signingAlgorithmSchema.describe('JWT access tokens and logout tokens.'),
    })
    .partial(),
  responses: { 200: signingAlgorithmsSchema },
  errors: ['oidc.signing_key_missing'],
});
export const listOidcKeys = route({
  method: 'GET',
  path: '/api/configs/oidc/:keyType',
  operationId: 'GetOidcKeys',
  tag,
  access,
  summary: 'List the keys that sign tokens',
  params: keyParams,
  responses: { 200: z.array(oidcKeySchema) },
});
export const rotateOidcKeys = route({
  method: 'POST',
  path: '/api/configs/oidc/:keyType/rotate',
  operationId: 'RotateOidcKeys',
  tag,
  access,
  summary: 'Rotate the keys that sign tokens',
  params: keyParams,
  body: z
    .object({
      signingKeyAlgorithm: z.enum(['RSA', 'EC']).describe('Rotates the keys of this kind; without it, all keys.'),
      algorithm: signingAlgorithmSchema.describe(
        'Rotates the keys of this algorithm. The first key of a new algorithm is created.',
      ),
      rotationGracePeriod: z
        .number()
        .int()
        .min(0)
        .max(31_536_000)
        .describe(
          'Seconds until the waiting key becomes the current one. Without it: as soon as the key has been published for 10 minutes. 0 is for emergencies: at once, although clients may not know the key yet.',
        ),
    })
    .partial()
    .prefault({}),
  responses: { 200: z.array(oidcKeySchema) },
  errors: ['request.feature_not_supported', 'guard.invalid_input'],
});
export const deleteOidcKey = route({
  method: 'DELETE',
  path: '/api/configs/oidc/:keyType/:keyId',
  operationId: 'DeleteOidcKey',
  tag,
  access,
  summary: 'Delete a previous key: tokens that it signed are no longer valid',
  params: keyParams.extend({ keyId: pathId }),
  responses: { 204: null },
  errors: ['entity.not_found', 'oidc.only_previous_key_can_be_deleted'],
});

export const getIdTokenConfig = route({
  method: 'GET',
  path: '/api/configs/id-token',
  operationId: 'GetIdTokenConfig',
  tag,
  access,
  summary: 'Get the additional claims of ID tokens',
  responses: { 200: idTokenConfigSchema },
});
export const updateIdTokenConfig = route({
  method: 'PUT',
  path: '/api/configs/id-token',
  operationId: 'UpsertIdTokenConfig',
  tag,
  access,
  summary: 'Set the additional claims of ID tokens',
  body: z.object({
    enabledExtendedClaims: idTokenConfigSchema.shape.enabledExtendedClaims
      .unwrap()
      .optional()
      .describe('Included in ID tokens besides the standard claims.'),
  }),
  responses: { 200: idTokenConfigSchema },
});

export const getAdminConsoleConfig = route({
  method: 'GET',
  path: '/api/configs/admin-console',
  operationId: 'GetAdminConsoleConfig',
  tag,
  access,
  summary: 'Get what a console remembers',
  responses: { 200: adminConsoleConfigSchema },
});
export const updateAdminConsoleConfig = route({
  method: 'PATCH',
  path: '/api/configs/admin-console',
  operationId: 'UpdateAdminConsoleConfig',
  tag,
  access,
  summary: 'Change what a console remembers',
  body: z.object({ ...flags, ...notifications }).partial(),
  responses: { 200: adminConsoleConfigSchema },
});

export const getCimdConfig = route({
  method: 'GET',
  path: '/api/configs/cimd',
  operationId: 'GetCimdConfig',
  tag,
  access,
  summary: 'Get whether client ID metadata documents are supported',
  responses: { 200: cimdConfigSchema },
});
export const updateCimdConfig = route({
  method: 'PATCH',
  path: '/api/configs/cimd',
  operationId: 'UpdateCimdConfig',
  tag,
  access,
  summary: 'Switch client id metadata documents on or off; this server knows them as off only',
  body: cimdConfigSchema,
  responses: { 200: cimdConfigSchema },
  errors: ['request.feature_not_supported'],
});
