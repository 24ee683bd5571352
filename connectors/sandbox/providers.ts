import { playedBrands } from './brands.ts';
import { playedDialects } from './dialects.ts';
import { claimsOf, type Persona } from './personas.ts';
import type { PlayedProvider } from './played-provider.ts';

/** GitHub answers errors with HTTP 200. */
const githubError = (error: string) => ({ body: { error, error_description: 'The sandbox says so.' } });

const githubUser = ({ number, key, nickname, headimgurl }: Persona) => ({
  id: number,
  login: key,
  name: nickname,
  avatar_url: headimgurl,
  email: null,
});

const githubEmails = ({ key, email, isEmailVerified }: Persona) => [
  { email: `${key}@old.example`, primary: false, verified: true, visibility: null },
  { email, primary: true, verified: isEmailVerified, visibility: 'private' },
];

/** Hosts of the two that stand for no real provider; `.test` is reserved and never resolves (RFC 6761). */
export const oidcIssuer = 'https://oidc.sandbox.test';
const oauth2Origin = 'https://oauth2.sandbox.test';

export const playedProviders: readonly PlayedProvider[] = [
  {
    key: 'google',
    name: 'Google',
    authorization: 'https://accounts.google.com/o/oauth2/v2/auth',
    token: 'https://oauth2.googleapis.com/token',
    openid: {
      issuer: 'https://accounts.google.com',
      keys: 'https://www.googleapis.com/oauth2/v3/certs',
      userinfo: 'https://openidconnect.googleapis.com/v1/userinfo',
    },
    profiles: { 'https://openidconnect.googleapis.com/v1/userinfo': claimsOf },
  },
  {
    key: 'github',
    name: 'GitHub',
    authorization: 'https://github.com/login/oauth/authorize',
    token: 'https://github.com/login/oauth/access_token',
    profiles: { 'https://api.github.com/user': githubUser, 'https://api.github.com/user/emails': githubEmails },
    refusals: { code: githubError('bad_verification_code'), client: githubError('incorrect_client_credentials') },
  },
  {
    key: 'oidc',
    name: 'OpenID Connect',
    authorization: `${oidcIssuer}/authorize`,
    token: `${oidcIssuer}/token`,
    openid: { issuer: oidcIssuer, keys: `${oidcIssuer}/keys`, userinfo: `${oidcIssuer}/userinfo` },
    profiles: { [`${oidcIssuer}/userinfo`]: claimsOf },
  },
  {
    key: 'oauth2',
    name: 'OAuth 2.0',
    authorization: `${oauth2Origin}/authorize`,
    token: `${oauth2Origin}/token`,
    profiles: {
      [`${oauth2Origin}/me`]: ({ number, email, nickname, headimgurl }) => ({
        id: number,
        email,
        name: nickname,
        avatar: headimgurl,
      }),
    },
  },
  ...playedBrands,
  ...playedDialects,
];

/** @returns undefined for a provider that the sandbox does not play */
export const findProvider = (key: string): PlayedProvider | undefined =>
  playedProviders.find((provider) => provider.key === key);
