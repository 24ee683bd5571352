/**
 * The hosted pages' way out: turns views into HTTP answers.
 *
 * Owns: the frame around every page (the tenant's name, colours and links), the choice of language, the headers that keep a
 * page safe, and the files under `/assets`. Does not own: what a page shows (sign-in, oidc and setup build the views) nor how
 * it looks (`@aldaba/pages`). A view enters at `PageSender.send` and leaves as HTML.
 */
export { createErrorAnswers } from './error-page.ts';
export { renderOutage } from './outage.ts';
export { createPageSender, type PageSender } from './sender.ts';
