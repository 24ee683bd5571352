import { type Parameters, printable } from '../parameters.ts';
import { ProtocolError } from '../protocol-error.ts';

/**
 * Maximum characters of the values that an authorization stores while it waits for a user. Anonymous callers can begin
 * any number of authorizations, so each must stay small; RFC 6749 and OpenID Connect leave the lengths to the server.
 */
const longestValues: Readonly<Record<string, number>> = { state: 2048, nonce: 2048, scope: 4096, claims: 4096 };
const longestOther = 1024;
/** Not stored, or compared with registered values. */
const notKept: ReadonlySet<string> = new Set([
  'id_token_hint',
  'request',
  'request_uri',
  'registration',
  'redirect_uri',
]);

/** @throws ProtocolError `invalid_request` that names the parameter whose value is too long */
export function refuseLongValues(parameters: Parameters): void {
  const refuse = (name: string, length: number) => {
    const longest = longestValues[name] ?? longestOther;
    if (length > longest && !notKept.has(name))
      throw new ProtocolError(
        'invalid_request',
        `'${printable(name)}' parameter must not be longer than ${longest} characters`,
      );
  };
  for (const name of parameters.names()) refuse(name, parameters.get(name)?.length ?? 0);
  for (const resource of parameters.resources) refuse('resource', resource.length);
}
