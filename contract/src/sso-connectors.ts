import { z } from 'zod';
import { route } from './route.ts';
import { secret } from './secrets.ts';
import { idList, instant, jsonObject, pathId, webUrl } from './values.ts';

/*
 * Enterprise connectors: the identity providers of companies. The domain of an email address decides which one signs a
 * user in.
 */

/**
 * The kinds of providers. The last five are Aldaba's own: OpenID Connect under the provider's name, and directories
 * that speak LDAP.
 */
export const ssoProviderNames = [
  'OIDC',
  'SAML',
  'AzureAD',
  'AzureAdOidc',
  'GoogleWorkspace',
  'Okta',
  'OneLogin',
  'JumpCloud',
  'Ping',
  'Keycloak',
  'LDAP',
] as const;
export const ssoProviderNameSchema = z.enum(ssoProviderNames);
export type SsoProviderName = z.output<typeof ssoProviderNameSchema>;
export const ssoProviderTypeSchema = z.enum(['oidc', 'saml', 'ldap']);
export type SsoProviderType = z.output<typeof ssoProviderTypeSchema>;

const logoUrl = z.union([
  webUrl,
  z
    .string()
    .regex(/^data:image\/[a-z+.-]+[;,]/)
    .max(65_536),
]);
/** What the sign-in pages show in place of the connector's name and the provider's logo. */
export const ssoBrandingSchema = z
  .strictObject({
    displayName: z.string().min(1).max(128),
    logo: z.union([logoUrl, z.literal('')]),
    darkLogo: z.union([logoUrl, z.literal('')]),
  })
  .partial();
export type SsoBranding = z.output<typeof ssoBrandingSchema>;

/** Gives organization roles to users for whom the provider reports an attribute with a value. */
export const ssoRoleMappingSchema = z.strictObject({
  attribute: z.string().min(1).max(256).describe('Name of the claim or attribute, e.g. groups.'),
  value: z.string().min(1).max(256).describe('One of its values, compared exactly.'),
  organizationId: z.string().min(1).max(128),
  organizationRoleIds: idList.describe('Removed again when the provider no longer reports the value.'),
});
export type SsoRoleMapping = z.output<typeof ssoRoleMappingSchema>;

const ssoWarningSchema = z.object({
  code: z.enum(['metadata_unreadable', 'metadata_refused', 'certificate_expiring', 'certificate_expired']),
  message: z.string(),
  at: instant.describe('Since when the metadata is not used, or when the last certificate expires.'),
});
export type SsoWarning = z.output<typeof ssoWarningSchema>;

export const ssoConnectorSchema = z.object({
  tenantId: z.string(),
  id: z.string(),
  providerName: ssoProviderNameSchema,
  connectorName: z.string(),
  config: secret(jsonObject),
  domains: z.array(z.string()),
  branding: ssoBrandingSchema,
  syncProfile: z.boolean(),
  enableTokenStorage: z.boolean(),
  requiresMfa: z.boolean().describe('Whether the tenant’s second factors are asked for after this provider.'),
  roleMappings: z.array(ssoRoleMappingSchema),
  organizationId: z
    .string()
    .nullable()
    .describe(
      'The organization whose administrators set it up; its domains are the verified ones of the organization.',
    ),
  isActive: z.boolean().describe('Whether it signs users in, once it is configured.'),
  createdAt: instant,
  name: z.string().describe('Name of the kind of provider.'),
  providerType: ssoProviderTypeSchema,
  providerLogo: z.string(),
  providerLogoDark: z.string(),
  providerConfig: jsonObject.optional().describe('What the provider publishes about itself, as far as it answers.'),
  warnings: z
    .array(ssoWarningSchema)
    .describe(
      'What an operator should see to: metadata of a SAML provider that is not used (the former one counts), and its ' +
        'certificates in their last 30 days.',
    ),
});
export type SsoConnector = z.output<typeof ssoConnectorSchema>;

/** As sign-in pages show a connector. */
export const publicSsoConnectorSchema = z.object({
  id: z.string(),
  connectorName: z.string(),
  logo: z.string(),
  darkLogo: z.string().optional(),
  asksPassword: z
    .literal(true)
    .optional()
    .describe('The password of the company’s directory is entered on a page of this server, or of yours.'),
});
export type PublicSsoConnector = z.output<typeof publicSsoConnectorSchema>;

