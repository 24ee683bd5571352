/**
 * Captcha provider: what tells people from programs at the first step of a sign-in.
 *
 * Owns the tenant's setting `captcha-provider` with its secret, the check of an answer with the service that gave it
 * (`turnstile.ts`, `recaptcha.ts`), and the table captcha_answers: accepted answers, each of which counts once. Does
 * not own whether a captcha is asked for, nor the server's own proof of work (sign-in). The Management API enters
 * through `routes.ts`; the sign-in calls `challenge` and `check`.
 */
export { type CaptchaProviders, createCaptchaProviders } from './service.ts';
export { sweepCaptchaAnswers } from './store.ts';
