/**
 * Submits the page's only form once the page is in the browser's history: a user who gets no answer from the next site
 * comes back here.
 */
import { attachForms } from './form.ts';

attachForms();
addEventListener('load', () => setTimeout(() => document.querySelector('form')?.requestSubmit()));
