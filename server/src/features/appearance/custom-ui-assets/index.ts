/**
 * Custom UI: sign-in pages of a tenant's own, uploaded as a zip archive and served in place of ours.
 *
 * Owns the table custom_ui_assets, what an archive may hold (`archive.ts`) and how its files are sent: as what their names
 * say, under a Content-Security-Policy of the tenant (`pages.ts`). Which upload is in use says the sign-in experience; the bytes
 * lie in the file storage. Uploads enter at `routes.ts`; visitors of `/sign-in` and its neighbours meet the pages first.
 */
export { type CustomUiPages, createCustomUiPages } from './pages.ts';
export { type CustomUiAssets, createCustomUiAssets } from './service.ts';
