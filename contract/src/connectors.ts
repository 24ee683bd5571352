import { z } from 'zod';
import { route } from './route.ts';
import { secret } from './secrets.ts';
import { jsonObject, pathId, webUrl } from './values.ts';

export const connectorTypeSchema = z.enum(['Email', 'Sms', 'Social']);
/**
 * Where a social connector works. The last two are Aldaba's own: WeChat's browser, and mini programs, which use the
 * Experience API.
 */
export const connectorPlatformSchema = z.enum(['Native', 'Universal', 'Web', 'OfficialAccount', 'MiniProgram']);
export type ConnectorPlatform = z.output<typeof connectorPlatformSchema>;

/** IDs of the kinds whose provider the sandbox simulates; at the others the real provider answers. */
export const simulatedConnectors: readonly string[] = [
  'wechat-native',
  'google-universal',
  'apple-universal',
  'github-universal',
  'azuread-universal',
  'facebook-universal',
  'linkedin-universal',
  'x-universal',
  'discord-universal',
  'slack-universal',
  'gitlab-universal',
  'line-universal',
  'kakao-universal',
  'naver-universal',
  'amazon-universal',
  'huggingface-universal',
  'patreon-universal',
  'kook-universal',
  'alipay-web',
  'qq-universal',
  'dingtalk-web',
  'feishu-web',
  'wecom-universal',
  'xiaomi-universal',
  'oidc',
  'oauth2',
];

/** Text in several languages, by language tag; `en` is always there. */
const localized = z.record(z.string(), z.string());

/** What is known of a kind of connector before it is configured. */
const factoryFields = {
  type: connectorTypeSchema,
  target: z.string(),
  name: localized,
  description: localized,
  logo: z.string(),
  logoDark: z.string().nullable(),
  /** The operator's guide, Markdown. */
  readme: z.string(),
  configTemplate: z.string().optional(),
  formItems: z.array(jsonObject).optional(),
  customData: jsonObject.optional(),
  fromEmail: z.string().optional(),
  platform: connectorPlatformSchema.nullable(),
  isStandard: z.boolean().optional(),
  isTokenStorageSupported: z.boolean().optional(),
  isDemo: z.boolean().optional(),
};
export const connectorFactorySchema = z.object({ id: z.string(), ...factoryFields });
export type ConnectorFactory = z.output<typeof connectorFactorySchema>;

const logoUrl = z.union([
  webUrl,
  z
    .string()
    .regex(/^data:image\/[a-z+.-]+[;,]/)
    .max(65_536),
]);
/** What an operator sets over the factory's metadata; the target only for standard connectors. */
export const connectorOverlaySchema = z
  .object({
    target: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]*$/i, 'must be letters, digits, - and _')
      .max(128),
    name: z
      .record(z.string().max(35), z.string().min(1).max(256))
      .refine((name) => Boolean(name.en), { message: 'must have an English name (en)' }),
    logo: logoUrl,
    logoDark: z.union([logoUrl, z.literal('')]).nullable(),
  })
  .partial();
export type ConnectorOverlay = z.output<typeof connectorOverlaySchema>;

/** Domains whose email addresses the provider answers for, because it hosts their mailboxes. */
const emailDomains = z
  .array(
    z
      .string()
      .max(253)
      .regex(
        /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/,
        'must be a domain in lowercase, e.g. example.com',
      ),
  )
  .max(50);
const emailDomainsHelp =
  'Domains whose mailboxes the provider hosts. Its verified addresses there can be linked without another proof.';

/** A configured connector. */
export const connectorSchema = z.object({
  id: z.string(),
  ...factoryFields,
  /** Id of the kind of connector, e.g. `wechat-native`. */
  connectorId: z.string(),
  syncProfile: z.boolean(),
  enableTokenStorage: z.boolean(),
  emailDomains: z.array(z.string()),
  config: secret(jsonObject),
  metadata: jsonObject,
  extraInfo: jsonObject.optional(),
  usage: z.number().optional(),
});

/** A social connector as sign-in pages see it, without its configuration. */
export const publicSocialConnectorSchema = z.object({
  id: z.string(),
  target: z.string(),
  name: localized,
  logo: z.string(),
  logoDark: z.string().nullable(),
  platform: connectorPlatformSchema.nullable(),
  isStandard: z.boolean().optional(),
  isTokenStorageSupported: z.boolean().optional(),
  fromEmail: z.string().optional(),
});
export type PublicSocialConnector = z.output<typeof publicSocialConnectorSchema>;

/** Google One Tap on the sign-in page. */
export const oneTapSchema = z.object({
  isEnabled: z.boolean(),
  autoSelect: z.boolean().optional(),
  closeOnTapOutside: z.boolean().optional(),
  itpSupport: z.boolean().optional(),
  clientId: z.string(),
  connectorId: z.string(),
});
export type OneTap = z.output<typeof oneTapSchema>;

