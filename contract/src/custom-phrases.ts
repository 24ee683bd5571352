import { z } from 'zod';
import { route } from './route.ts';
import { languageTag } from './values.ts';

/** Words by key, nested by the dots of the keys: `{ signIn: { title: 'Welcome to {name}' } }`. */
export type Translation = { [key: string]: string | Translation };
export const translationSchema: z.ZodType<Translation> = z
  .record(z.string().min(1).max(128), z.union([z.string().max(1024), z.lazy(() => translationSchema)]))
  .meta({ id: 'Translation' });

/** An operator's words for the hosted pages in one language, over the built-in ones. */
export const customPhraseSchema = z.object({
  tenantId: z.string(),
  id: z.string(),
  languageTag: z.string(),
  translation: translationSchema,
});
export type CustomPhrase = z.output<typeof customPhraseSchema>;

const tag = 'Custom phrases';
const access = 'management';
const params = z.object({ languageTag });

export const listCustomPhrases = route({
  method: 'GET',
  path: '/api/custom-phrases',
  operationId: 'ListCustomPhrases',
  tag,
  access,
  summary: 'List custom phrases',
  responses: { 200: z.array(customPhraseSchema) },
});
export const getCustomPhrase = route({
  method: 'GET',
  path: '/api/custom-phrases/:languageTag',
  operationId: 'GetCustomPhrase',
  tag,
  access,
  summary: 'Get the custom phrases of a language',
  params,
  responses: { 200: customPhraseSchema },
  errors: ['entity.not_found'],
});
export const getBuiltInPhrases = route({
  method: 'GET',
  path: '/api/custom-phrases/:languageTag/built-in',
  operationId: 'GetBuiltInPhrases',
  tag,
  access,
  summary: 'Get the built-in phrases that the custom phrases of a language replace',
  params,
  responses: {
    200: z.object({
      languageTag: z.string().describe('The language of the phrases: English if the pages do not speak the language.'),
      phrases: z
        .record(z.string(), z.string())
        .describe('By key. `{name}` is a place that is filled when the page is shown.'),
    }),
  },
});
export const replaceCustomPhrase = route({
  method: 'PUT',
  path: '/api/custom-phrases/:languageTag',
  operationId: 'ReplaceCustomPhrase',
  tag,
  access,
  summary: 'Set the custom phrases of a language',
  params,
  body: translationSchema,
  responses: { 201: customPhraseSchema },
  errors: ['localization.invalid_translation_structure'],
});
export const deleteCustomPhrase = route({
  method: 'DELETE',
  path: '/api/custom-phrases/:languageTag',
  operationId: 'DeleteCustomPhrase',
  tag,
  access,
  summary: 'Delete the custom phrases of a language',
  params,
  responses: { 204: null },
  errors: ['entity.not_found', 'localization.cannot_delete_default_language'],
});
