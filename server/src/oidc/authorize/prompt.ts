import type { Client } from '../../features/applications/applications/index.ts';
import { mayUseGrant } from '../clients.ts';
import type { Parameters } from '../parameters.ts';
import { ProtocolError } from '../protocol-error.ts';
import { uniqueScopes } from '../wire-quirks.ts';

/** Values of `prompt` (OpenID Connect Core section 3.1.2.1; Initiating User Registration 1.0 section 4). */
export const prompts: readonly string[] = ['none', 'login', 'consent', 'select_account', 'create'];

/**
 * Which prompts are required or forbidden (OpenID Connect Core section 3.1.2.1), and the scopes that depend on them.
 */
export function readPromptAndScope(
  parameters: Parameters,
  client: Client,
): { prompt: string[]; scope: string; maxAge?: number } {
  const prompt = uniqueScopes(parameters.get('prompt'));
  if (prompt.some((value) => !prompts.includes(value)))
    throw new ProtocolError('invalid_request', 'unsupported prompt value requested');
  if (prompt.includes('none') && prompt.length > 1) {
    throw new ProtocolError('invalid_request', 'prompt none must only be used alone');
  }
  const maxAge = parameters.get('max_age');
  if (maxAge !== undefined && !/^\d{1,10}$/.test(maxAge))
    throw new ProtocolError('invalid_request', 'invalid max_age parameter value');
  return {
    prompt,
    scope: readScope(parameters, client).join(' '),
    ...(maxAge === undefined ? {} : { maxAge: Number(maxAge) }),
  };
}

function readScope(parameters: Parameters, client: Client): string[] {
  const scopes = uniqueScopes(parameters.get('scope'));
  if (scopes.some((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))) {
    throw new ProtocolError('invalid_scope', 'scope contains characters that are not allowed');
  }
  // Core section 11 requires consent "unless other conditions … are in place": first-party applications have it, and a
  // third party's scope is not granted until the user consents. Only a client without refresh tokens loses it.
  const offline = mayUseGrant(client, 'refresh_token');
  return scopes.filter((scope) => scope !== 'offline_access' || offline);
}
