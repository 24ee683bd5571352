/**
 * The hosted pages' way out: turns views into HTTP answers.
 *
 * Owns the frame around every page (the tenant's name, colors and links), the choice of language, the security headers,
 * and the files under `/assets`. Does not own the content of a page (sign-in, oidc and setup build the views) or its
 * markup (`@aldaba/pages`). A view enters through `PageSender.send` and leaves as HTML.
 */
export { createErrorAnswers } from './error-page.ts';
export { renderOutage } from './outage.ts';
export { createPageSender, type PageSender } from './sender.ts';
