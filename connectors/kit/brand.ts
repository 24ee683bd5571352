/*
 * Connectors for the accounts of one provider, of which an operator sets the client and the scope alone: a row of data
 * and a mapping.
 */
import { z } from 'zod';
import type { ClientAuthenticationMethod } from './client-authentication.ts';
import type { Connector } from './connector.ts';
import { brandMetadata, letterLogo } from './metadata.ts';
import { createOAuthConnector } from './oauth.ts';
import { oauthClientConfig, oauthClientForm } from './oauth-form.ts';
import type { OAuthProvider } from './oauth-provider.ts';
import type { MappedProfile } from './profile.ts';

export interface BrandRow<Answers extends z.ZodType> extends Omit<OAuthProvider, 'client' | 'scope'> {
  /** The key of identities; the connector's ID is `<target>-universal`. */
  readonly target: string;
  /** As the provider writes itself. */
  readonly name: string;
  readonly logo: { readonly letters: string; readonly background: string; readonly darkBackground?: string };
  /** What is asked for when the operator sets none. Left out: the provider decides, and the form has no such field. */
  readonly scope?: string;
  readonly authentication?: ClientAuthenticationMethod;
  readonly isTokenStorageSupported?: boolean;
  readonly answers: Answers;
  readonly toProfile: (answers: z.output<Answers>) => MappedProfile;
}

/**
 * Makes a social connector out of a row. It also works for links that the Management API makes, unless the row says
 * otherwise.
 * @throws ConnectorError `invalid_metadata`
 */
export const createBrandConnector = <Answers extends z.ZodType>(row: BrandRow<Answers>): Connector => {
  const {
    target,
    name,
    logo,
    scope,
    authentication,
    isTokenStorageSupported = false,
    answers,
    toProfile,
    ...rest
  } = row;
  const { letters, background, darkBackground } = logo;
  return createOAuthConnector({
    metadata: brandMetadata({
      id: `${target}-universal`,
      target,
      name,
      logo: letterLogo(letters, background),
      ...(darkBackground === undefined ? {} : { logoDark: letterLogo(letters, darkBackground) }),
      formItems: oauthClientForm(scope ?? '').filter(({ key }) => key !== 'scope' || scope !== undefined),
      isTokenStorageSupported,
    }),
    config: z.object(oauthClientConfig),
    provider: (config) => ({
      worksWithoutSession: true,
      ...rest,
      client: { id: config.clientId, secret: config.clientSecret, authentication },
      scope: config.scope || scope,
    }),
    answers,
    toProfile,
  });
};
