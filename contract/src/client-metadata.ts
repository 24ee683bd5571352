import { z } from 'zod';
import { form } from './forms.ts';
import { gracePeriod, signingAlgorithmSchema, webUrl } from './values.ts';

const claimsFormSchema = z.enum(['standard', 'logto']);
export type ClaimsForm = z.output<typeof claimsFormSchema>;

const year = 31_536_000;
/** What an operator decides about an application's tokens and sessions. */
export const customClientMetadataSchema = form(
  'applications.tokens',
  z
    .object({
      corsAllowedOrigins: z.array(z.string().min(1).max(2048)).max(1000),
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
      alwaysIssueRefreshToken: z.boolean(),
      rotateRefreshToken: z.boolean(),
      refreshTokenGracePeriod: gracePeriod.describe(
        'Seconds a replaced refresh token still works; else as the tenant says.',
      ),
      allowTokenExchange: z.boolean(),
      isDeviceFlow: z.boolean(),
      maxAllowedGrants: z.number().int().min(1).max(1000),
    })
    .partial(),
  {
    corsAllowedOrigins: {
      label: 'Allowed origins',
      help: 'Origins of pages that may call the protocol besides those of the redirect URIs.',
    },
    idTokenTtl: { label: 'ID token lifetime (seconds)' },
    idTokenSignedResponseAlg: { label: 'ID token signing algorithm' },
    claims: { label: 'Form of claims' },
    refreshTokenTtl: { label: 'Refresh token lifetime (seconds)' },
    refreshTokenTtlInDays: { label: 'Refresh token lifetime (days)' },
    tenantId: null,
    alwaysIssueRefreshToken: {
      label: 'Always issue a refresh token',
      help: 'Even if the application does not request offline_access.',
    },
    rotateRefreshToken: { label: 'Rotate refresh tokens', help: 'Each use returns a new refresh token.' },
    refreshTokenGracePeriod: { label: 'Refresh token grace period (seconds)' },
    allowTokenExchange: { label: 'Allow token exchange' },
    isDeviceFlow: null,
    maxAllowedGrants: { label: 'Maximum number of grants', help: 'The oldest grants of a user are revoked beyond it.' },
  },
);

const uriList = z.array(z.string().min(1).max(2048)).max(1000);
/** What the protocol needs to know of an application (OpenID Connect Dynamic Client Registration section 2). */
export const oidcClientMetadataSchema = z.object({
  redirectUris: uriList,
  postLogoutRedirectUris: uriList,
  backchannelLogoutUri: webUrl.optional(),
  backchannelLogoutSessionRequired: z.boolean().optional(),
  logoUri: webUrl.optional(),
});

/** In a change, a member that is left out stays; null, and the empty string for an address, remove an optional one. */
const removableUrl = z.union([webUrl, z.literal('')]).nullable();
export const oidcClientMetadataPatch = form(
  'applications.addresses',
  oidcClientMetadataSchema.partial().extend({
    backchannelLogoutUri: removableUrl.optional(),
    backchannelLogoutSessionRequired: z.boolean().nullable().optional(),
    logoUri: removableUrl.optional(),
  }),
  {
    redirectUris: { label: 'Redirect URIs', help: 'Where users return after they sign in. Compared as strings.' },
    postLogoutRedirectUris: { label: 'Post sign-out redirect URIs', help: 'Where users return after they sign out.' },
    backchannelLogoutUri: { label: 'Backchannel logout URI', help: 'Receives a logout token when a session ends.' },
    backchannelLogoutSessionRequired: { label: 'Name the session in logout tokens' },
    logoUri: { label: 'Logo', help: 'Shown on the consent page.' },
  },
);
