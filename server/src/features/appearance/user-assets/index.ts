/**
 * User assets: files that operators upload for pages, such as logos and avatars.
 *
 * Owns the table user_assets; the bytes lie in the file storage under random ids: neither name nor path of a request becomes
 * part of a path. What a file is, its first bytes say (`sniffing.ts`). Files are open to everybody who knows the id, as
 * images on pages are; they are sent so that no browser runs what is in them. Requests enter at `routes.ts`.
 */
export { createUserAssets, type UserAssets } from './service.ts';
