/**
 * One submission at a time. A form is marked busy instead of being disabled, because a disabled button would not
 * send its own value. The form is released when the user returns to the page (from the history, or from an app that a
 * redirect opened) or after a timeout.
 */
const timeout = 12_000;
let pending: ReturnType<typeof setTimeout> | undefined;

const submitButtons = (form: HTMLFormElement) => form.querySelectorAll<HTMLButtonElement>('button[type=submit]');

/** Whether any form of the page is being submitted. */
export const isBusy = (): boolean => document.querySelector('form[aria-busy=true]') !== null;

/** Makes the page ready for another try. */
export const release = (): void => {
  clearTimeout(pending);
  document.documentElement.classList.remove('busy');
  for (const form of document.querySelectorAll<HTMLFormElement>('form[aria-busy=true]')) {
    form.removeAttribute('aria-busy');
    for (const button of submitButtons(form)) {
      button.removeAttribute('aria-disabled');
      const label = button.querySelector<HTMLElement>('.button-label');
      if (label?.dataset.idle !== undefined) label.textContent = label.dataset.idle;
    }
  }
};

/** Marks a form as being submitted; its `data-working`, if any, replaces the words on its button. */
export const occupy = (form: HTMLFormElement, submitter?: HTMLElement | null): void => {
  form.setAttribute('aria-busy', 'true');
  document.documentElement.classList.add('busy');
  for (const button of submitButtons(form)) {
    button.setAttribute('aria-disabled', 'true');
    button.classList.toggle('pressed', submitter ? button === submitter : true);
    const label = button.querySelector<HTMLElement>('.button-label');
    if (label && form.dataset.working) {
      label.dataset.idle ??= label.textContent ?? '';
      label.textContent = form.dataset.working;
    }
  }
  clearTimeout(pending);
  pending = setTimeout(release, timeout);
};

/** Releases the page when the user returns to it. */
export const releaseOnReturn = (): void => {
  addEventListener('pageshow', (event) => {
    if (event.persisted) release();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') release();
  });
};
