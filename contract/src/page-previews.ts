import { z } from 'zod';
import { translationSchema } from './custom-phrases.ts';
import { signInFactorSchema } from './mfa-factors.ts';
import type { PageView } from './pages.ts';
import { route } from './route.ts';
import { signInExperienceChangeSchema, signInExperienceErrors } from './sign-in-experience.ts';
import { instant, languageTag } from './values.ts';

/** The hosted pages that can be previewed, by the kinds of their views, which their CSS classes are named after. */
export const previewScreens = [
  'sign-in',
  'sign-in-password',
  'register',
  'continue',
  'forgot-password',
  'reset-password',
  'verification-code',
  'second-factor',
  'choose-factor',
  'bind-app',
  'bind-passkey',
  'backup-codes',
  'consent',
  'signed-out',
  'unknown-session',
  'error',
] as const satisfies readonly PageView['kind'][];
export type PreviewScreen = (typeof previewScreens)[number];
const screen = z.enum(previewScreens);

const querySchema = z.object({
  screen: screen.default('sign-in'),
  factor: signInFactorSchema.optional().describe('Of the screen second-factor. Default: the first that is enabled.'),
  language: languageTag
    .default('en')
    .describe('A built-in language, or one of your own that has phrases, here or saved.'),
  colorScheme: z.enum(['light', 'dark']).default('light').describe('What the browser prefers.'),
  platform: z
    .enum(['web', 'ios', 'android'])
    .default('web')
    .describe('`ios` and `android`: the web view of a native app that has the SDK of every native connector.'),
  applicationId: z.string().max(128).optional().describe('The application whose branding applies.'),
  organizationId: z.string().max(128).optional().describe('The organization whose branding applies.'),
});
export type PreviewQuery = z.output<typeof querySchema>;

const previewSchema = z.object({
  screens: z.array(screen).describe('The screens that users can reach with these settings.'),
  page: z
    .object({
      address: z.url().describe('Takes a POST of a form with the field `document`; answers with the page.'),
      document: z.string(),
      expiresAt: instant,
    })
    .nullable()
    .describe('null if users cannot reach the screen with these settings.'),
});

export const previewSignInExperience = route({
  method: 'POST',
  path: '/api/sign-in-exp/preview',
  operationId: 'PreviewSignInExp',
  tag: 'Sign-in experience',
  access: 'management',
  summary: 'Preview a hosted page with settings that are not saved',
  query: querySchema,
  body: signInExperienceChangeSchema.extend({
    customPhrases: translationSchema
      .optional()
      .describe('All custom phrases of the language, instead of the saved ones.'),
  }),
  responses: { 200: previewSchema },
  errors: [...signInExperienceErrors, 'localization.invalid_translation_structure', 'entity.not_exists_with_id'],
});
