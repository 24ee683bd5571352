import { brandMetadata, createOAuthConnector, letterLogo, oauthClientForm, z } from '../../kit/index.ts';

const scope = 'name email';

/** What Apple posts beside the ID token when a user agrees for the first time. */
const firstAnswer = z.object({
  name: z.object({ firstName: z.string().optional(), lastName: z.string().optional() }).optional(),
});

const nameOf = (user = ''): string | undefined => {
  try {
    const { name } = firstAnswer.parse(JSON.parse(user));
    return [name?.firstName, name?.lastName].filter(Boolean).join(' ');
  } catch {
    // Every later time, and whatever a browser makes of it: the name is only a first proposal.
    return undefined;
  }
};

/** Sign-in with an Apple account. The ID token comes with the callback, so no client secret is needed. */
export const apple = createOAuthConnector({
  metadata: brandMetadata({
    id: 'apple-universal',
    target: 'apple',
    name: 'Apple',
    logo: letterLogo('A', '#1d1d1f'),
    logoDark: letterLogo('A', '#6e6e73'),
    formItems: oauthClientForm(scope).filter(({ key }) => key !== 'clientSecret'),
  }),
  config: z.object({ clientId: z.string().min(1), scope: z.string().optional() }),
  provider: (config) => ({
    endpoints: {
      authorization: 'https://appleid.apple.com/auth/authorize',
      token: 'https://appleid.apple.com/auth/token',
      keys: 'https://appleid.apple.com/auth/keys',
    },
    client: { id: config.clientId },
    scope: config.scope || scope,
    idToken: { issuer: 'https://appleid.apple.com' },
    takesIdTokenFromCallback: true,
    responseMode: 'form_post',
  }),
  answers: z.object({
    claims: z.looseObject({
      sub: z.string(),
      email: z.string().nullish(),
      email_verified: z.union([z.boolean(), z.string()]).nullish(),
    }),
  }),
  toProfile: ({ claims }, _config, { user }) => ({
    id: claims.sub,
    // Apple sends the claim as text at times.
    email: String(claims.email_verified) === 'true' ? claims.email : undefined,
    name: nameOf(user),
    rawData: claims,
  }),
});
