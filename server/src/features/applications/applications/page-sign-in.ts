/** The sign-in for a page of the server itself, which reads the browser's session and has no use for a code. */
import { createHash, randomBytes } from 'node:crypto';

/**
 * An authorization that returns to the page. The verifier of the challenge is not kept, so that the code cannot be
 * redeemed.
 */
export const pageSignInUrl = (
  baseUrl: string,
  page: { clientId: string; path: string; state: string; prompt?: 'login' },
): string => {
  const query = new URLSearchParams({
    client_id: page.clientId,
    redirect_uri: `${baseUrl}${page.path}`,
    response_type: 'code',
    scope: 'openid',
    ...(page.prompt ? { prompt: page.prompt } : {}),
    state: page.state,
    code_challenge: createHash('sha256').update(randomBytes(32)).digest('base64url'),
    code_challenge_method: 'S256',
  });
  return `${baseUrl}/oidc/auth?${query}`;
};
