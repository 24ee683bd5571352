import { z } from 'zod';
import { route } from './route.ts';
import { emailSchema, phoneSchema } from './users.ts';

const byEmail = z.object({ email: emailSchema });
const byPhone = z.object({ phone: phoneSchema });
/** Of any form: what cannot be the code is a wrong one. */
const verificationCode = z.string().max(1024);

/** A message has to be sent. */
export const messageErrors = [
  'user.invalid_email',
  'user.invalid_phone',
  'connector.not_found',
  'connector.general',
  'connector.template_not_found',
  'connector.timeout',
  'request.message_rate_limited',
] as const;
/** An operator refuses some email addresses. */
export const blocklistErrors = [
  'session.email_blocklist.email_not_allowed',
  'session.email_blocklist.email_subaddressing_not_allowed',
  'session.email_blocklist.disposable_email_not_allowed',
] as const;
/** No connector can send: the request is valid, but this server cannot serve it. */
export const messageStatuses = { 'connector.not_found': 501 } as const;

const tag = 'Verification codes';
const access = 'management';

export const createVerificationCode = route({
  method: 'POST',
  path: '/api/verification-codes',
  operationId: 'CreateVerificationCode',
  tag,
  access,
  summary: 'Send a verification code to an email address or phone number',
  body: z.union([byEmail, byPhone]),
  responses: { 204: null },
  errors: messageErrors,
  statuses: messageStatuses,
});
export const verifyVerificationCode = route({
  method: 'POST',
  path: '/api/verification-codes/verify',
  operationId: 'VerifyVerificationCode',
  tag,
  access,
  summary: 'Use up a code that was sent',
  body: z.union([byEmail.extend({ verificationCode }), byPhone.extend({ verificationCode })]),
  responses: { 204: null },
  errors: [
    'verification_code.not_found',
    'verification_code.expired',
    'verification_code.code_mismatch',
    'verification_code.exceed_max_try',
  ],
});
