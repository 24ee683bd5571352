import { brandMetadata, createOAuthConnector, letterLogo, z } from '../../kit/index.ts';
import { azureadConfig, azureadFormItems, publicCloud, scope } from './settings.ts';

/** Sign-in with a work, school or personal account of Microsoft (Microsoft Entra ID), by OpenID Connect. */
export const azuread = createOAuthConnector({
  metadata: brandMetadata({
    id: 'azuread-universal',
    target: 'azuread',
    name: 'Microsoft',
    logo: letterLogo('M', '#0067b8'),
    formItems: azureadFormItems,
  }),
  config: z.object(azureadConfig),
  provider: ({ clientId, clientSecret, scope: wanted, cloudInstance, tenantId, prompts: asked = [] }) => {
    const cloud = (cloudInstance || publicCloud).replace(/\/+$/, '');
    const tenant = `${cloud}/${tenantId || 'common'}`;
    return {
      endpoints: {
        authorization: `${tenant}/oauth2/v2.0/authorize`,
        token: `${tenant}/oauth2/v2.0/token`,
        keys: `${tenant}/discovery/v2.0/keys`,
      },
      client: { id: clientId, secret: clientSecret },
      scope: wanted || scope,
      // Signed by keys that all directories share: the issuer has to be that of the directory that the token names.
      idToken: { issuer: `${cloud}/{tid}/v2.0` },
      parameters: { prompt: asked.join(' ') },
      worksWithoutSession: true,
    };
  },
  answers: z.object({
    claims: z.looseObject({
      sub: z.string(),
      oid: z.string().optional(),
      name: z.string().nullish(),
      email: z.string().nullish(),
      xms_edov: z.union([z.boolean(), z.string(), z.number()]).nullish(),
    }),
  }),
  toProfile: ({ claims }) => ({
    // `sub` differs from app to app; `oid` is the ID of the account in its directory.
    id: claims.oid ?? claims.sub,
    // Administrators of any directory set addresses at will: only those of a domain that Microsoft verified count.
    email: [true, 1, '1', 'true'].includes(claims.xms_edov ?? false) ? claims.email : undefined,
    name: claims.name,
  }),
});
