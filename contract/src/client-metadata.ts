import { z } from 'zod';
import { gracePeriod, signingAlgorithmSchema } from './values.ts';

const claimsFormSchema = z.enum(['standard', 'logto']);
export type ClaimsForm = z.output<typeof claimsFormSchema>;

const year = 31_536_000;
/** What an operator decides about an application's tokens and sessions. */
export const customClientMetadataSchema = z
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
  .partial();
