/**
 * The first page where passkeys sign in: the button, and the browser's suggestions in the field of the identifier (Web
 * Authentication Level 3 section 5.1.4, conditional mediation). Everything else is as on a page with social buttons.
 */
import './social.ts';
import { occupy } from './busy.ts';
import { attachPasskey, optionsOf, send } from './passkey-form.ts';
import { requestOptions } from './passkey-json.ts';
import { withTerms } from './terms.ts';

const form = document.querySelector<HTMLFormElement>('form.passkey');
let suggesting: AbortController | undefined;

/** Waits until the user chooses a suggestion; a browser that cannot suggest passkeys does nothing. */
const suggest = async (to: HTMLFormElement): Promise<void> => {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  const mine = new AbortController();
  suggesting = mine;
  try {
    const chosen = await navigator.credentials.get({
      publicKey: requestOptions(optionsOf(to)),
      mediation: 'conditional',
      signal: mine.signal,
    });
    if (withTerms(to)) {
      occupy(to);
      send(to, chosen);
    } else await suggest(to);
  } catch {
    // The button was pressed, or the browser gave up: its own words were shown, and the other ways still work.
  }
};

if (form && typeof PublicKeyCredential !== 'undefined') {
  if (form.dataset.button) {
    attachPasskey(form, () => {
      if (!withTerms(form)) return false;
      // A browser runs one request at a time.
      suggesting?.abort();
      return true;
    });
  }
  if (form.dataset.autofill) void suggest(form);
}
