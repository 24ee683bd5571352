/** Our own drawings: the knocker and the few signs that the pages use. All are decoration; words stand beside them. */

/** The mark of Aldaba: a ring that hangs from a boss, with the striker below. The ring is its own group so that it can knock. */
export const Mark = () => (
  <svg class="mark" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
    <g class="mark-ring">
      <path d="M24 13a14.5 14.5 0 1 0 .01 0" fill="none" stroke="currentColor" stroke-width="4.5" />
      <circle cx="24" cy="42" r="4.6" fill="currentColor" />
    </g>
    <circle class="mark-boss" cx="24" cy="11.5" r="7.5" fill="currentColor" />
    <circle class="mark-pin" cx="24" cy="11.5" r="2.6" />
  </svg>
);

/** The same drawing as a favicon, as a data URL: no request. */
export const markFavicon = (colour: string): string =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><g fill="${colour}"><path d="M24 13a14.5 14.5 0 1 0 .01 0" fill="none" stroke="${colour}" stroke-width="5"/><circle cx="24" cy="42" r="5"/><circle cx="24" cy="11" r="8"/></g></svg>`,
  )}`;

/** The eye of the show-password button; the style sheet hides the lid or the stroke by the button's state. */
export const Eye = () => (
  <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" class="icon">
    <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z" />
    <circle cx="12" cy="12" r="3" />
    <path class="eye-stroke" d="M4 20 20 4" />
  </svg>
);

export const Tick = () => (
  <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" class="icon">
    <path d="m5 12.5 4.5 4.5L19 7.5" />
  </svg>
);

export const Warning = () => (
  <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" class="icon">
    <circle cx="12" cy="12" r="9" />
    <path d="M12 7.5v5.5M12 16.4v.1" />
  </svg>
);

export const Phone = () => (
  <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" class="icon">
    <rect x="6.5" y="2.5" width="11" height="19" rx="2.5" />
    <path d="M11 18.5h2" />
  </svg>
);
