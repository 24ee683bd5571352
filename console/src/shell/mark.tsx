/** The mark of Aldaba. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg
      viewBox="0 0 48 48"
      width={size}
      height={size}
      fill="var(--accent)"
      aria-hidden
      focusable="false"
      style={{ flex: 'none' }}
    >
      <path d="M24 13a14.5 14.5 0 1 0 .01 0" fill="none" stroke="var(--accent)" strokeWidth="5" />
      <circle cx="24" cy="42" r="5" />
      <circle cx="24" cy="11" r="8" />
    </svg>
  );
}
