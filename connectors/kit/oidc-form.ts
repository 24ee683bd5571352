/*
 * The configuration of OpenID Connect itself, for connectors whose operators set it: how ID tokens are verified, and
 * what the authorization request asks.
 */
import { z } from 'zod';
import { type GenericConfig, genericProvider } from './generic-provider.ts';
import type { FormItem } from './metadata.ts';
import { type ProfileMap, providerUrl, readByMap } from './oauth-form.ts';
import { idTokenAlgorithms } from './oauth-id-token.ts';
import type { OAuthProvider } from './oauth-provider.ts';
import type { MappedProfile } from './profile.ts';

const oneOrMore = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

export const openIdConfig = {
  idTokenVerificationConfig: z
    .strictObject({
      jwksUri: providerUrl.optional(),
      issuer: oneOrMore.optional(),
      audience: oneOrMore.optional(),
      algorithms: z.array(z.enum(idTokenAlgorithms)).min(1).optional(),
      clockTolerance: z.number().min(0).max(300).optional(),
    })
    .optional(),
  authRequestOptionalConfig: z
    .strictObject({
      responseMode: z.enum(['query', 'form_post']).optional(),
      display: z.string().optional(),
      prompt: z.string().optional(),
      maxAge: z.int().min(0).optional(),
      uiLocales: z.string().optional(),
      loginHint: z.string().optional(),
      acrValues: z.string().optional(),
    })
    .optional(),
};
type OpenIdConfig = z.output<z.ZodObject<typeof openIdConfig>>;
type RequestOptions = NonNullable<OpenIdConfig['authRequestOptionalConfig']>;

/** The form of `openIdConfig`. */
export const openIdForm: readonly FormItem[] = [
  {
    key: 'idTokenVerificationConfig',
    type: 'Json',
    label: 'Verification of the ID token',
    defaultValue: {},
    description:
      'jwksUri and issuer are needed without an issuer above; audience, algorithms and clockTolerance may follow.',
  },
  {
    key: 'authRequestOptionalConfig',
    type: 'Json',
    label: 'Options of the authorization request',
    defaultValue: {},
    description: 'responseMode, display, prompt, maxAge, uiLocales, loginHint, acrValues.',
  },
];

/** `max_age` and its like: the members of `authRequestOptionalConfig` as parameters (OpenID Connect Core 3.1.2.1). */
const requestParameters = ({ responseMode: _, ...options }: RequestOptions): Record<string, string> =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
      String(value),
    ]),
  );

/** The scopes, with `openid` first: without it a request is not one of OpenID Connect. */
const openIdScope = (scope: string): string => [...new Set(['openid', ...scope.split(/\s+/)])].join(' ').trim();

/** The provider that a configuration describes; `scope` is what is asked for when the operator sets none. */
export const openIdProvider = (
  config: GenericConfig & OpenIdConfig & { readonly issuer?: string | undefined },
  scope: string,
): OAuthProvider => {
  const { idTokenVerificationConfig: verification = {}, authRequestOptionalConfig: options = {} } = config;
  const provider = genericProvider(config);
  return {
    ...provider,
    endpoints: { ...provider.endpoints, keys: verification.jwksUri, discoverFrom: config.issuer },
    scope: openIdScope(config.scope || scope),
    idToken: { ...verification, maxAge: options.maxAge },
    responseMode: options.responseMode,
    parameters: { ...config.customConfig, ...requestParameters(options) },
  };
};

type Endpoints = Pick<OpenIdConfig, 'idTokenVerificationConfig'> & {
  readonly issuer?: string | undefined;
  readonly authorizationEndpoint?: string | undefined;
  readonly tokenEndpoint?: string | undefined;
};

/** A refinement: without an issuer to discover them from, endpoints and keys have to be given. */
export const requireEndpoints = (given: Endpoints, context: z.RefinementCtx): void => {
  if (given.issuer !== undefined) return;
  const needed = [
    ['authorizationEndpoint', given.authorizationEndpoint],
    ['tokenEndpoint', given.tokenEndpoint],
    ['idTokenVerificationConfig.jwksUri', given.idTokenVerificationConfig?.jwksUri],
    ['idTokenVerificationConfig.issuer', given.idTokenVerificationConfig?.issuer],
  ] as const;
  for (const [path, value] of needed) {
    if (value !== undefined) continue;
    context.addIssue({ code: 'custom', path: path.split('.'), message: 'is needed when issuer is left out' });
  }
};

/** Which claims of a provider count, for providers that send them in another form than the standard one. */
export const claimConfig = {
  acceptStringTypedBooleanClaims: z.boolean().optional(),
  trustUnverifiedEmail: z.boolean().optional(),
};

/** The form of `claimConfig`. */
export const claimForm: readonly FormItem[] = [
  {
    key: 'acceptStringTypedBooleanClaims',
    type: 'Switch',
    label: 'Accept "true" for true',
    description: 'For providers that send email_verified and phone_number_verified as text.',
  },
  {
    key: 'trustUnverifiedEmail',
    type: 'Switch',
    label: 'Trust unverified email addresses',
    description: 'Only for a provider that gives each user an address of its own domain.',
  },
];

const usualClaims = { id: 'sub', email: 'email', phone: 'phone_number', name: 'name', avatar: 'picture' };

/** A profile of claims by a configuration. An address or number that the provider has not verified is left out. */
export const fromMappedClaims = (
  claims: Readonly<Record<string, unknown>>,
  config: z.output<z.ZodObject<typeof claimConfig>> & { readonly profileMap?: ProfileMap | undefined },
): MappedProfile => {
  const isTrue = (claim: string) =>
    claims[claim] === true || (config.acceptStringTypedBooleanClaims === true && claims[claim] === 'true');
  const { email, phone, ...profile } = readByMap(claims, { ...usualClaims, ...config.profileMap });
  return {
    ...profile,
    email: config.trustUnverifiedEmail || isTrue('email_verified') ? email : undefined,
    phone: isTrue('phone_number_verified') ? phone?.replace(/\D/g, '') : undefined,
    rawData: claims,
  };
};
