/** What a browser keeps of a sign-in that a SAML provider started, until the sign-in of this browser takes it. */
import { type Cookie, readCookie, writeCookie } from '../../../http/cookies.ts';
import type { Reply, Request } from '../../../http/types.ts';

const name = 'aldaba_idp_initiated';

/** @param value undefined removes it */
export const initiatedCookie = (value: string | undefined): Cookie => ({
  name,
  value,
  ...(value === undefined ? {} : { maxAge: 180 }),
});

/** The secret of what the provider said; undefined if this browser brought nothing. It counts once. */
export function takeInitiatedSecret(request: Request, reply: Reply): string | undefined {
  const secret = readCookie(request, name);
  if (secret !== undefined) writeCookie(request, reply, initiatedCookie(undefined));
  return secret;
}
