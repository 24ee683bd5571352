/**
 * Holds back the forms of a page until their captcha is solved: the server's own challenge, a little at a time so that
 * typing stays smooth, or the widget of another service. `crypto.subtle` is not used: pages on a plain IP address have
 * none, and for inputs this short its calls take longer than the digest.
 */
import { showAlert } from './alert.ts';
import { release } from './busy.ts';
import { attachWidget } from './captcha-widget.ts';
import { sha256 } from './sha256.ts';

interface Challenge {
  salt: string;
  digest: string;
  limit: number;
  seal: string;
}

/** Milliseconds in which the page does not react to keys. */
const turn = 12;

const hexOf = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** The answer to a challenge; empty if it has none. */
const solve = async ({ salt, digest, limit, seal }: Challenge): Promise<string> => {
  const encoder = new TextEncoder();
  let until = performance.now() + turn;
  for (let number = 0; number < limit; number += 1) {
    if (hexOf(sha256(encoder.encode(`${salt}${number}`))) === digest) return `${number}.${seal}`;
    if (performance.now() > until) {
      await pause();
      until = performance.now() + turn;
    }
  }
  return '';
};

/** How an answer is had: called when the form is sent without one. It may reject with a sentence for the user. */
type Solver = () => Promise<string>;

const solverOf = (input: HTMLInputElement): Solver | undefined => {
  const { challenge, widget } = input.dataset;
  if (widget !== undefined) return attachWidget(input, JSON.parse(widget));
  if (challenge === undefined) return undefined;
  const solved = solve(JSON.parse(challenge));
  return () => solved;
};

/** Has to be attached after the check of the fields: a form with an error needs no captcha yet. */
export const attachCaptcha = (): void => {
  for (const input of document.querySelectorAll<HTMLInputElement>('input[name=captcha]')) {
    const { form } = input;
    const solver = form && solverOf(input);
    if (!solver) continue;
    let latest = 0;
    let isSolved = false;
    form.addEventListener('submit', (event) => {
      if (event.defaultPrevented || isSolved) return;
      event.preventDefault();
      latest += 1;
      const mine = latest;
      const { submitter } = event;
      const answered = (answer: string) => {
        if (mine !== latest) return;
        release();
        input.value = answer;
        isSolved = true;
        // A form cannot be sent while its `submit` event is dispatched, and an answer may come that soon.
        setTimeout(() => {
          form.requestSubmit(submitter);
          isSolved = false;
        });
      };
      solver().then(answered, (sentence) => {
        if (mine !== latest) return;
        release();
        showAlert(String(sentence), 'captcha');
      });
    });
  }
};
