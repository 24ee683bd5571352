import { z } from 'zod';
import { signInFactorSchema } from './mfa-factors.ts';
import { route } from './route.ts';
import { maximumAssetSize } from './user-assets.ts';
import { color, flag, instant, languageTag, optionalLink, webUrl } from './values.ts';

/*
 * How people sign in to a tenant. One object; every member has a default, so that a tenant's row holds only what was
 * changed and a new member needs no migration.
 */

export const identifierSchema = z.enum(['username', 'email', 'phone']);
export type SignInIdentifier = z.output<typeof identifierSchema>;

/** Links in branding may be emptied in forms; an empty one means "none". */
const brandingLink = z.union([
  webUrl,
  z
    .string()
    .regex(/^data:image\/[a-z+.-]+;base64,[A-Za-z0-9+/=]+$/)
    .max(65_536),
  z.literal(''),
]);

const colorSchema = z.object({ primaryColor: color, isDarkModeEnabled: z.boolean(), darkPrimaryColor: color });
export const brandingSchema = z
  .object({ logoUrl: brandingLink, darkLogoUrl: brandingLink, favicon: brandingLink, darkFavicon: brandingLink })
  .partial();
const languageInfoSchema = z.object({ autoDetect: z.boolean(), fallbackLanguage: languageTag });
const signInSchema = z.object({
  methods: z
    .array(
      z.object({
        identifier: identifierSchema,
        password: z.boolean(),
        verificationCode: z.boolean(),
        isPasswordPrimary: z.boolean(),
      }),
    )
    .max(3),
});
const signUpSchema = z.object({
  /** Empty: people cannot create an account with an identifier, only through a connector ("not applicable"). */
  identifiers: z.array(identifierSchema).max(3),
  password: z.boolean(),
  verify: z.boolean(),
  secondaryIdentifiers: z
    .array(
      z.object({ identifier: z.enum(['username', 'email', 'phone', 'emailOrPhone']), verify: z.boolean().optional() }),
    )
    .max(3)
    .optional(),
});
const socialSignInSchema = z
  .object({ automaticAccountLinking: z.boolean(), skipRequiredIdentifiers: z.boolean() })
  .partial();
const passwordLengthSchema = z
  .object({ min: z.number().int().min(1).max(256).default(8), max: z.number().int().min(1).max(256).default(256) })
  .refine(({ min, max }) => min <= max, { message: 'min must not be above max' });
const characterTypesSchema = z.object({ min: z.number().int().min(1).max(4).default(1) });
const passwordRejectsSchema = z.object({
  pwned: z
    .boolean()
    .default(true)
    .describe(
      'Passwords of the bundled list of common ones, and breached ones of the imported list or the range service.',
    ),
  repetitionAndSequence: z.boolean().default(true),
  userInfo: z.boolean().default(true),
  words: z.array(z.string().min(1).max(128)).max(1000).default([]),
});
const mfaSchema = z.object({
  factors: z.array(signInFactorSchema).max(5),
  policy: z.enum([
    'UserControlled',
    'Mandatory',
    'PromptOnlyAtSignIn',
    'PromptAtSignInAndSignUp',
    'NoPrompt',
    'PromptAtSignInAndSignUpMandatory',
    'PromptOnlyAtSignInMandatory',
  ]),
  organizationRequiredMfaPolicy: z.enum(['NoPrompt', 'Mandatory']).optional(),
});
const trustedDeviceSchema = z
  .object({
    enabled: z.boolean().default(false),
    validPeriodDays: z.number().int().min(1).max(365).default(30),
  })
  .describe('Lets users skip the second factor in a browser for some days.');
const passwordExpirationSchema = z.object({
  enabled: z.boolean().optional(),
  validPeriodDays: z.number().int().min(1).max(365).optional(),
  enabledAt: instant.optional().describe('Time of activation. Default: now.'),
});
const usernamePolicySchema = z.object({
  caseSensitive: z.boolean().default(true),
  minLength: z.number().int().min(1).max(128).default(1),
  maxLength: z.number().int().min(1).max(128).default(128),
  allowedChars: z
    .object({
      lowercase: z.boolean().default(true),
      uppercase: z.boolean().default(true),
      numbers: z.boolean().default(true),
      underscore: z.boolean().default(true),
    })
    .prefault({}),
});
/** Scheme and host ignore case (RFC 3986 section 6.2.2.1), a path does not. */
const lowerOrigin = (source: string): string =>
  source.replace(/^([a-z]+:\/\/)?[^/]*/i, (origin) => origin.toLowerCase());
