import { z } from 'zod';
import { gracePeriod, signingAlgorithmSchema, webUrl } from './values.ts';

const claimsFormSchema = z.enum(['standard', 'logto']);
export type ClaimsForm = z.output<typeof claimsFormSchema>;

const year = 31_536_000;
/** What an operator decides about an application's tokens and sessions. */
export const customClientMetadataSchema = z
  .object({
    corsAllowedOrigins: z
      .array(z.string().min(1).max(2048))
      .max(1000)
      .describe('Origins of pages that may call the protocol besides those of the redirect URIs.'),
    idTokenTtl: z.number().int().min(1).max(year).describe('Seconds.'),
    idTokenSignedResponseAlg: signingAlgorithmSchema.describe(
      'How ID tokens are signed (OpenID Connect Registration, `id_token_signed_response_alg`). Without it the tenant decides: RS256 unless it was changed.',
    ),
    claims: claimsFormSchema.describe(
      'Form of claims in ID tokens and userinfo. `standard`, unless set: members without a value are left out, times are in seconds. `logto`: names, picture, email and phone number may be null, `updated_at` and `created_at` are in milliseconds.',
    ),
    refreshTokenTtl: z.number().int().min(1).max(year).describe('Seconds.'),
    refreshTokenTtlInDays: z.number().int().min(1).max(180),
    tenantId: z.string().max(128),
    alwaysIssueRefreshToken: z.boolean().describe('Even if the application does not request offline_access.'),
    rotateRefreshToken: z.boolean().describe('Each use returns a new refresh token.'),
    refreshTokenGracePeriod: gracePeriod.describe(
      'Seconds a replaced refresh token still works; else as the tenant says.',
    ),
    allowTokenExchange: z.boolean(),
    isDeviceFlow: z.boolean(),
    maxAllowedGrants: z.number().int().min(1).max(1000).describe('The oldest grants of a user are revoked beyond it.'),
  })
  .partial();

const uriList = z.array(z.string().min(1).max(2048)).max(1000);
/** What the protocol needs to know of an application (OpenID Connect Dynamic Client Registration section 2). */
export const oidcClientMetadataSchema = z.object({
  redirectUris: uriList.describe('Where users return after they sign in. Compared as strings.'),
  postLogoutRedirectUris: uriList.describe('Where users return after they sign out.'),
  backchannelLogoutUri: webUrl.optional(),
  backchannelLogoutSessionRequired: z
    .boolean()
    .optional()
    .describe(
      'Whether the application needs `sid` in logout tokens (OpenID Connect Back-Channel Logout 1.0 section 2.2). They have it in any case.',
    ),
  logoUri: webUrl.optional(),
});

/** In a change, a member that is left out stays; null, and the empty string for an address, remove an optional one. */
const removableUrl = z.union([webUrl, z.literal('')]).nullable();
export const oidcClientMetadataPatch = oidcClientMetadataSchema.partial().extend({
  backchannelLogoutUri: removableUrl.optional().describe('Receives a logout token when a session ends.'),
  backchannelLogoutSessionRequired: z
    .boolean()
    .nullable()
    .optional()
    .describe('For the information of the application: logout tokens always have the session ID.'),
  logoUri: removableUrl.optional().describe('Shown on the consent page if the branding of the application has none.'),
});
