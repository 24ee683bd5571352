import { z } from 'zod';
import { route } from './route.ts';
import { instant } from './values.ts';

export const profileFieldTypeSchema = z.enum([
  'Text',
  'Number',
  'Date',
  'Checkbox',
  'Select',
  'Url',
  'Regex',
  'Address',
  'Fullname',
]);
export type ProfileFieldType = z.output<typeof profileFieldTypeSchema>;

const label = z.string().max(128);
const description = z.string().max(256);
const config = z
  .object({
    placeholder: z.string().max(256),
    minLength: z.number().int().min(0).max(65_536),
    maxLength: z.number().int().min(1).max(65_536),
    minValue: z.number(),
    maxValue: z.number(),
    format: z.string().max(1024),
    customFormat: z.string().max(256),
    options: z.array(z.object({ label: label.optional(), value: z.string().min(1).max(256) })).max(500),
    defaultValue: z.string().max(256),
  })
  .partial();
const part = z.object({
  enabled: z.boolean(),
  name: z.string().min(1).max(128),
  type: profileFieldTypeSchema,
  label: label.optional(),
  description: description.optional(),
  required: z.boolean(),
  config: config.optional(),
});
const configWithParts = config.extend({ parts: z.array(part).max(20).optional() });
export type ProfileFieldConfig = z.output<typeof configWithParts>;

/** Something that people are asked for beside their identifiers. */
export const profileFieldSchema = z.object({
  tenantId: z.string(),
  id: z.string(),
  name: z.string(),
  type: profileFieldTypeSchema,
  label: z.string(),
  description: z.string().nullable(),
  required: z.boolean(),
  config: configWithParts,
  createdAt: instant,
  sieOrder: z.number().int(),
});
export type ProfileField = z.output<typeof profileFieldSchema>;

const name = z.string().max(256).describe('1 to 128 letters, digits and underscores, starting with a letter.');
const params = z.object({ name: z.string().min(1).max(128) });
const changeable = z.object({
  type: profileFieldTypeSchema,
  label: label.default(''),
  description: description.nullable().optional(),
  required: z.boolean(),
  config: configWithParts.default({}),
});
const draft = changeable.extend({ name });
export type ProfileFieldDraft = z.output<typeof draft>;
export type ProfileFieldChange = z.output<typeof changeable>;

const tag = 'Custom profile fields';
const access = 'management';
const rules = [
  'custom_profile_fields.name_required',
  'custom_profile_fields.invalid_name',
  'custom_profile_fields.name_exists',
  'custom_profile_fields.name_conflict_built_in_prop',
  'custom_profile_fields.name_conflict_custom_data',
  'custom_profile_fields.invalid_sub_component_type',
  'custom_profile_fields.name_conflict_sign_in_identifier',
  'custom_profile_fields.invalid_min_max_input',
  'custom_profile_fields.invalid_options',
  'custom_profile_fields.invalid_default_value',
  'custom_profile_fields.invalid_regex_format',
  'custom_profile_fields.invalid_address_components',
  'custom_profile_fields.invalid_fullname_components',
] as const;

export const listProfileFields = route({
  method: 'GET',
  path: '/api/custom-profile-fields',
  operationId: 'ListCustomProfileFields',
  tag,
  access,
  summary: 'List custom profile fields',
  responses: { 200: z.array(profileFieldSchema) },
});
export const createProfileField = route({
  method: 'POST',
  path: '/api/custom-profile-fields',
  operationId: 'CreateCustomProfileField',
  tag,
  access,
  summary: 'Create a custom profile field',
  body: draft,
  responses: { 201: profileFieldSchema },
  errors: rules,
});
export const createProfileFields = route({
  method: 'POST',
  path: '/api/custom-profile-fields/batch',
  operationId: 'CreateCustomProfileFieldsBatch',
  tag,
  access,
  summary: 'Create several custom profile fields',
  body: z.array(draft).min(1).max(20),
  responses: { 201: z.array(profileFieldSchema) },
  errors: rules,
});
export const getProfileField = route({
  method: 'GET',
  path: '/api/custom-profile-fields/:name',
  operationId: 'GetCustomProfileFieldByName',
  tag,
  access,
  summary: 'Get a custom profile field',
  params,
  responses: { 200: profileFieldSchema },
  errors: ['entity.not_found'],
});
export const updateProfileField = route({
  method: 'PUT',
  path: '/api/custom-profile-fields/:name',
  operationId: 'UpdateCustomProfileFieldByName',
  tag,
  access,
  summary: 'Replace a custom profile field',
  params,
  body: changeable,
  responses: { 200: profileFieldSchema },
  errors: ['entity.not_found', ...rules],
});
export const deleteProfileField = route({
  method: 'DELETE',
  path: '/api/custom-profile-fields/:name',
  operationId: 'DeleteCustomProfileFieldByName',
  tag,
  access,
  summary: 'Delete a custom profile field',
  params,
  responses: { 204: null },
  errors: ['entity.not_found'],
});
export const orderProfileFields = route({
  method: 'POST',
  path: '/api/custom-profile-fields/properties/sie-order',
  operationId: 'UpdateCustomProfileFieldsSieOrder',
  tag,
  access,
  summary: 'Set the order of custom profile fields',
  body: z.object({
    order: z
      .array(z.object({ name: z.string().min(1).max(128), sieOrder: z.number().int().min(0).max(32_767) }))
      .max(500),
  }),
  responses: { 200: z.array(profileFieldSchema) },
  errors: ['custom_profile_fields.entity_not_exists_with_names', 'custom_profile_fields.conflicted_sie_order'],
});
