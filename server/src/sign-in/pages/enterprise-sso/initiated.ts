/** What a browser keeps of a sign-in that a SAML provider started, until the sign-in pages take it. */
import type { Cookie } from '../../../http/cookies.ts';
import { readCookie, writeCookie } from '../../../http/cookies.ts';
import type { SignIn } from '../../steps/index.ts';
import type { PageRequest } from '../page-requests.ts';

const name = 'aldaba_idp_initiated';

/** @param secret undefined removes it */
export const initiatedCookie = (secret: string | undefined): Cookie => ({
  name,
  value: secret,
  path: '/direct/sso',
  ...(secret === undefined ? {} : { maxAge: 180 }),
});

/** Goes on with what the provider said; undefined if this browser brought nothing. */
export async function takeInitiated(signIn: SignIn, { interaction, request, reply }: PageRequest, connectorId: string) {
  const secret = readCookie(request, name);
  if (secret === undefined) return undefined;
  writeCookie(request, reply, initiatedCookie(undefined));
  return signIn.finishInitiated(interaction, { connectorId, secret });
}
