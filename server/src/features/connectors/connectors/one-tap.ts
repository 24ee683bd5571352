/** One Tap: the provider's own script on the sign-in page offers the account that is signed in there. Pure. */
import type { OneTap } from '@aldaba/contract';
import type { ConnectorRow } from './views.ts';

/** How a connector is configured for it; undefined where it is off. */
export function oneTapOf({ id, connectorId }: ConnectorRow, config: Record<string, unknown>): OneTap | undefined {
  const { oneTap, clientId } = config;
  if (connectorId !== 'google-universal' || typeof clientId !== 'string') return undefined;
  const { isEnabled, ...options } = (oneTap ?? {}) as Partial<OneTap>;
  return isEnabled ? { isEnabled, ...options, clientId, connectorId: id } : undefined;
}
