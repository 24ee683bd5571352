/** A form whose answer is a passkey: asks the browser for one when the button is pressed, and posts what it answers. */
import { clearAlert, showAlert } from './alert.ts';
import { occupy, release } from './busy.ts';
import { answerOf, creationOptions, requestOptions } from './passkey-json.ts';
import { check } from './validity.ts';

interface Messages {
  cancelled: string;
  known: string;
  failed: string;
}

export const optionsOf = (form: HTMLFormElement) => JSON.parse(form.dataset.options ?? '{}');

/** The field of another form that names the user, where the account does not exist yet. */
const nameField = ({ dataset }: HTMLFormElement): HTMLInputElement | undefined => {
  const field = dataset.name ? document.getElementById(dataset.name) : null;
  return field instanceof HTMLInputElement ? field : undefined;
};
/** The options of a new passkey, which the device shows under the name that was typed. */
const newOptionsOf = (form: HTMLFormElement) => {
  const options = optionsOf(form);
  const name = nameField(form)?.value.trim();
  return name ? { ...options, user: { ...options.user, name, displayName: name } } : options;
};

const ask = (form: HTMLFormElement, signal: AbortSignal): Promise<Credential | null> =>
  form.dataset.ceremony === 'create'
    ? navigator.credentials.create({ publicKey: creationOptions(newOptionsOf(form)), signal })
    : navigator.credentials.get({ publicKey: requestOptions(optionsOf(form)), signal });

/** Posts what the browser answered. */
export const send = (form: HTMLFormElement, credential: Credential | null): void => {
  const answer = JSON.stringify(answerOf(credential as PublicKeyCredential));
  // Not the value of a hidden field: that is an attribute, which an operator's CSS could read.
  const name = nameField(form);
  form.addEventListener(
    'formdata',
    ({ formData }) => {
      formData.set('payload', answer);
      if (name) formData.set(name.name, name.value);
    },
    { once: true },
  );
  form.submit();
};

// Browsers report few details, so that pages learn nothing about the user's passkeys (Web Authentication Level 3
// section 14.5).
const kindOf = (failure: unknown): keyof Messages => {
  const name = failure instanceof DOMException ? failure.name : '';
  if (name === 'InvalidStateError') return 'known';
  return name === 'NotAllowedError' || name === 'AbortError' ? 'cancelled' : 'failed';
};

/** Attaches to a form and shows it. `before`: whether it may go on when the button is pressed. */
export const attachPasskey = (form: HTMLFormElement, before: () => boolean = () => true): void => {
  const messages: Messages = JSON.parse(form.dataset.messages ?? '{}');
  let running: AbortController | undefined;
  form.hidden = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const name = nameField(form);
    if ((name && !check([name])) || !before()) return;
    // A second press stands for a first one that hangs, e.g. in a dialog that was lost behind a window.
    running?.abort();
    const mine = new AbortController();
    running = mine;
    clearAlert();
    occupy(form, event.submitter);
    try {
      send(form, await ask(form, mine.signal));
    } catch (failure) {
      if (running !== mine) return;
      release();
      const kind = kindOf(failure);
      showAlert(messages[kind], kind);
    }
  });
};
