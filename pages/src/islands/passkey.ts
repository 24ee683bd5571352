/** Pages with one passkey form, beside the usual ones. */
import { attachForms } from './form.ts';
import { attachPasskey } from './passkey-form.ts';

attachForms();
const form = document.querySelector<HTMLFormElement>('form.passkey');
const unsupported = document.getElementById('no-passkey');
if (form && typeof PublicKeyCredential !== 'undefined') attachPasskey(form);
else if (unsupported) unsupported.hidden = false;
