/** Submits the page's only form at once; its button stays for when that fails. */
import { attachForms } from './form.ts';

attachForms();
document.querySelector('form')?.requestSubmit();
