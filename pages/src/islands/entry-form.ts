import { attachForms } from './form.ts';

attachForms();