const tag = 'SSO connectors';
const access = 'management';
const params = z.object({ id: pathId });
const fields = {
  connectorName: z.string().trim().min(1).max(128),
  config: jsonObject,
  domains: z.array(z.string().min(1).max(253)).max(200),
  branding: ssoBrandingSchema,
  syncProfile: z.boolean(),
  enableTokenStorage: z.boolean(),
  requiresMfa: z.boolean(),
  roleMappings: z.array(ssoRoleMappingSchema).max(500),
};
const saveErrors = [
  'single_sign_on.duplicate_connector_name',
  'single_sign_on.forbidden_domains',
  'single_sign_on.duplicated_domains',
  'single_sign_on.invalid_domain_format',
  'connector.invalid_config',
  'connector.token_storage_not_supported',
  'entity.relation_foreign_key_not_found',
] as const;

export const listSsoConnectors = route({
  method: 'GET',
  path: '/api/sso-connectors',
  operationId: 'ListSsoConnectors',
  tag,
  access,
  summary: 'List the enterprise connectors, the newest first',
  pagination: 'optional',
  responses: { 200: z.array(ssoConnectorSchema) },
});
export const createSsoConnector = route({
  method: 'POST',
  path: '/api/sso-connectors',
  operationId: 'CreateSsoConnector',
  tag,
  access,
  summary: 'Add an enterprise connector; without config it is not offered yet',
  body: z
    .object({ ...fields, providerName: z.string().min(1).max(128) })
    .partial()
    .required({
      providerName: true,
      connectorName: true,
    }),
  responses: { 200: ssoConnectorSchema },
  errors: [...saveErrors, 'connector.not_found'],
  statuses: { 'connector.not_found': 422 },
});
export const getSsoConnector = route({
  method: 'GET',
  path: '/api/sso-connectors/:id',
  operationId: 'GetSsoConnector',
  tag,
  access,
  summary: 'Get an enterprise connector',
  params,
  responses: { 200: ssoConnectorSchema },
  errors: ['entity.not_found'],
});
export const updateSsoConnector = route({
  method: 'PATCH',
  path: '/api/sso-connectors/:id',
  operationId: 'UpdateSsoConnector',
  tag,
  access,
  summary: 'Change an enterprise connector; config replaces the stored one',
  params,
  body: z
    .object({
      ...fields,
      organizationId: z.null().describe('Takes the connector over from its organization, with the domains it has.'),
      isActive: z.boolean(),
    })
    .partial(),
  responses: { 200: ssoConnectorSchema },
  errors: [...saveErrors, 'entity.not_found', 'single_sign_on.domains_of_organization'],
});
export const deleteSsoConnector = route({
  method: 'DELETE',
  path: '/api/sso-connectors/:id',
  operationId: 'DeleteSsoConnector',
  tag,
  access,
  summary: 'Delete an enterprise connector with the identities of its users, who then sign in another way',
  params,
  responses: { 204: null },
  errors: ['entity.not_found'],
});

/** A key of the tenant's side of a SAML connector, without the private key. */
export const ssoSigningKeySchema = z.object({
  tenantId: z.string(),
  id: z.string(),
  ssoConnectorId: z.string(),
  certificate: z.string().describe('PEM.'),
  createdAt: instant,
  expiresAt: instant,
  active: z.boolean().describe('Whether it signs requests. Every key decrypts assertions.'),
  isExpiring: z.boolean().describe('Whether its certificate has expired, or expires within 30 days.'),
});
export type SsoSigningKey = z.output<typeof ssoSigningKeySchema>;

const keyParams = params.extend({ keyId: pathId });
const keyErrors = ['entity.not_found', 'single_sign_on.signing_key_in_use'] as const;
const notSaml = 'single_sign_on.saml_only';
export const listSsoSigningKeys = route({
  method: 'GET',
  path: '/api/sso-connectors/:id/signing-keys',
  operationId: 'ListSsoConnectorSigningKeys',
  tag,
  access,
  summary: 'List the keys that sign the requests of a SAML connector, the newest first',
  params,
  responses: { 200: z.array(ssoSigningKeySchema) },
  errors: ['entity.not_found', notSaml],
});
export const createSsoSigningKey = route({
  method: 'POST',
  path: '/api/sso-connectors/:id/signing-keys',
  operationId: 'CreateSsoConnectorSigningKey',
  tag,
  access,
  summary: 'Create a key for a SAML connector; an active one replaces the key that signs',
  params,
  body: z.object({ active: z.boolean().default(false) }),
  responses: { 201: ssoSigningKeySchema },
  errors: ['entity.not_found', notSaml],
});
export const updateSsoSigningKey = route({
  method: 'PATCH',
  path: '/api/sso-connectors/:id/signing-keys/:keyId',
  operationId: 'UpdateSsoConnectorSigningKey',
  tag,
  access,
  summary: 'Activate a key, which then signs in place of the former one',
  params: keyParams,
  body: z.object({ active: z.boolean() }),
  responses: { 200: ssoSigningKeySchema },
  errors: [...keyErrors, notSaml],
});
export const deleteSsoSigningKey = route({
  method: 'DELETE',
  path: '/api/sso-connectors/:id/signing-keys/:keyId',
  operationId: 'DeleteSsoConnectorSigningKey',
  tag,
  access,
  summary: 'Delete a key that no longer signs; assertions encrypted for it cannot be read any more',
  params: keyParams,
  responses: { 204: null },
  errors: [...keyErrors, notSaml],
});

