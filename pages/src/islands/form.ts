/**
 * What every form gets when scripts run: one submission at a time, errors next to the field, and a button that shows
 * the password.
 */
import { isBusy, occupy, releaseOnReturn } from './busy.ts';
import { attachCaptcha } from './captcha.ts';
import { attachCodes } from './codes.ts';
import { watchPictures } from './pictures.ts';
import { attachRules } from './rules.ts';
import { check, checkable, clearOnInput } from './validity.ts';

const revealButtons = (): void => {
  for (const button of document.querySelectorAll<HTMLButtonElement>('.reveal')) {
    const input = document.getElementById(button.getAttribute('aria-controls') ?? '');
    if (!(input instanceof HTMLInputElement)) continue;
    button.hidden = false;
    button.addEventListener('click', () => {
      const shows = input.type === 'password';
      input.type = shows ? 'text' : 'password';
      button.classList.toggle('on', shows);
      button.setAttribute('aria-label', (shows ? button.dataset.hide : button.dataset.show) ?? '');
    });
    // A password in clear text could be remembered as ordinary form text.
    input.form?.addEventListener('submit', () => {
      input.type = 'password';
    });
  }
};

/** The first field to fill in, where a keyboard does not cover the page by that. An error has its focus already. */
const firstEmpty = (): HTMLElement | undefined => {
  if (!matchMedia('(hover: hover) and (pointer: fine)').matches) return undefined;
  if (document.querySelector('[autofocus]') || document.activeElement !== document.body) return undefined;
  const inputs = document.querySelectorAll<HTMLInputElement>('.main-form .box input');
  return [...inputs].find((input) => input.value === '');
};

/** An address that leads to a part of the page leads the focus there, too. */
const placeFocus = (): void => {
  const target = document.getElementById(location.hash.slice(1)) ?? firstEmpty();
  target?.focus({ preventScroll: true });
};

/** Attaches to all forms except social buttons and passkeys, which have their own islands. */
export const attachForms = (): void => {
  attachCodes();
  for (const form of document.querySelectorAll<HTMLFormElement>('form:not(.social form, .passkey)')) {
    form.noValidate = true;
    form.addEventListener('submit', (event) => {
      if (event.defaultPrevented) return;
      if (isBusy() || !check(checkable(form, event.submitter))) event.preventDefault();
      else occupy(form, event.submitter);
    });
  }
  attachCaptcha();
  revealButtons();
  attachRules();
  clearOnInput();
  placeFocus();
  releaseOnReturn();
  watchPictures();
};
