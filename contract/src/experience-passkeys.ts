import { z } from 'zod';
import { interactionIdentifierSchema } from './experience.ts';
import { authenticationPayload, factorErrors } from './experience-factors.ts';
import { route } from './route.ts';
import { jsonObject } from './values.ts';

/*
 * The Experience API's sign-in with a passkey, which identifies the user and counts as two factors.
 */

const tag = 'Experience';
const access = 'interaction';
const verificationId = z.string().min(1).max(128);
const asked = z.object({ verificationId: z.string(), authenticationOptions: jsonObject });
const asking = [
  'session.not_found',
  'request.cross_site',
  'user.sign_in_method_not_enabled',
  'session.mfa.webauthn_address_not_supported',
] as const;
// Known callers expect no 422 of these routes.
const statuses = { 'user.sign_in_method_not_enabled': 400 } as const;

export const askAnySignInPasskey = route({
  method: 'POST',
  path: '/api/experience/preflight/sign-in-passkey/authentication',
  operationId: 'CreateSignInPasskeyAuthenticationPreflight',
  tag,
  access,
  summary: 'Ask for any passkey, also before the sign-in has started; starting it keeps the question',
  responses: { 200: asked },
  errors: [...asking, 'auth.forbidden'],
  statuses,
});
export const askSignInPasskey = route({
  method: 'POST',
  path: '/api/experience/verification/sign-in-passkey/authentication',
  operationId: 'CreateSignInPasskeyAuthentication',
  tag,
  access,
  summary: 'Ask for a passkey of an account; the same for unknown identifiers and for accounts without passkeys',
  body: z.object({ identifier: interactionIdentifierSchema }),
  responses: { 200: asked },
  errors: [...asking, 'session.interaction_not_found'],
  statuses,
});
export const verifySignInPasskey = route({
  method: 'POST',
  path: '/api/experience/verification/sign-in-passkey/authentication/verify',
  operationId: 'VerifySignInPasskeyAuthentication',
  tag,
  access,
  summary: 'Check a passkey that was asked for; one answer counts for each question',
  body: z.object({
    verificationId: verificationId.optional().describe('Default: the question for any passkey.'),
    payload: authenticationPayload,
  }),
  responses: { 200: z.object({ verificationId: z.string() }) },
  errors: [
    ...asking,
    'session.interaction_not_found',
    'session.verification_session_not_found',
    'session.verification_blocked_too_many_attempts',
    'session.mfa.webauthn_verification_failed',
  ],
  statuses,
});

const offered = [
  ...factorErrors,
  'auth.forbidden',
  'session.identity_conflict',
  'session.mfa.require_mfa_verification',
] as const;
export const bindSignInPasskey = route({
  method: 'POST',
  path: '/api/experience/profile/mfa/passkey',
  operationId: 'BindSignInPasskey',
  tag,
  access,
  summary: 'Add a new passkey to the account when the sign-in completes, to sign in with next time',
  body: z.object({ verificationId: verificationId.describe('Of `/verification/web-authn/registration/verify`.') }),
  responses: { 204: null },
  errors: [...offered, 'session.verification_session_not_found'],
});
export const skipSignInPasskey = route({
  method: 'POST',
  path: '/api/experience/profile/mfa/passkey-skipped',
  operationId: 'SkipSignInPasskey',
  tag,
  access,
  summary: 'Go on without the passkey that was offered; it is not offered to this user again',
  responses: { 204: null },
  errors: offered,
});
