import type { OneTimeToken } from '@aldaba/contract';

/** Whether a token is for resetting a password, and so does not sign the user in. */
export const isForRecovery = ({ context }: Pick<OneTimeToken, 'context'>): boolean =>
  context.interactionEvent === 'ForgotPassword';
