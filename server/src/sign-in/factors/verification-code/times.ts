/** What a page says of a code that was sent: how long it is good for, and when another one is offered. In seconds. */
import type { SignInExperienceSettings } from '@aldaba/contract';
import { usualMessageDelay } from '@aldaba/contract/pages';
import { defaultCodeLifetime } from '../../../features/connectors/verification-codes/lifetime.ts';

const ageOf = (sentAt: number, now: number): number => Math.max(0, Math.floor((now - sentAt) / 1000));

/** Until the code has usually arrived; undefined while none was sent. */
export const resendAfter = (sent: { createdAt: number } | undefined, now: number): number | undefined =>
  sent && Math.max(0, usualMessageDelay - ageOf(sent.createdAt, now));

export const expiresIn = (
  { createdAt }: { createdAt: number },
  { expirationDuration = defaultCodeLifetime }: SignInExperienceSettings['verificationCodePolicy'],
  now: number,
): number => Math.max(0, expirationDuration - ageOf(createdAt, now));