const tag = 'Connectors';
const access = 'management';
const params = z.object({ id: pathId });
const saveErrors = [
  'connector.invalid_config',
  'connector.multiple_target_with_same_platform',
  'connector.token_storage_not_supported',
  'connector.can_not_modify_target',
  'connector.cannot_overwrite_metadata_for_non_standard_connector',
] as const;

export const listConnectors = route({
  method: 'GET',
  path: '/api/connectors',
  operationId: 'ListConnectors',
  tag,
  access,
  summary: 'List the configured connectors',
  query: z.object({ target: z.string() }).partial(),
  responses: { 200: z.array(connectorSchema) },
});
export const createConnector = route({
  method: 'POST',
  path: '/api/connectors',
  operationId: 'CreateConnector',
  tag,
  access,
  summary: 'Configure a connector',
  body: z.object({
    connectorId: z.string().min(1).max(128),
    /** Chosen by the client when it has to show the redirect URI before saving. */
    id: z
      .string()
      .regex(/^[a-z0-9]{12,21}$/i, 'must be 12 to 21 letters and digits')
      .optional(),
    config: jsonObject.optional(),
    metadata: connectorOverlaySchema.optional().describe('How the sign-in page shows the provider.'),
    syncProfile: z.boolean().optional().describe('Copies name and picture from the provider at each sign-in.'),
    enableTokenStorage: z
      .boolean()
      .optional()
      .describe("Keeps the provider's tokens, for applications that call its API."),
    emailDomains: emailDomains.optional().describe(emailDomainsHelp),
  }),
  responses: { 200: connectorSchema },
  errors: [
    ...saveErrors,
    'connector.not_found_with_connector_id',
    'connector.multiple_instances_not_supported',
    'entity.unique_integrity_violation',
  ],
});
export const getConnector = route({
  method: 'GET',
  path: '/api/connectors/:id',
  operationId: 'GetConnector',
  tag,
  access,
  summary: 'Get a configured connector',
  params,
  responses: { 200: connectorSchema },
  errors: ['entity.not_found'],
});
export const updateConnector = route({
  method: 'PATCH',
  path: '/api/connectors/:id',
  operationId: 'UpdateConnector',
  tag,
  access,
  summary: 'Change a configured connector',
  params,
  body: z
    .object({
      config: jsonObject,
      metadata: connectorOverlaySchema.describe('How the sign-in page shows the provider.'),
      syncProfile: z.boolean().describe('Copies name and picture from the provider at each sign-in.'),
      enableTokenStorage: z.boolean().describe("Keeps the provider's tokens, for applications that call its API."),
      emailDomains: emailDomains.describe(emailDomainsHelp),
    })
    .partial(),
  responses: { 200: connectorSchema },
  errors: [...saveErrors, 'entity.not_found'],
});
export const deleteConnector = route({
  method: 'DELETE',
  path: '/api/connectors/:id',
  operationId: 'DeleteConnector',
  tag,
  access,
  summary: 'Remove a configured connector',
  params,
  responses: { 204: null },
  errors: ['entity.not_found'],
});
export const testConnector = route({
  method: 'POST',
  path: '/api/connectors/:factoryId/test',
  operationId: 'CreateConnectorTest',
  tag,
  access,
  summary: 'Send a test message with a configuration that need not be saved',
  params: z.object({ factoryId: pathId }),
  body: z.object({
    phone: z.string().min(1).max(32).optional(),
    email: z.email().max(256).optional(),
    config: jsonObject,
    locale: z.string().max(35).optional(),
  }),
  responses: { 204: null },
  errors: [
    'connector.not_found',
    'connector.unexpected_type',
    'connector.invalid_config',
    'connector.general',
    'connector.timeout',
    'request.message_rate_limited',
  ],
});
export const createConnectorAuthorizationUri = route({
  method: 'POST',
  path: '/api/connectors/:connectorId/authorization-uri',
  operationId: 'CreateConnectorAuthorizationUri',
  tag,
  access,
  summary: 'Get the authorization URI of a social connector',
  params: z.object({ connectorId: pathId }),
  body: z.object({
    state: z.string().min(1).max(1024),
    redirectUri: z
      .string()
      .min(1)
      .max(2048)
      .regex(/^[a-z][a-z0-9+.-]*:/i, 'must be an absolute URI'),
  }),
  responses: { 200: z.object({ redirectTo: z.string(), redirectUri: z.string() }) },
  errors: ['entity.not_found', 'connector.unexpected_type', 'connector.not_implemented', 'connector.general'],
});
export const listConnectorFactories = route({
  method: 'GET',
  path: '/api/connector-factories',
  operationId: 'ListConnectorFactories',
  tag,
  access,
  summary: 'List the kinds of connectors',
  responses: { 200: z.array(connectorFactorySchema) },
});
export const getConnectorFactory = route({
  method: 'GET',
  path: '/api/connector-factories/:id',
  operationId: 'GetConnectorFactory',
  tag,
  access,
  summary: 'Get a kind of connector',
  params,
  responses: { 200: connectorFactorySchema },
  errors: ['entity.not_exists_with_id'],
});
