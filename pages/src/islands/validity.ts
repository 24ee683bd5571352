/**
 * Inline validity: our own message next to the field instead of the browser's bubble, and the focus on the first
 * problem.
 */

type Checked = HTMLInputElement | HTMLSelectElement;

const checked = 'input[data-missing], select[data-missing]';

const show = (input: Checked, message: string): void => {
  const place = document.getElementById(`${input.id}-error`);
  if (place) {
    place.textContent = message;
    place.hidden = message === '';
  }
  if (message === '') input.removeAttribute('aria-invalid');
  else input.setAttribute('aria-invalid', 'true');
};

const problemOf = (input: Checked): string => {
  const { missing, malformed, repeats, mismatch } = input.dataset;
  const empty = input instanceof HTMLInputElement && input.type === 'checkbox' ? !input.checked : input.value === '';
  if (input.required && empty) return missing ?? '';
  if (malformed && (input.validity.patternMismatch || input.validity.typeMismatch)) return malformed;
  const original = repeats ? document.getElementById(repeats) : null;
  if (original instanceof HTMLInputElement && original.value !== input.value) return mismatch ?? '';
  return '';
};

/** Checks inputs, shows an error next to each and focuses the first. True when all are valid. */
export const check = (inputs: Iterable<Checked>): boolean => {
  let first: Checked | undefined;
  for (const input of inputs) {
    const problem = problemOf(input);
    show(input, problem);
    if (problem !== '') first ??= input;
  }
  first?.focus();
  return first === undefined;
};

/** The controls of a form that its button needs: one that sends a code instead (`formnovalidate`) needs no password. */
export const checkable = (form: HTMLFormElement, submitter?: HTMLElement | null): Checked[] => {
  const all = [...form.querySelectorAll<Checked>(checked)];
  const passwordless = submitter instanceof HTMLButtonElement && submitter.formNoValidate;
  return passwordless ? all.filter(({ name }) => name !== 'password') : all;
};

/** An error disappears as soon as the person works on it. */
export const clearOnInput = (): void => {
  for (const input of document.querySelectorAll<Checked>(checked)) {
    input.addEventListener('input', () => show(input, ''));
  }
};
