/** Buttons that copy the value next to them, on pages with codes or keys to save. */
import { attachForms } from './form.ts';

/** The text of an element as one keeps it: a list gives a line for each item, gaps that are only drawn give nothing. */
const textOf = (element: HTMLElement): string =>
  element instanceof HTMLOListElement
    ? [...element.children].map((item) => item.textContent ?? '').join('\n')
    : (element.textContent ?? '');

for (const button of document.querySelectorAll<HTMLButtonElement>('.copy')) {
  const source = document.getElementById(button.dataset.copies ?? '');
  // The clipboard needs HTTPS; elsewhere the text can still be selected.
  if (!source || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener('click', async () => {
    const label = button.querySelector('.button-label');
    try {
      await navigator.clipboard.writeText(textOf(source));
      if (label) label.textContent = button.dataset.done ?? '';
    } catch {
      // Refused by the browser: the text is selected instead, ready for the keyboard.
      getSelection()?.selectAllChildren(source);
    }
  });
}
attachForms();
