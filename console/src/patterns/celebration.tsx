import classes from './celebration.module.css';

/** A small burst around what is in its box, once. Nothing with reduced motion. */
export function Celebration() {
  return (
    <span className={classes.burst} aria-hidden>
      {Array.from({ length: 14 }, (_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: sparks differ in their place alone.
        <i key={place} style={{ rotate: `${(place * 360) / 14}deg` }} />
      ))}
    </span>
  );
}
