/**
 * User assets: files that operators upload for pages, such as logos and avatars.
 *
 * Owns the table user_assets; files are kept in the file storage under random ids, so no part of a request becomes part
 * of a path. The first bytes decide a file's type (`sniffing.ts`). A file is public for every client that knows its id,
 * like an image on a page, and is sent so that browsers do not run its content. Requests enter through `routes.ts`.
 */
export { createUserAssets } from './service.ts';
