/**
 * Social buttons. In a browser they are plain forms; inside an app the island asks the server for the address and
 * hands it to the app through the bridge. Also shows which buttons can work, and what the app reports when one fails.
 */
import { clearAlert, showAlert } from './alert.ts';
import { abilities, callbackLink, messenger } from './bridge.ts';
import { isBusy, occupy, release } from './busy.ts';
import { visibleOptions } from './filter.ts';
import { attachForms } from './form.ts';
import { withTerms } from './terms.ts';

interface Messages {
  cancelled: string;
  notSetUp: string;
  failed: string;
  offline: string;
}

const section = document.querySelector<HTMLElement>('.social');
const messages: Messages = JSON.parse(section?.dataset.messages ?? '{}');
const items = [...(section?.querySelectorAll<HTMLLIElement>('li') ?? [])];

/** Shows the buttons that can work here and now. Repeated, because the bridge may arrive late. */
const arrange = (): void => {
  const options = items.map(({ dataset }) => ({ target: dataset.target ?? '', platform: dataset.platform ?? '' }));
  const shown = visibleOptions(options, abilities());
  items.forEach((item, position) => {
    item.hidden = !shown[position];
  });
  const some = shown.includes(true);
  if (section) section.hidden = !some;
  const empty = document.getElementById('no-way');
  if (empty) empty.hidden = some;
  for (const part of document.querySelectorAll<HTMLElement>('.needs-script')) part.hidden = !some;
};

/** Codes that the apps post; what is none of these is shown as a failure with its code. */
const wordsFor = (code: string): string => {
  if (code === 'authentication_failed') return messages.cancelled;
  if (code === 'unknown_social_scheme' || code === 'insufficient_information') return messages.notSetUp;
  return messages.failed;
};

const listenToApp = (): void => {
  addEventListener('message', (event: MessageEvent<unknown>) => {
    const { data } = event;
    // The iOS app also posts its own counters. Messages of other senders are ignored.
    if (event.origin !== location.origin || typeof data !== 'object' || data === null) return;
    if (!('type' in data) || data.type !== 'error') return;
    const code = 'code' in data && typeof data.code === 'string' ? data.code : 'unknown';
    release();
    showAlert(wordsFor(code), code);
  });
};

interface Answer {
  redirectTo?: unknown;
  callbackUri?: unknown;
  code?: unknown;
  message?: unknown;
}

const ask = async (form: HTMLFormElement, platform: string | undefined): Promise<Answer | undefined> => {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') body.append(name, value);
  const link = callbackLink();
  if (platform === 'Universal' && link !== undefined) body.append('native_callback', link);
  const response = await fetch(form.action, { method: 'POST', headers: { accept: 'application/json' }, body });
  try {
    const answer: unknown = await response.json();
    return typeof answer === 'object' && answer !== null ? answer : undefined;
  } catch {
    // Not JSON: a proxy's page, or a server in trouble. The caller says that it did not work.
    return undefined;
  }
};

/** Asks the server where to go and hands that to the app. */
const goThroughApp = async (form: HTMLFormElement, platform: string | undefined): Promise<void> => {
  const send = messenger();
  if (!send) return fail(messages.notSetUp, 'no_bridge');
  let answer: Answer | undefined;
  try {
    answer = await ask(form, platform);
  } catch {
    // The request itself failed: no network, or the page is being left.
    return fail(messages.offline, 'offline');
  }
  const { redirectTo, callbackUri, code, message } = answer ?? {};
  if (typeof redirectTo === 'string' && typeof callbackUri === 'string') return send({ redirectTo, callbackUri });
  fail(
    typeof message === 'string' && message !== '' ? message : messages.failed,
    typeof code === 'string' ? code : 'failed',
  );
};

const fail = (message: string, code: string): void => {
  release();
  showAlert(message, code);
};

const attachButtons = (): void => {
  for (const item of items) {
    const form = item.querySelector('form');
    form?.addEventListener('submit', (event) => {
      const inApp = abilities() !== undefined;
      const goes = !isBusy() && withTerms(form);
      if (inApp || !goes) event.preventDefault();
      if (!goes) return;
      clearAlert();
      occupy(form, event.submitter);
      if (inApp) void goThroughApp(form, item.dataset.platform);
    });
  }
};

/** Looks for a late bridge at each of the page's own milestones, and for three seconds after. */
const watchForBridge = (): void => {
  arrange();
  document.addEventListener('DOMContentLoaded', arrange);
  addEventListener('load', arrange);
  addEventListener('pageshow', arrange);
  let rounds = 30;
  const timer = setInterval(() => {
    rounds -= 1;
    if (rounds === 0 || abilities()) clearInterval(timer);
    arrange();
  }, 100);
};

watchForBridge();
listenToApp();
attachForms();
attachButtons();