const cspSources = z
  .array(
    z
      .string()
      .trim()
      .regex(/^(https?:\/\/|wss?:\/\/)?[^\s;,'"]+$/i)
      .max(2048)
      .overwrite(lowerOrigin),
  )
  .max(100)
  .overwrite((sources) => [...new Set(sources)]);
const domainList = z.array(z.string().min(1).max(256)).max(1000);
const text = z.string().max(65_536);

/** The members that can be changed, each with the value a new tenant has. */
const settings = {
  color: colorSchema.default({ primaryColor: '#4F46E5', isDarkModeEnabled: true, darkPrimaryColor: '#8C86F9' }),
  branding: brandingSchema.default({}),
  hideLogtoBranding: z.boolean().default(false),
  languageInfo: languageInfoSchema
    .describe('The language of the browser, or one language for all users.')
    .default({ autoDetect: true, fallbackLanguage: 'en' }),
  termsOfUseUrl: optionalLink.default(null),
  privacyPolicyUrl: optionalLink.default(null),
  agreeToTermsPolicy: z
    .enum(['Automatic', 'ManualRegistrationOnly', 'Manual'])
    .describe('Whether users agree by continuing or with a checkbox.')
    .default('Automatic'),
  signIn: signInSchema.default({
    methods: [{ identifier: 'username', password: true, verificationCode: false, isPasswordPrimary: true }],
  }),
  signUp: signUpSchema.default({ identifiers: ['username'], password: true, verify: false, secondaryIdentifiers: [] }),
  socialSignIn: socialSignInSchema.default({}),
  /** Targets of the social connectors that are offered, in the order of the buttons. */
  socialSignInConnectorTargets: z
    .array(z.string().min(1).max(128))
    .max(100)
    .describe('Social buttons, in the order of the list.')
    .default([]),
  signInMode: z
    .enum(['SignIn', 'Register', 'SignInAndRegister'])
    .describe('Registration can be turned off.')
    .default('SignInAndRegister'),
  customCss: text.nullable().default(null),
  /** HTML by the path of a page. Only an empty one is accepted: no hosted page shows it. */
  customContent: z
    .record(z.string().max(256), text)
    .describe('Only an empty object is accepted: no hosted page shows it.')
    .default({}),
  customUiAssets: z
    .object({ id: z.string().min(1).max(128), createdAt: instant })
    .nullable()
    .default(null),
  customUiCsp: z
    .object({ scriptSrc: cspSources, connectSrc: cspSources })
    .partial()
    .describe('Origins that scripts and requests of uploaded pages may use.')
    .default({}),
  passwordPolicy: z
    .object({
      length: passwordLengthSchema.prefault({}),
      characterTypes: characterTypesSchema.prefault({}),
      rejects: passwordRejectsSchema.prefault({}),
    })
    .prefault({}),
  mfa: mfaSchema.default({ factors: [], policy: 'UserControlled' }),
  adaptiveMfa: z
    .object({ enabled: z.boolean() })
    .partial()
    .describe('Asks for a second factor when a sign-in looks unusual.')
    .default({}),
  trustedDevice: trustedDeviceSchema.prefault({}),
  singleSignOnEnabled: z.boolean().default(false),
  supportEmail: z
    .union([z.email().max(256), z.literal('')])
    .nullable()
    .default(null),
  supportWebsiteUrl: optionalLink.default(null),
  unknownSessionRedirectUrl: optionalLink.describe('Where users continue when a sign-in has expired.').default(null),
  captchaPolicy: z.object({ enabled: z.boolean() }).partial().default({}),
  sentinelPolicy: z
    .object({
      maxAttempts: z.number().int().min(1).max(1_000_000),
      lockoutDuration: z.number().int().min(1).max(525_600).describe('Minutes.'),
    })
    .partial()
    .describe('How many failed attempts lock an account, and for how long.')
    .default({}),
  emailBlocklistPolicy: z
    .object({
      blockDisposableAddresses: z.boolean(),
      blockSubaddressing: z.boolean(),
      customAllowlist: domainList,
      customBlocklist: domainList,
    })
    .partial()
    .default({}),
  verificationCodePolicy: z
    .object({
      expirationDuration: z.number().int().min(60).max(3600).describe('Seconds.'),
      maxRetryAttempts: z.number().int().min(1).max(100),
    })
    .partial()
    .describe('How long a code is valid and how often it can be tried.')
    .default({}),
  forgotPasswordMethods: z
    .array(z.enum(['EmailVerificationCode', 'PhoneVerificationCode']))
    .max(2)
    .nullable()
    .default(null),
  passkeySignIn: z
    .object({ enabled: z.boolean(), showPasskeyButton: z.boolean(), allowAutofill: z.boolean() })
    .partial()
    .default({}),
  signUpProfileFields: z
    .array(z.object({ name: z.string().min(1).max(128) }))
    .max(100)
    .nullable()
    .default(null),
  passwordExpiration: passwordExpirationSchema.default({}),
  usernamePolicy: usernamePolicySchema.prefault({}),
};

/** Reads stored settings: what is missing gets its default. */
export const signInExperienceSettingsSchema = z.object(settings);
export type SignInExperienceSettings = z.output<typeof signInExperienceSettingsSchema>;

export const signInExperienceSchema = z.object({ tenantId: z.string(), id: z.literal('default'), ...settings });
export type SignInExperience = z.output<typeof signInExperienceSchema>;

/** A change: every member is optional, and an omitted member gets no default. */
export const signInExperienceChangeSchema = z.object(
  Object.fromEntries(Object.entries(settings).map(([name, schema]) => [name, schema.unwrap().optional()])) as {
    [Name in keyof typeof settings]: z.ZodOptional<ReturnType<(typeof settings)[Name]['unwrap']>>;
  },
);
export type SignInExperienceChange = z.output<typeof signInExperienceChangeSchema>;

const tag = 'Sign-in experience';

/** What settings are refused with, whether they are saved or previewed. */
export const signInExperienceErrors = [
  'sign_in_experiences.enabled_connector_not_found',
  'sign_in_experiences.username_requires_password',
  'sign_in_experiences.passwordless_requires_verify',
  'sign_in_experiences.miss_sign_up_identifier_in_sign_in',
  'sign_in_experiences.password_sign_in_must_be_enabled',
  'sign_in_experiences.code_sign_in_must_be_enabled',
  'sign_in_experiences.at_least_one_authentication_factor',
  'sign_in_experiences.not_one_and_only_one_primary_sign_in_method',
  'sign_in_experiences.unsupported_default_language',
  'sign_in_experiences.duplicated_mfa_factors',
  'sign_in_experiences.backup_code_cannot_be_enabled_alone',
  'sign_in_experiences.email_verification_code_cannot_be_used_for_mfa',
  'sign_in_experiences.phone_verification_code_cannot_be_used_for_mfa',
  'sign_in_experiences.forgot_password_method_requires_connector',
  'custom_profile_fields.entity_not_exists_with_names',
  'custom_ui.not_found',
] as const;

export const getSignInExperience = route({
  method: 'GET',
  path: '/api/sign-in-exp',
  operationId: 'GetSignInExp',
  tag,
  access: 'management',
  summary: 'Get the sign-in experience',
  responses: { 200: signInExperienceSchema },
});
export const updateSignInExperience = route({
  method: 'PATCH',
  path: '/api/sign-in-exp',
  operationId: 'UpdateSignInExp',
  tag,
  access: 'management',
  summary: 'Update the sign-in experience',
  query: z.object({ removeUnusedDemoSocialConnector: flag }).partial(),
  body: signInExperienceChangeSchema,
  responses: { 200: signInExperienceSchema },
  errors: [...signInExperienceErrors, 'sign_in_experiences.username_policy_case_conflicts_exist'],
});

export const checkPassword = route({
  method: 'POST',
  path: '/api/sign-in-exp/default/check-password',
  operationId: 'CheckPasswordWithDefaultSignInExperience',
  tag,
  access: 'management',
  summary: 'Check a password against the password policy',
  body: z.object({ password: z.string().min(1).max(1024), userId: z.string().min(1).max(128).optional() }),
  responses: {
    200: z.union([
      z.object({ result: z.literal(true) }),
      z.object({
        result: z.literal(false),
        issues: z.array(
          z.object({
            code: z.string(),
            interpolation: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
          }),
        ),
      }),
    ]),
  },
  errors: ['entity.not_found'],
});
export const findUsernameConflicts = route({
  method: 'GET',
  path: '/api/sign-in-exp/username-policy/case-sensitivity-conflicts',
  operationId: 'GetUsernameCaseSensitivityConflicts',
  tag,
  access: 'management',
  summary: 'List usernames that differ in case only',
  query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(10) }),
  responses: {
    200: z.object({
      totalConflicts: z.number().int(),
      samples: z.array(z.object({ usernameLower: z.string(), userIds: z.array(z.string()) })),
    }),
  },
});
export const uploadCustomUi = route({
  method: 'POST',
  path: '/api/sign-in-exp/default/custom-ui-assets',
  operationId: 'UploadCustomUiAssets',
  tag,
  access: 'management',
  summary: 'Upload sign-in pages of your own as a zip archive with an index.html',
  upload: maximumAssetSize,
  responses: { 200: z.object({ customUiAssetId: z.string() }) },
  errors: [
    'guard.invalid_input',
    'guard.file_size_exceeded',
    'custom_ui.archive_invalid',
    'custom_ui.too_large',
    'custom_ui.file_too_large',
    'custom_ui.too_many_files',
    'custom_ui.path_not_allowed',
    'custom_ui.link_not_allowed',
    'custom_ui.index_missing',
    'storage.unavailable',
    'storage.refused',
  ],
  // Known callers expect 500 when an upload cannot be stored.
  statuses: { 'storage.unavailable': 500 },
});
