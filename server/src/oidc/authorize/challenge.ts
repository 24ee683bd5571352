import type { Client } from '../../features/applications/applications/index.ts';
import { isPublic } from '../clients.ts';
import type { Parameters } from '../parameters.ts';
import { ProtocolError } from '../protocol-error.ts';

/** PKCE (RFC 7636): S256 only, and required of every client that cannot keep a secret (RFC 9700 section 2.1.1). */
export function readChallenge(parameters: Parameters, client: Client): { codeChallenge?: string } {
  const challenge = parameters.get('code_challenge');
  const method = parameters.get('code_challenge_method');
  if (challenge === undefined) {
    if (method !== undefined)
      throw new ProtocolError('invalid_request', 'code_challenge must be provided with code_challenge_method');
    if (isPublic(client))
      throw new ProtocolError(
        'invalid_request',
        'Authorization Server policy requires PKCE to be used for this request',
      );
    return {};
  }
  // RFC 7636 defaults to `plain`, which protects nothing.
  if (method !== 'S256')
    throw new ProtocolError('invalid_request', 'not supported value of code_challenge_method: use S256');
  if (!/^[\w-]{43}$/.test(challenge))
    throw new ProtocolError('invalid_request', 'code_challenge must be a base64url-encoded SHA-256 hash');
  return { codeChallenge: challenge };
}
