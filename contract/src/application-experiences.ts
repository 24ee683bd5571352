import { z } from 'zod';
import { route } from './route.ts';
import { brandingSchema } from './sign-in-experience.ts';
import { color, optionalLink, pathId } from './values.ts';

const colorSchema = z
  .object({ primaryColor: color, isDarkModeEnabled: z.boolean(), darkPrimaryColor: color })
  .partial();
const customCss = z.string().max(262_144).nullable();
const displayName = z.string().max(256).nullable();

/** How an application looks on the sign-in and consent pages, where that differs from the tenant's. */
export const applicationExperienceSchema = z.object({
  tenantId: z.string(),
  applicationId: z.string(),
  color: colorSchema,
  branding: brandingSchema,
  customCss,
  termsOfUseUrl: optionalLink,
  privacyPolicyUrl: optionalLink,
  displayName,
});
export type ApplicationExperience = z.output<typeof applicationExperienceSchema>;

const tag = 'Applications';
const access = 'management';
const params = z.object({ applicationId: pathId });

export const getApplicationSignInExperience = route({
  method: 'GET',
  path: '/api/applications/:applicationId/sign-in-experience',
  operationId: 'GetApplicationSignInExperience',
  tag,
  access,
  summary: 'Get how an application looks on the sign-in and consent pages',
  params,
  responses: { 200: applicationExperienceSchema },
  errors: ['entity.not_exists_with_id', 'entity.not_found'],
});
export const replaceApplicationSignInExperience = route({
  method: 'PUT',
  path: '/api/applications/:applicationId/sign-in-experience',
  operationId: 'ReplaceApplicationSignInExperience',
  tag,
  access,
  summary: 'Set how an application looks on the sign-in and consent pages; members that are not sent stay as they are',
  params,
  body: z
    .object({
      color: colorSchema,
      branding: brandingSchema,
      customCss,
      termsOfUseUrl: optionalLink,
      privacyPolicyUrl: optionalLink,
      displayName,
    })
    .partial(),
  responses: { 200: applicationExperienceSchema, 201: applicationExperienceSchema },
  errors: ['entity.not_exists_with_id', 'application.invalid_type'],
});
