import type { SignInExperienceSettings } from '@aldaba/contract';
import type { Invocation } from './command.ts';

type Settings = Pick<SignInExperienceSettings, 'signIn' | 'socialSignInConnectorTargets'>;

/**
 * The ways in which a user can sign in under the settings: `username`, `email`, `phone`, and the targets of social
 * connectors that are configured in full.
 * @param without row ID of a connector that is about to be removed
 */
export async function waysIn({ app, tenant }: Invocation, settings: Settings, without?: string): Promise<string[]> {
  const kept = (await app.connectors.list(tenant)).filter(({ id }) => id !== without);
  const isInboxOpen = await app.inbox.isOpen(tenant);
  const rows = kept.filter(({ isUsable }) => isUsable);
  const canSend = (kind: string | undefined) =>
    kind !== undefined &&
    (kept.some(({ type }) => type === kind) ? rows.some(({ type }) => type === kind) : isInboxOpen);
  const sends = { email: 'Email', phone: 'Sms', username: undefined } as const;
  const identifiers = settings.signIn.methods
    .filter(({ identifier, password }) => password || canSend(sends[identifier]))
    .map(({ identifier }) => identifier);
  const targets = settings.socialSignInConnectorTargets.filter((target) =>
    rows.some((row) => row.type === 'Social' && row.target === target),
  );
  return [...identifiers, ...targets];
}
