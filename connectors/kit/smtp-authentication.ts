/* How a connector authenticates to a mail server: by password, or by an access token (XOAUTH2). */
import { createPrivateKey, sign } from 'node:crypto';
import { z } from 'zod';
import { makeJwt } from './client-authentication.ts';
import type { World } from './connector.ts';
import { ConnectorError } from './errors.ts';
import { parseJsonObject, requestProvider } from './request.ts';

const login = z.string().toLowerCase().pipe(z.literal('login'));
const oauth2 = z.string().toLowerCase().pipe(z.literal('oauth2'));

const user = z.string().min(1);
const defaultAccessUrl = 'https://oauth2.googleapis.com/token';

/** With a name and a password; with a service account's key (RFC 7523); with a refresh token or an access token. */
export const smtpAuthentication = z.union([
  z.strictObject({ type: login.optional(), user: z.string().optional(), pass: z.string().optional() }),
  z.strictObject({
    type: oauth2,
    user,
    serviceClient: z.string().min(1),
    privateKey: z.union([z.string().min(1), z.strictObject({ key: z.string().min(1), passphrase: z.string() })]),
    accessUrl: z.url({ protocol: /^https?$/ }).optional(),
  }),
  z
    .strictObject({
      type: oauth2,
      user,
      clientId: z.string().optional(),
      clientSecret: z.string().optional(),
      refreshToken: z.string().optional(),
      accessToken: z.string().optional(),
      expires: z.number().optional(),
      accessUrl: z.url({ protocol: /^https?$/ }).optional(),
    })
    .refine(({ refreshToken, accessToken }) => Boolean(refreshToken ?? accessToken), {
      message: 'A refreshToken or an accessToken is needed',
    }),
]);

type Authentication = z.output<typeof smtpAuthentication>;
type OAuth = Extract<Authentication, { type: 'oauth2' }>;

/** What the mail server is shown. */
export type SmtpCredentials =
  | { readonly user: string; readonly pass: string }
  | { readonly type: 'OAuth2'; readonly user: string; readonly accessToken: string };

/** The values of an authentication that errors and logs must not hold. */
export const secretsOfAuthentication = (given: Authentication | undefined): string[] => {
  if (!given) return [];
  const { pass, clientSecret, refreshToken, accessToken, privateKey } = given as Readonly<Record<string, unknown>>;
  const key = typeof privateKey === 'object' && privateKey !== null ? Object.values(privateKey) : [privateKey];
  return [pass, clientSecret, refreshToken, accessToken, ...key].filter(
    (value): value is string => typeof value === 'string' && value !== '',
  );
};

/** Seconds that an assertion is good for. */
const assertionLife = 300;
const mailScope = 'https://mail.google.com/';

const serviceAssertion = (given: Extract<OAuth, { serviceClient: string }>, world: World): Promise<string> => {
  const { privateKey, serviceClient } = given;
  const issuedAt = Math.floor(world.now() / 1000);
  let key: ReturnType<typeof createPrivateKey>;
  try {
    key = createPrivateKey(typeof privateKey === 'string' ? privateKey : { ...privateKey });
  } catch {
    throw new ConnectorError('invalid_config', {
      problems: [{ path: 'auth.privateKey', message: 'Is not a private key in PEM, or its passphrase is wrong' }],
    });
  }
  const payload = {
    iss: serviceClient,
    sub: given.user,
    scope: mailScope,
    aud: given.accessUrl ?? defaultAccessUrl,
    iat: issuedAt,
    exp: issuedAt + assertionLife,
  };
  return makeJwt({ alg: 'RS256', typ: 'JWT' }, payload, async (input) => sign('RSA-SHA256', input, key));
};

const tokenRequest = async (given: OAuth, world: World): Promise<Record<string, string | undefined>> =>
  'serviceClient' in given
    ? {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: await serviceAssertion(given, world),
      }
    : {
        grant_type: 'refresh_token',
        refresh_token: given.refreshToken,
        client_id: given.clientId,
        client_secret: given.clientSecret,
      };

const requestToken = async (given: OAuth, world: World, signal: AbortSignal | undefined): Promise<string> => {
  const members = Object.entries(await tokenRequest(given, world)).filter(
    (member): member is [string, string] => member[1] !== undefined,
  );
  const { status, text } = await requestProvider(world, {
    provider: 'The token endpoint',
    url: new URL(given.accessUrl ?? defaultAccessUrl),
    init: { method: 'POST', body: new URLSearchParams(members) },
    timeLimit: 8000,
    signal,
  });
  if (status === 400 || status === 401)
    throw new ConnectorError('invalid_config', {
      problems: [{ path: 'auth', message: 'The token endpoint refuses these credentials' }],
    });
  if (status !== 200)
    throw new ConnectorError('general', { errorDescription: `The token endpoint answered with status ${status}` });
  const { access_token: token } = parseJsonObject(text);
  if (typeof token === 'string' && token !== '') return token;
  throw new ConnectorError('invalid_response', { message: 'The token endpoint gave no access token' });
};

/**
 * The credentials for one message; a new access token is requested where the configuration allows it.
 * @throws ConnectorError `invalid_config`, `invalid_response`, `timeout`, `general`
 */
export const credentialsOf = async (
  given: Authentication | undefined,
  world: World,
  signal: AbortSignal | undefined,
): Promise<SmtpCredentials | undefined> => {
  if (!given) return undefined;
  if (given.type !== 'oauth2') return given.user ? { user: given.user, pass: given.pass ?? '' } : undefined;
  const renews = 'serviceClient' in given || given.refreshToken !== undefined;
  const accessToken = renews ? await requestToken(given, world, signal) : (given.accessToken ?? '');
  return { type: 'OAuth2', user: given.user, accessToken };
};
