/*
 * What the connectors for any OAuth 2.0 or OpenID Connect provider share: the fields that an operator fills in where a
 * connector for one provider's accounts has constants, and the provider that they make.
 */
import { z } from 'zod';
import { type ConnectorMetadata, type FormItem, guideFiles, letterLogo } from './metadata.ts';
import { clientAuthenticationConfig, oauthClientConfig, type ProfileMap, profileMap } from './oauth-form.ts';
import type { OAuthProvider } from './oauth-provider.ts';

export interface Protocol {
  /** The connector's ID, its first target, and the name of its guide. */
  readonly id: string;
  /** In every language. */
  readonly name: string;
  readonly logo: { readonly letters: string; readonly background: string };
  readonly formItems: FormItem[];
}

/** The metadata of a connector for all providers that speak one protocol; each instance has its own target and name. */
export const protocolMetadata = ({ id, name, logo, formItems }: Protocol): ConnectorMetadata => ({
  id,
  target: id,
  type: 'Social',
  platform: 'Universal',
  name: { en: name, es: name, 'zh-CN': name },
  description: {
    en: `Sign in with any provider that speaks ${name}.`,
    es: `Inicio de sesión con cualquier proveedor que use ${name}.`,
    'zh-CN': `使用任何支持 ${name} 的服务登录。`,
  },
  logo: letterLogo(logo.letters, logo.background),
  logoDark: null,
  guide: guideFiles(id),
  formItems,
  isStandard: true,
  isTokenStorageSupported: true,
});

/** The configuration of a client of any provider, without the endpoints. */
export const genericClientConfig = {
  ...oauthClientConfig,
  ...clientAuthenticationConfig,
  profileMap: profileMap.optional(),
  customConfig: z.record(z.string(), z.string()).optional(),
};

/** The form of `customConfig`. */
export const customParametersItem: FormItem = {
  key: 'customConfig',
  type: 'Json',
  label: 'More parameters of the authorization request',
  defaultValue: {},
};

/** The form of `profileMap`. */
export const profileMapItem = (defaultValue: ProfileMap, description?: string): FormItem => ({
  key: 'profileMap',
  type: 'Json',
  label: 'Profile map',
  defaultValue,
  ...(description ? { description } : {}),
});

export interface GenericConfig extends z.output<z.ZodObject<typeof genericClientConfig>> {
  readonly authorizationEndpoint?: string | undefined;
  readonly tokenEndpoint?: string | undefined;
  readonly userInfoEndpoint?: string | undefined;
}

/** The provider that a configuration of `genericClientConfig` and three endpoints describes. */
export const genericProvider = (config: GenericConfig) =>
  ({
    endpoints: {
      authorization: config.authorizationEndpoint,
      token: config.tokenEndpoint,
      userinfo: config.userInfoEndpoint,
    },
    client: {
      id: config.clientId,
      secret: config.clientSecret,
      authentication: config.tokenEndpointAuthMethod,
      jwtAlgorithm: config.clientSecretJwtSigningAlgorithm,
    },
    scope: config.scope,
    readsUserinfo: true,
    usesPkce: config.usesPkce,
    parameters: config.customConfig,
  }) satisfies OAuthProvider;
