import { z } from 'zod';
import { route } from './route.ts';
import { phoneSchema } from './users.ts';

const byEmail = z.object({ email: z.email().max(128) });
const byPhone = z.object({ phone: phoneSchema });
const verificationCode = z.string().regex(/^\d{1,12}$/, 'must be digits');

/** A message has to be sent. */
export const messageErrors = [
  'connector.not_found',
  'connector.general',
  'connector.template_not_found',
  'connector.timeout',
  'request.message_rate_limited',
] as const;
/** Nobody set up a way to send: the request is right, this server cannot do it. */
export const messageStatuses = { 'connector.not_found': 501 } as const;

const tag = 'Verification codes';
const access = 'management';

export const createVerificationCode = route({
  method: 'POST',
  path: '/api/verification-codes',
  operationId: 'CreateVerificationCode',
  tag,
  access,
  summary: 'Send a code to an e-mail address or a phone',
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
