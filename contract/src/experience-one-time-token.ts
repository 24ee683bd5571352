import { z } from 'zod';
import { route } from './route.ts';
import { emailSchema } from './users.ts';

/** The Experience API's part of links: see `one-time-tokens.ts` for how an operator makes them. */
export const verifyOneTimeTokenProof = route({
  method: 'POST',
  path: '/api/experience/verification/one-time-token/verify',
  operationId: 'VerifyOneTimeTokenVerification',
  tag: 'Experience',
  access: 'interaction',
  summary: 'Verify and consume the one-time token of a link, which verifies its email address',
  body: z.object({
    identifier: z.object({ type: z.literal('email'), value: emailSchema }),
    token: z.string().min(1).max(256),
  }),
  responses: { 200: z.object({ verificationId: z.string() }) },
  errors: [
    'session.not_found',
    'session.interaction_not_found',
    'request.cross_site',
    'session.verification_blocked_too_many_attempts',
    'one_time_token.token_not_found',
    'one_time_token.email_mismatch',
    'one_time_token.interaction_event_mismatch',
    'one_time_token.token_consumed',
    'one_time_token.token_revoked',
    'one_time_token.token_expired',
  ],
});
