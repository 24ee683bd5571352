import { z } from 'zod';
import { route } from './route.ts';

/** What may be uploaded. The server looks at the bytes; what the sender calls them does not count. */
export const assetTypes = [
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/vnd.microsoft.icon',
  'image/x-icon',
  'image/svg+xml',
  'image/tiff',
  'image/webp',
  'image/bmp',
  'application/zip',
] as const;
export type AssetType = (typeof assetTypes)[number];

/** What a picture of a user may be: no documents that can contain scripts, and no archives. */
export const pictureTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/bmp'] as const;

/** Bytes. */
export const maximumAssetSize = 20 * 1024 * 1024;
/** Bytes of a picture that users upload of themselves. */
export const maximumAvatarSize = 5 * 1024 * 1024;

const tag = 'User assets';
const access = 'management';

export const getUserAssetStatus = route({
  method: 'GET',
  path: '/api/user-assets/service-status',
  operationId: 'GetUserAssetServiceStatus',
  tag,
  access,
  summary: 'Get the limits of uploads',
  responses: {
    200: z.object({
      status: z.enum(['ready', 'not_configured']),
      allowUploadMimeTypes: z.array(z.enum(assetTypes)).optional(),
      maxUploadFileSize: z.number().int().optional(),
    }),
  },
});
export const createUserAsset = route({
  method: 'POST',
  path: '/api/user-assets',
  operationId: 'CreateUserAsset',
  tag,
  access,
  summary: 'Upload a file, such as a logo or an avatar',
  upload: maximumAssetSize,
  responses: { 200: z.object({ url: z.string() }) },
  errors: [
    'guard.invalid_input',
    'guard.file_size_exceeded',
    'guard.mime_type_not_allowed',
    'storage.unavailable',
    'storage.refused',
  ],
});
