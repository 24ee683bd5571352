/**
 * User assets: files that operators upload for pages, such as logos, and the pictures that users upload of themselves.
 *
 * Owns the table user_assets; files are kept in the file storage under random ids, so no part of a request becomes part
 * of a path. The first bytes decide a file's type (`sniffing.ts`), and metadata is removed (`picture-metadata.ts`).
 * Pictures of users have an owner and limits, and are deleted when they are not the avatar of their user. A file is
 * public for every client that knows its id, like an image on a page, and is sent so that browsers do not run its
 * content. Requests enter through `routes.ts`, pictures of users through `savePicture`.
 */
export { createUserAssets, type UserAssets } from './service.ts';
