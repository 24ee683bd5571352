import type { StoredJob } from './store.ts';

/** A job that this process has taken. */
export interface Taken {
  job: StoredJob;
  /** Milliseconds since the epoch, after which other processes may take it. */
  until: number;
}

interface Destination {
  waiting: Taken[];
  running: number;
}

/** Maximum jobs that a process takes, in total and of one destination, per slot. */
const jobsPerSlot = 10;
const jobsPerSlotOfDestination = 2;

/**
 * The jobs that this process has taken and not finished, by destination. A destination gets at most half of the slots,
 * and destinations take turns: an unresponsive destination delays only its own jobs. The backlog is small, so that a
 * destination's jobs start soon.
 */
export function createBacklog(slots: number) {
  const destinations = new Map<string, Destination>();
  const maximum = slots * jobsPerSlot;
  const maximumOfDestination = slots * jobsPerSlotOfDestination;
  const slotsOfDestination = Math.ceil(slots / 2);
  const heldIn = (destination: string) => {
    const known = destinations.get(destination);
    return known ? known.waiting.length + known.running : 0;
  };
  let held = 0;
  let running = 0;

  return {
    /** Whether this many more jobs fit. */
    fits: (destination: string, count: number) =>
      held + count <= maximum && heldIn(destination) + count <= maximumOfDestination,
    /** Whether a destination has so few jobs that polling for more is worthwhile. */
    isLow: (destination: string) => heldIn(destination) <= maximumOfDestination / 2,
    /** How many jobs may be polled at a time, of any destination except those with enough. */
    room() {
      const counts = [...destinations.keys()].map((destination) => ({ destination, count: heldIn(destination) }));
      const busy = counts.filter(({ count }) => count > maximumOfDestination / 2).map(({ destination }) => destination);
      return { busy, limit: Math.min(maximum - held, maximumOfDestination / 2) };
    },
    add(taken: Taken) {
      const destination = destinations.get(taken.job.destination) ?? { waiting: [], running: 0 };
      destination.waiting.push(taken);
      destinations.set(taken.job.destination, destination);
      held += 1;
    },
    /** The next job, if a slot is free. `ended` must be called for it. */
    next(): Taken | undefined {
      if (running >= slots) return undefined;
      for (const [name, destination] of destinations) {
        if (destination.running >= slotsOfDestination) continue;
        const taken = destination.waiting.shift();
        if (!taken) continue;
        destination.running += 1;
        running += 1;
        // Next time the other destinations come first.
        destinations.delete(name);
        destinations.set(name, destination);
        return taken;
      }
      return undefined;
    },
    ended({ job }: Taken) {
      const destination = destinations.get(job.destination) as Destination;
      destination.running -= 1;
      running -= 1;
      held -= 1;
      if (destination.running + destination.waiting.length === 0) destinations.delete(job.destination);
    },
    /** Removes all waiting jobs. */
    empty(): Taken[] {
      const waiting = [...destinations.values()].flatMap((destination) => destination.waiting.splice(0));
      held -= waiting.length;
      for (const [name, destination] of destinations) if (destination.running === 0) destinations.delete(name);
      return waiting;
    },
  };
}
