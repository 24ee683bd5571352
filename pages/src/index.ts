/**
 * The hosted pages: turns the plain views of the contract into HTML. Owns the look, the words and the islands of
 * script; decides nothing about a sign-in. The server's page routes call `renderPage`, sends the document with its
 * Content-Security-Policy, and serves `assets` under the tenant's base path.
 */
export { assets, type PageAsset } from './assets.ts';
export {
  chooseLanguage,
  isLanguageGiven,
  type LanguageInput,
  negotiateLanguage,
  type SpokenLanguage,
} from './language.ts';
export {
  errorSentence,
  listenToRequests,
  noticesOf,
  type PhraseKey,
  phrase,
  phrases,
  relativeTime,
  replaceable,
  type Spoken,
  speaksOf,
} from './phrases/index.ts';
export { isStyled } from './policy.ts';
export { replaceableInPortal } from './portal/words.ts';
export { renderPage } from './render.tsx';
