/** The terms are one checkbox for all buttons of the first page; its answer goes along with each of them. */
import { check } from './validity.ts';

/** Whether the form may be sent; otherwise the checkbox says why not. */
export const withTerms = (form: HTMLFormElement): boolean => {
  const box = document.getElementById('terms');
  if (!(box instanceof HTMLInputElement)) return true;
  if (!check([box])) return false;
  if (!form.querySelector('input[name=terms]')) {
    const answer = document.createElement('input');
    answer.type = 'hidden';
    answer.name = 'terms';
    answer.value = box.value;
    form.append(answer);
  }
  return true;
};
