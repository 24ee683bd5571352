/**
 * Custom UI: a tenant's own sign-in pages, uploaded as a zip archive and served instead of the built-in pages.
 *
 * Owns the table custom_ui_assets, the rules for archives (`archive.ts`), and serving the files with a content type by
 * file name and a Content-Security-Policy per tenant (`pages.ts`). The sign-in experience selects the active upload;
 * files are kept in the file storage. Uploads enter through `routes.ts`; requests for `/sign-in` and the other pages
 * try the custom pages first.
 */
export { type CustomUiPages, createCustomUiPages } from './pages.ts';
export { createCustomUiAssets } from './service.ts';
