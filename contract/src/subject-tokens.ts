import { z } from 'zod';
import { route } from './route.ts';
import { secret } from './secrets.ts';
import { jsonObject } from './values.ts';

export const createSubjectToken = route({
  method: 'POST',
  path: '/api/subject-tokens',
  operationId: 'CreateSubjectToken',
  tag: 'Subject tokens',
  access: 'management',
  summary: 'Create a token that an application exchanges, once, for an access token of the user',
  body: z.object({
    userId: z.string().min(1).max(128),
    context: jsonObject.optional().describe('Given to the scripts that customize tokens.'),
  }),
  responses: { 201: z.object({ subjectToken: secret(z.string()), expiresIn: z.number().int().describe('Seconds.') }) },
  errors: ['entity.not_found'],
});