/** Where a sign-in leads that a SAML provider starts. */
export const idpInitiatedAuthConfigSchema = z.object({
  tenantId: z.string(),
  connectorId: z.string(),
  defaultApplicationId: z.string(),
  redirectUri: z.string().nullable(),
  authParameters: z.record(z.string(), z.string()),
  autoSendAuthorizationRequest: z.boolean(),
  clientIdpInitiatedAuthCallbackUri: z.string().nullable(),
  createdAt: instant,
});
export type IdpInitiatedAuthConfig = z.output<typeof idpInitiatedAuthConfigSchema>;

const idpInitiatedPath = '/api/sso-connectors/:id/idp-initiated-auth-config';
export const getIdpInitiatedAuthConfig = route({
  method: 'GET',
  path: idpInitiatedPath,
  operationId: 'GetSsoConnectorIdpInitiatedAuthConfig',
  tag,
  access,
  summary: 'Get where a sign-in leads that the SAML provider starts',
  params,
  responses: { 200: idpInitiatedAuthConfigSchema },
  errors: ['entity.not_found', notSaml],
});
export const setIdpInitiatedAuthConfig = route({
  method: 'PUT',
  path: idpInitiatedPath,
  operationId: 'SetSsoConnectorIdpInitiatedAuthConfig',
  tag,
  access,
  summary: 'Allow sign-ins that the SAML provider starts, and say where they lead',
  params,
  body: z.object({
    defaultApplicationId: z.string().min(1).max(128),
    redirectUri: webUrl.nullish().describe('One of the application’s; the first if left out.'),
    authParameters: z
      .record(z.string().regex(/^[a-z_]{1,64}$/), z.string().max(1024))
      .default({})
      .describe('More parameters of the authorization request, e.g. scope.'),
    autoSendAuthorizationRequest: z
      .boolean()
      .default(false)
      .describe('The server starts the authorization for the application, which must be a traditional web app.'),
    clientIdpInitiatedAuthCallbackUri: webUrl
      .nullish()
      .describe('Where the application starts the authorization itself; of an origin of its redirect URIs.'),
  }),
  responses: { 200: idpInitiatedAuthConfigSchema },
  errors: [
    'entity.not_found',
    notSaml,
    'single_sign_on.idp_initiated_authentication_invalid_application_type',
    'single_sign_on.idp_initiated_authentication_redirect_uri_not_registered',
    'single_sign_on.idp_initiated_authentication_client_callback_uri_not_found',
  ],
});
export const deleteIdpInitiatedAuthConfig = route({
  method: 'DELETE',
  path: idpInitiatedPath,
  operationId: 'DeleteSsoConnectorIdpInitiatedAuthConfig',
  tag,
  access,
  summary: 'Refuse sign-ins that the SAML provider starts',
  params,
  responses: { 204: null },
  errors: ['entity.not_found', notSaml],
});

export const listSsoConnectorProviders = route({
  method: 'GET',
  path: '/api/sso-connector-providers',
  operationId: 'ListSsoConnectorProviders',
  tag: 'SSO connector providers',
  access,
  summary: 'List the kinds of enterprise providers',
  responses: {
    200: z.array(
      z.object({
        providerName: ssoProviderNameSchema,
        providerType: ssoProviderTypeSchema,
        name: z.string(),
        logo: z.string(),
        logoDark: z.string(),
        description: z.string(),
      }),
    ),
  },
});

export const receiveSsoLogout = route({
  method: 'POST',
  path: '/api/authn/single-sign-on/oidc/:connectorId/backchannel-logout',
  operationId: 'ReceiveSsoBackchannelLogout',
  tag: 'Authn',
  access: 'anonymous',
  summary: 'End the sessions of a user whom an enterprise provider signed out (OpenID Connect Back-Channel Logout 1.0)',
  params: z.object({ connectorId: pathId }),
  body: z.object({ logout_token: z.string().min(1).max(16_384).describe('Signed by the provider; counts once.') }),
  responses: { 204: null },
  errors: ['single_sign_on.logout_token_invalid', 'entity.not_found'],
});
