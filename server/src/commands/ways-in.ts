import type { SignInExperienceSettings } from '@aldaba/contract';
import type { Invocation } from './command.ts';

type Settings = Pick<SignInExperienceSettings, 'signIn' | 'socialSignInConnectorTargets'>;

/**
 * The ways in which a user can sign in under the settings: `username`, `email`, `phone`, and the targets of social
 * connectors that are configured in full.
 * @param without row ID of a connector that is about to be removed
 */
export async function waysIn({ app, tenant }: Invocation, settings: Settings, without?: string): Promise<string[]> {
  const rows = (await app.connectors.list(tenant)).filter(({ id, isUsable }) => id !== without && isUsable);
  const sends = { email: 'Email', phone: 'Sms', username: undefined } as const;
  const identifiers = settings.signIn.methods
    .filter(({ identifier, password }) => password || rows.some(({ type }) => type === sends[identifier]))
    .map(({ identifier }) => identifier);
  const targets = settings.socialSignInConnectorTargets.filter((target) =>
    rows.some((row) => row.type === 'Social' && row.target === target),
  );
  return [...identifiers, ...targets];
}
