import type { Request } from '../http/types.ts';
import { AldabaError } from '../kernel/errors.ts';

/**
 * The token in the Authorization header of an API call (RFC 6750 section 2.1).
 * @throws AldabaError `auth.authorization_header_missing`, `auth.authorization_token_type_not_supported`
 */
export function bearerTokenOf(request: Request): string {
  const header = request.headers.authorization;
  if (!header) throw new AldabaError('auth.authorization_header_missing');
  const match = /^bearer +(\S+)$/i.exec(header);
  if (!match) throw new AldabaError('auth.authorization_token_type_not_supported');
  return match[1] as string;
}
