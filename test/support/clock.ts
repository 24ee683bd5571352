/** The time of a server under test: the real one, and as much later as the test says. */
export interface MovableClock {
  /** Milliseconds ahead of the real time. */
  ahead: number;
  now: () => number;
}

export function movableClock(ahead = 0): MovableClock {
  const clock: MovableClock = { ahead, now: () => Date.now() + clock.ahead };
  return clock;
}
