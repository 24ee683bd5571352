/** Fields of six digits, and the button that sends another code. */
import { isBusy } from './busy.ts';

const length = 6;

/**
 * The digits of what was typed or pasted: full-width, Arabic and Persian ones too, without the blanks and hyphens that
 * messages put between them.
 */
const digitsOf = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 0xf))
    .replace(/[\s\p{Pd}]/gu, '');

const tidy = (input: HTMLInputElement): void => {
  const digits = digitsOf(input.value).slice(0, length);
  if (digits === input.value) return;
  const atEnd = input.selectionStart === input.value.length;
  input.value = digits;
  if (atEnd) input.setSelectionRange(digits.length, digits.length);
};

/** A whole sentence may be pasted: the field takes the six digits in it. */
const paste = (event: ClipboardEvent, input: HTMLInputElement): void => {
  const [code] = digitsOf(event.clipboardData?.getData('text') ?? '').match(/(?<!\d)\d{6}(?!\d)/) ?? [];
  if (code === undefined) return;
  event.preventDefault();
  input.value = code;
  input.dispatchEvent(new Event('input', { bubbles: true }));
};

const attachFields = (): void => {
  for (const input of document.querySelectorAll<HTMLInputElement>('.code-field input')) {
    input.addEventListener('input', (event) => {
      // Half of a composed character is not judged.
      if (!(event instanceof InputEvent && event.isComposing)) tidy(input);
    });
    input.addEventListener('compositionend', () => tidy(input));
    input.addEventListener('paste', (event) => paste(event, input));
  }
};

/** Counts down on the button; a press before the end sends nothing. */
const countDown = (form: HTMLFormElement): void => {
  const button = form.querySelector('button');
  const label = form.querySelector('.button-label');
  const until = Date.now() + Number(form.dataset.after) * 1000;
  const { waiting = '' } = form.dataset;
  const words = label?.textContent ?? '';
  if (!button || !label) return;
  const show = (): void => {
    const seconds = Math.ceil((until - Date.now()) / 1000);
    const waits = seconds > 0;
    button.toggleAttribute('data-waits', waits);
    if (waits) button.setAttribute('aria-disabled', 'true');
    else if (!isBusy()) button.removeAttribute('aria-disabled');
    label.textContent = waits ? waiting.replace('{seconds}', String(seconds)) : words;
    if (!waits) clearInterval(timer);
  };
  const timer = setInterval(show, 1000);
  form.addEventListener('submit', (event) => {
    if (button.hasAttribute('data-waits')) event.preventDefault();
  });
  show();
};

export const attachCodes = (): void => {
  attachFields();
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-after]')) countDown(form);
};
