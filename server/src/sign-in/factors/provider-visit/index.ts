/** What a visit at a provider keeps in its challenge: the `state` that has to return, and the connector's session. */
import type { ConnectorSession } from '../../../features/connectors/connectors/index.ts';
import { equalSecrets, hashToken, type Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { opaqueToken } from '../../../kernel/ids.ts';
import type { Interaction } from '../../port.ts';

/** The sign-in that a provider's answer counts for. The handle is part of a state that the server makes. */
export type ProviderOccasion = Pick<Interaction, 'tenant' | 'handle' | 'uidHash'>;

interface Visit {
  id: string;
  sessionSealed?: string;
}

/** Between the interaction's handle and the secret part of a state that the server makes. */
const stateSeparator = '.';

/** A state that leads back to this interaction when the browser has several. */
export const newState = ({ handle }: ProviderOccasion): string => `${handle}${stateSeparator}${opaqueToken()}`;

/** The handle of the interaction that a state of the server's names; only a hint: the whole state is compared. */
export function handleOf(state: string): string | undefined {
  const at = state.lastIndexOf(stateSeparator);
  return at > 0 ? state.slice(0, at) : undefined;
}

/** Whether a provider's `state` is that of the challenge: compared whole, in constant time. */
export const isStateOf = ({ stateHash }: { stateHash?: string }, state: string): boolean =>
  stateHash !== undefined && equalSecrets(stateHash, hashToken(state));

const contextOf = ({ tenant }: ProviderOccasion, { id }: Visit) => `${tenant.id}/connector-sessions/${id}`;

/** The connector's session holds what proves that the answer is for this sign-in, e.g. a PKCE verifier. */
const opened = (vault: Vault, occasion: ProviderOccasion, visit: Visit): Record<string, unknown> | undefined =>
  visit.sessionSealed === undefined
    ? undefined
    : JSON.parse(vault.open(visit.sessionSealed, contextOf(occasion, visit)));

/** The session of a visit that begins: kept, sealed, in the challenge. */
export const beginSession = (vault: Vault, occasion: ProviderOccasion, visit: Visit): ConnectorSession => ({
  get: async () => opened(vault, occasion, visit) ?? noSession(),
  set: async (data) => {
    visit.sessionSealed = vault.seal(JSON.stringify(data), contextOf(occasion, visit));
  },
});

/** The session of an answer. Read once: a nonce must not serve two answers. */
export function answerSession(vault: Vault, occasion: ProviderOccasion, visit: Visit): ConnectorSession {
  let kept = opened(vault, occasion, visit);
  return {
    get: async () => {
      const found = kept ?? noSession();
      kept = undefined;
      return found;
    },
    set: async (next) => {
      kept = { ...next };
    },
  };
}

function noSession(): never {
  throw new AldabaError('session.connector_validation_session_not_found');
}

/** Whether the user declined at the provider: `access_denied` (RFC 6749 section 4.1.2.1) and its variants. */
export const isDeclined = ({ error }: Record<string, unknown>): boolean =>
  typeof error === 'string' && declined.has(error);
const declined: ReadonlySet<string> = new Set([
  'access_denied',
  'user_denied',
  'user_cancelled_login',
  'user_cancelled_authorize',
  'consent_required',
]);
