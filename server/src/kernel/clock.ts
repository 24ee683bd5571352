/** Time as an input, so that tests can check expiry without waiting. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now: () => number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Whole seconds since the Unix epoch: the unit of JWT claims (RFC 7519 section 2, NumericDate). */
export const seconds = (clock: Clock): number => Math.floor(clock.now() / 1000);
