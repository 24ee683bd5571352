import {
  clientAuthenticationConfig,
  createOAuthConnector,
  guideFiles,
  idTokenAlgorithms,
  letterLogo,
  oauthClientConfig,
  profileMap,
  providerUrl,
  readByMap,
  z,
} from '../../kit/index.ts';
import { oidcForm, scope } from './form.ts';

const oneOrMore = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
const config = z
  .object({
    issuer: providerUrl.optional(),
    authorizationEndpoint: providerUrl.optional(),
    tokenEndpoint: providerUrl.optional(),
    userInfoEndpoint: providerUrl.optional(),
    ...oauthClientConfig,
    ...clientAuthenticationConfig,
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
    customConfig: z.record(z.string(), z.string()).optional(),
    acceptStringTypedBooleanClaims: z.boolean().optional(),
    trustUnverifiedEmail: z.boolean().optional(),
    profileMap: profileMap.optional(),
  })
  .superRefine((given, context) => {
    if (given.issuer !== undefined) return;
    const verification = given.idTokenVerificationConfig ?? {};
    const needed = [
      ['authorizationEndpoint', given.authorizationEndpoint],
      ['tokenEndpoint', given.tokenEndpoint],
      ['idTokenVerificationConfig.jwksUri', verification.jwksUri],
      ['idTokenVerificationConfig.issuer', verification.issuer],
    ] as const;
    for (const [path, value] of needed) {
      if (value !== undefined) continue;
      context.addIssue({ code: 'custom', path: path.split('.'), message: 'is needed when issuer is left out' });
    }
  });

/** `max_age` and its like: the members of `authRequestOptionalConfig` as parameters. */
const parametersOf = ({
  responseMode: _,
  ...options
}: NonNullable<z.output<typeof config>['authRequestOptionalConfig']>) =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
      String(value),
    ]),
  );

const usualNames = { id: 'sub', email: 'email', phone: 'phone_number', name: 'name', avatar: 'picture' };

/** Sign-in with any OpenID Connect provider. */
export const oidc = createOAuthConnector({
  metadata: {
    id: 'oidc',
    target: 'oidc',
    type: 'Social',
    platform: 'Universal',
    name: { en: 'OpenID Connect', es: 'OpenID Connect', 'zh-CN': 'OpenID Connect' },
    description: {
      en: 'Sign in with any provider that speaks OpenID Connect.',
      es: 'Inicio de sesión con cualquier proveedor que use OpenID Connect.',
      'zh-CN': '使用任何支持 OpenID Connect 的服务登录。',
    },
    logo: letterLogo('ID', '#b35c00'),
    logoDark: null,
    guide: guideFiles('oidc'),
    formItems: oidcForm,
    isStandard: true,
    isTokenStorageSupported: true,
  },
  config,
  provider: ({ idTokenVerificationConfig: verification = {}, authRequestOptionalConfig: options = {}, ...given }) => ({
    endpoints: {
      authorization: given.authorizationEndpoint,
      token: given.tokenEndpoint,
      userinfo: given.userInfoEndpoint,
      keys: verification.jwksUri,
      discoverFrom: given.issuer,
    },
    client: {
      id: given.clientId,
      secret: given.clientSecret,
      authentication: given.tokenEndpointAuthMethod,
      jwtAlgorithm: given.clientSecretJwtSigningAlgorithm,
    },
    scope: [...new Set(['openid', ...(given.scope || scope).split(/\s+/)])].join(' ').trim(),
    idToken: { ...verification, maxAge: options.maxAge },
    readsUserinfo: true,
    usesPkce: given.usesPkce,
    responseMode: options.responseMode,
    parameters: { ...given.customConfig, ...parametersOf(options) },
  }),
  answers: z.object({ claims: z.looseObject({}), userinfo: z.looseObject({}).default({}) }),
  toProfile: (answers, { profileMap: map, acceptStringTypedBooleanClaims, trustUnverifiedEmail }) => {
    const claims: Record<string, unknown> = { ...answers.claims, ...answers.userinfo };
    const isTrue = (claim: string) =>
      claims[claim] === true || (acceptStringTypedBooleanClaims === true && claims[claim] === 'true');
    const { email, phone, ...profile } = readByMap(claims, { ...usualNames, ...map });
    return {
      ...profile,
      ...(trustUnverifiedEmail || isTrue('email_verified') ? { email } : {}),
      ...(isTrue('phone_number_verified') ? { phone: phone?.replace(/\D/g, '') } : {}),
      rawData: claims,
    };
  },
});
