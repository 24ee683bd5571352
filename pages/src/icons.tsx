/** Our own drawings: the knocker and the few signs that the pages use. All are decorative; text is next to them. */

/**
 * The mark of Aldaba: a ring that hangs from a boss, with the striker below. The ring is its own group so that it can
 * knock.
 */
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

/** The letter that stands for a name where there is no picture, or one that does not load. */
export const initialOf = (name: string): string => [...name][0]?.toUpperCase() ?? '';

/** The same drawing as a favicon, as a data URL: no request. */
export const markFavicon = (color: string): string =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><g fill="${color}"><path d="M24 13a14.5 14.5 0 1 0 .01 0" fill="none" stroke="${color}" stroke-width="5"/><circle cx="24" cy="42" r="5"/><circle cx="24" cy="11" r="8"/></g></svg>`,
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

/** An authenticator app: a dial that runs down. */
export const Dial = () => (
  <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" class="icon">
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 7.5V12l3 2" />
  </svg>
);

export const Key = () => (
  <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" class="icon">
    <circle cx="8" cy="9" r="4.5" />
    <path d="m11.2 12.2 8.3 8.3M15.5 16.5l2-2M18.3 19.3l1.7-1.7" />
  </svg>
);

export const Letter = () => (
  <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" class="icon">
    <rect x="3" y="5.5" width="18" height="13" rx="2.5" />
    <path d="m3.8 7.3 8.2 6 8.2-6" />
  </svg>
);

/** A slip of paper with lines of codes. */
export const Slip = () => (
  <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" class="icon">
    <path d="M6 3h12v18l-3-1.8-3 1.8-3-1.8L6 21Z" />
    <path d="M9.5 8h5M9.5 12h5" />
  </svg>
);

export const Onward = () => (
  <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" class="icon onward">
    <path d="m9.5 6.5 5.5 5.5-5.5 5.5" />
  </svg>
);

export const Shield = () => (
  <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" class="icon">
    <path d="M12 3 5 5.8v5.4c0 4.3 2.8 7.8 7 9.8 4.2-2 7-5.5 7-9.8V5.8Z" />
    <path d="M12 8.5v4M12 15.6v.1" />
  </svg>
);

export const Person = () => (
  <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" class="icon">
    <circle cx="12" cy="8.5" r="4" />
    <path d="M4.5 20.5c.8-3.9 3.8-6 7.5-6s6.7 2.1 7.5 6" />
  </svg>
);

export const Building = () => (
  <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" class="icon">
    <path d="M5 21V4.5A1.5 1.5 0 0 1 6.5 3h7A1.5 1.5 0 0 1 15 4.5V21M15 10h2.5a1.5 1.5 0 0 1 1.5 1.5V21M3 21h18" />
    <path d="M8.5 7.5h3M8.5 11.5h3M8.5 15.5h3" />
  </svg>
);
