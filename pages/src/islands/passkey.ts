/** Passkeys: asks the browser for one when the button is pressed, and posts what it answers. */
import { clearAlert, showAlert } from './alert.ts';
import { occupy, release } from './busy.ts';
import { attachForms } from './form.ts';
import { answerOf, creationOptions, requestOptions } from './passkey-json.ts';

interface Messages {
  cancelled: string;
  known: string;
  failed: string;
}

const ask = (form: HTMLFormElement, signal: AbortSignal): Promise<Credential | null> => {
  const options = JSON.parse(form.dataset.options ?? '{}');
  return form.dataset.ceremony === 'create'
    ? navigator.credentials.create({ publicKey: creationOptions(options), signal })
    : navigator.credentials.get({ publicKey: requestOptions(options), signal });
};

// Browsers report few details, so that pages learn nothing about the user's passkeys (Web Authentication Level 3
// section 14.5).
const kindOf = (failure: unknown): keyof Messages => {
  const name = failure instanceof DOMException ? failure.name : '';
  if (name === 'InvalidStateError') return 'known';
  return name === 'NotAllowedError' || name === 'AbortError' ? 'cancelled' : 'failed';
};

const attach = (form: HTMLFormElement): void => {
  const messages: Messages = JSON.parse(form.dataset.messages ?? '{}');
  let running: AbortController | undefined;
  form.hidden = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    // A second press stands for a first one that hangs, e.g. in a dialog that was lost behind a window.
    running?.abort();
    const mine = new AbortController();
    running = mine;
    clearAlert();
    occupy(form, event.submitter);
    try {
      const credential = await ask(form, mine.signal);
      const answer = JSON.stringify(answerOf(credential as PublicKeyCredential));
      // Not the value of a hidden field: that is an attribute, which an operator's CSS could read.
      form.addEventListener('formdata', ({ formData }) => formData.set('payload', answer), { once: true });
      form.submit();
    } catch (failure) {
      if (running !== mine) return;
      release();
      const kind = kindOf(failure);
      showAlert(messages[kind], kind);
    }
  });
};

attachForms();
const form = document.querySelector<HTMLFormElement>('form.passkey');
const unsupported = document.getElementById('no-passkey');
if (form && typeof PublicKeyCredential !== 'undefined') attach(form);
else if (unsupported) unsupported.hidden = false;
