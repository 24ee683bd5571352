/** Checks off the password rules that the typed password meets. Rules that only the server can check do not change. */

const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u];

/** Counts like the server: Unicode characters of the NFKC form, and kinds of characters. */
const isMet = ({ minLength, minTypes }: DOMStringMap, typed: string): boolean => {
  const password = typed.normalize('NFKC');
  return minLength === undefined
    ? kinds.filter((kind) => kind.test(password)).length >= Number(minTypes)
    : [...password].length >= Number(minLength);
};

export const attachRules = (): void => {
  const input = document.querySelector<HTMLInputElement>('input[aria-describedby~="password-rules"]');
  const rules = document.querySelectorAll<HTMLElement>(
    '#password-rules [data-min-length], #password-rules [data-min-types]',
  );
  const done = document.querySelector<HTMLElement>('#password-rules ul')?.dataset.met ?? '';
  const signs = [...rules].map((rule) => {
    rule.classList.add('live');
    const sign = document.createElement('span');
    sign.className = 'visually-hidden';
    rule.append(sign);
    return { rule, sign };
  });
  const show = (): void => {
    for (const { rule, sign } of signs) {
      const met = isMet(rule.dataset, input?.value ?? '');
      rule.classList.toggle('met', met);
      sign.textContent = met ? done : '';
    }
  };
  input?.addEventListener('input', show);
  // Browsers fill fields in again when the page is restored.
  show();
};
