import { z } from 'zod';
import { secretJwtAlgorithms } from './client-authentication.ts';
import type { FormItem } from './metadata.ts';
import type { MappedProfile } from './profile.ts';

/** The configuration that nearly every OAuth provider needs. */
export const oauthClientConfig = {
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  scope: z.string().optional(),
};

/** The form of `oauthClientConfig`; `scope` is what is asked for when the field is empty. */
export const oauthClientForm = (scope: string): FormItem[] => [
  { key: 'clientId', type: 'Text', label: 'Client ID', required: true, placeholder: '<client-id>' },
  {
    key: 'clientSecret',
    type: 'Text',
    label: 'Client secret',
    required: true,
    isConfidential: true,
    description: 'It is stored encrypted.',
  },
  {
    key: 'scope',
    type: 'Text',
    label: 'Scope',
    required: false,
    placeholder: scope,
    description: 'Separated by spaces. Leave it empty for the default.',
  },
];

/** An http(s) address of a provider. */
export const providerUrl = z.url({ protocol: /^https?$/ });

/** The configuration by which a client of any provider proves who it is. */
export const clientAuthenticationConfig = {
  tokenEndpointAuthMethod: z.enum(['client_secret_post', 'client_secret_basic', 'client_secret_jwt']).optional(),
  clientSecretJwtSigningAlgorithm: z.enum(secretJwtAlgorithms).optional(),
  usesPkce: z.boolean().optional(),
};

/** The form of `clientAuthenticationConfig`. */
export const clientAuthenticationForm: readonly FormItem[] = [
  {
    key: 'tokenEndpointAuthMethod',
    type: 'Select',
    label: 'Client authentication',
    defaultValue: 'client_secret_post',
    selectItems: clientAuthenticationConfig.tokenEndpointAuthMethod
      .unwrap()
      .options.map((value) => ({ value, title: value })),
  },
  {
    key: 'clientSecretJwtSigningAlgorithm',
    type: 'Select',
    label: 'Algorithm of the client assertion',
    defaultValue: 'HS256',
    showConditions: [{ targetKey: 'tokenEndpointAuthMethod', expectValue: 'client_secret_jwt' }],
    selectItems: secretJwtAlgorithms.map((value) => ({ value, title: value })),
  },
  {
    key: 'usesPkce',
    type: 'Switch',
    label: 'PKCE',
    defaultValue: true,
    description: 'Switch it off only for a provider that refuses requests with a code challenge.',
  },
];

/** An address field of a form. */
export const addressItem = (key: string, label: string, required: boolean, description?: string): FormItem => ({
  key,
  type: 'Text',
  label,
  required,
  placeholder: 'https://…',
  ...(description ? { description } : {}),
});

/** Where the parts of a profile are in a provider's answer: names of members, with dots between levels. */
export const profileMap = z.strictObject({
  id: z.string().min(1).optional(),
  email: z.string().min(1).optional(),
  phone: z.string().min(1).optional(),
  name: z.string().min(1).optional(),
  avatar: z.string().min(1).optional(),
});
export type ProfileMap = z.output<typeof profileMap>;

/** The text or number at a path of members, with dots between levels. */
export const textAt = (source: unknown, path: string): string | undefined => {
  let value = source;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
};

/** Reads a profile by a map; `id` is empty when the answer has none. */
export const readByMap = (source: unknown, map: ProfileMap): MappedProfile => {
  const at = (path: string | undefined) => (path === undefined ? undefined : textAt(source, path));
  return {
    id: at(map.id) ?? '',
    email: at(map.email),
    phone: at(map.phone),
    name: at(map.name),
    avatar: at(map.avatar),
  };
};

/** The claims of OpenID Connect Core section 5.1 that a profile takes; others are kept beside them. */
export const standardClaims = z.looseObject({
  sub: z.string().min(1),
  name: z.string().nullish(),
  picture: z.string().nullish(),
  email: z.string().nullish(),
  email_verified: z.boolean().nullish(),
  phone_number: z.string().nullish(),
  phone_number_verified: z.boolean().nullish(),
});

/** A profile of standard claims. An address or number that the provider has not verified is left out. */
export const fromStandardClaims = (claims: z.output<typeof standardClaims>): MappedProfile => ({
  id: claims.sub,
  email: claims.email_verified ? claims.email : undefined,
  phone: claims.phone_number_verified ? claims.phone_number?.replaceAll(/\D/g, '') : undefined,
  name: claims.name,
  avatar: claims.picture,
  rawData: claims,
});
