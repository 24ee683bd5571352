import { z } from 'zod';
import { route } from './route.ts';

/** A challenge of the server's own: a browser finds a number by trying. Needs no third party and no key. */
const proofOfWork = z.object({ type: z.literal('ProofOfWork') });

const siteKey = z
  .string()
  .regex(/^[\w-]{1,256}$/)
  .describe('The public key, which the page contains.');
/** Printable ASCII: it is sent in a header. */
const secretKey = z
  .string()
  .regex(/^[!-~]{1,512}$/)
  .optional()
  .describe('Never returned. Left out, the stored one is kept if type and site key stay the same.');

/** Cloudflare Turnstile. */
const turnstile = z.object({ type: z.literal('Turnstile'), siteKey });
/** Hosts that Google serves reCAPTCHA from. */
const recaptchaDomains = ['www.google.com', 'www.recaptcha.net', 'recaptcha.net'] as const;
/** Google reCAPTCHA Enterprise. */
const recaptchaEnterprise = z.object({
  type: z.literal('RecaptchaEnterprise'),
  siteKey,
  projectId: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.:-]{0,99}$/)
    .describe('The Google Cloud project.'),
  domain: z
    .enum(recaptchaDomains)
    .optional()
    .describe('Where browsers load the script from; www.recaptcha.net is reachable from mainland China.'),
  mode: z.enum(['invisible', 'checkbox']).optional().describe('The kind of the site key: invisible for a score key.'),
});

export const captchaConfigSchema = z.discriminatedUnion('type', [
  proofOfWork,
  turnstile.extend({ secretKey }),
  recaptchaEnterprise.extend({ secretKey: secretKey.describe('The API key of the project. Never returned.') }),
]);
export type CaptchaConfig = z.output<typeof captchaConfigSchema>;

export const captchaProviderSchema = z.object({
  tenantId: z.string(),
  id: z.literal('default'),
  config: z.discriminatedUnion('type', [proofOfWork, turnstile, recaptchaEnterprise]),
  createdAt: z.number().describe('Milliseconds since the epoch.'),
  updatedAt: z.number(),
});
export type CaptchaProvider = z.output<typeof captchaProviderSchema>;

/** What a sign-in page of the operator's own needs to show the captcha of another service. */
export const publicCaptchaConfigSchema = z.discriminatedUnion('type', [
  turnstile,
  recaptchaEnterprise.omit({ projectId: true }),
]);
export type PublicCaptchaConfig = z.output<typeof publicCaptchaConfigSchema>;

/**
 * What a browser has to find: the number below `limit` for which SHA-256 of `salt` and the number in decimal is
 * `digest`. The answer is the number, a dot and `seal`.
 */
const proofOfWorkChallenge = z.object({
  type: z.literal('ProofOfWork'),
  algorithm: z.literal('SHA-256'),
  salt: z.string(),
  digest: z.string().describe('Hexadecimal.'),
  limit: z.number().int(),
  seal: z.string(),
});
export type ProofOfWorkChallenge = z.output<typeof proofOfWorkChallenge>;

const action = z.string().describe('The action that the widget has to be given; answers for others are rejected.');
const widgetChallenge = z.discriminatedUnion('type', [
  turnstile.extend({ action }),
  recaptchaEnterprise.omit({ projectId: true }).extend({ action }),
]);
/** The widget of another service gives the answer: its token. */
export type WidgetChallenge = z.output<typeof widgetChallenge>;

export const captchaChallengeSchema = z.discriminatedUnion('type', [proofOfWorkChallenge, ...widgetChallenge.options]);
export type CaptchaChallenge = z.output<typeof captchaChallengeSchema>;

const tag = 'Captcha provider';

export const getCaptchaProvider = route({
  method: 'GET',
  path: '/api/captcha-provider',
  operationId: 'GetCaptchaProvider',
  tag,
  access: 'management',
  summary: 'Get the captcha provider',
  responses: { 200: captchaProviderSchema },
  errors: ['entity.not_found'],
});
export const putCaptchaProvider = route({
  method: 'PUT',
  path: '/api/captcha-provider',
  operationId: 'UpdateCaptchaProvider',
  tag,
  access: 'management',
  summary: 'Set the captcha provider; the captcha policy of the sign-in experience enables it',
  body: z.object({ config: captchaConfigSchema }),
  responses: { 200: captchaProviderSchema },
  errors: ['guard.invalid_input'],
});
export const deleteCaptchaProvider = route({
  method: 'DELETE',
  path: '/api/captcha-provider',
  operationId: 'DeleteCaptchaProvider',
  tag,
  access: 'management',
  summary: 'Delete the captcha provider and disable the captcha policy',
  responses: { 204: null },
  errors: ['entity.not_found'],
});
