import { z } from 'zod';
import { route } from './route.ts';
import { maximumAvatarSize } from './user-assets.ts';

/* The Experience API's upload of the picture that a sign-up asks for. */

export const uploadSignUpAvatar = route({
  method: 'POST',
  path: '/api/experience/user-assets/avatar',
  operationId: 'UploadExperienceAvatar',
  tag: 'Experience',
  access: 'interaction',
  summary:
    'Upload a picture; its address is the answer to the profile field `avatar`, which the sign-up has to ask for',
  upload: maximumAvatarSize,
  responses: { 200: z.object({ url: z.string() }) },
  errors: [
    'session.not_found',
    'session.interaction_not_found',
    'request.cross_site',
    'auth.forbidden',
    'guard.invalid_input',
    'guard.file_size_exceeded',
    'guard.mime_type_not_allowed',
    'storage.unavailable',
    'storage.refused',
    'storage.quota_exceeded',
  ],
});
