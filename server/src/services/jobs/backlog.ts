import type { StoredJob } from './store.ts';

/** A job that this process has taken. */
export interface Taken {
  job: StoredJob;
  /** Milliseconds since the epoch, after which other processes may take it. */
  until: number;
}

interface Lane {
  waiting: Taken[];
  running: number;
}

/** Maximum jobs that a process takes, in total and of one lane, per slot. */
const stockOfPlace = 10;
const laneStockOfPlace = 2;

/**
 * The jobs that this process has taken and not finished, by lane. A lane gets at most half of the slots, and lanes take
 * turns: a hanging destination delays only its own jobs. The backlog is small, so that a lane's jobs start soon.
 */
export function createBacklog(places: number) {
  const lanes = new Map<string, Lane>();
  const maximum = places * stockOfPlace;
  const laneMaximum = places * laneStockOfPlace;
  const lanePlaces = Math.ceil(places / 2);
  const heldIn = (lane: string) => {
    const known = lanes.get(lane);
    return known ? known.waiting.length + known.running : 0;
  };
  let held = 0;
  let running = 0;

  return {
    /** Whether this many more jobs fit. */
    fits: (lane: string, count: number) => held + count <= maximum && heldIn(lane) + count <= laneMaximum,
    /** Whether a lane has so few jobs that polling for more is worthwhile. */
    isLow: (lane: string) => heldIn(lane) <= laneMaximum / 2,
    /** How many jobs may be polled at a time, of any lane except those with enough. */
    room() {
      const counts = [...lanes.keys()].map((lane) => ({ lane, count: heldIn(lane) }));
      const busy = counts.filter(({ count }) => count > laneMaximum / 2).map(({ lane }) => lane);
      return { busy, limit: Math.min(maximum - held, laneMaximum / 2) };
    },
    add(taken: Taken) {
      const lane = lanes.get(taken.job.lane) ?? { waiting: [], running: 0 };
      lane.waiting.push(taken);
      lanes.set(taken.job.lane, lane);
      held += 1;
    },
    /** The next job, if a slot is free. `ended` must be called for it. */
    next(): Taken | undefined {
      if (running >= places) return undefined;
      for (const [name, lane] of lanes) {
        if (lane.running >= lanePlaces) continue;
        const taken = lane.waiting.shift();
        if (!taken) continue;
        lane.running += 1;
        running += 1;
        // Next time the other lanes come first.
        lanes.delete(name);
        lanes.set(name, lane);
        return taken;
      }
      return undefined;
    },
    ended({ job }: Taken) {
      const lane = lanes.get(job.lane) as Lane;
      lane.running -= 1;
      running -= 1;
      held -= 1;
      if (lane.running + lane.waiting.length === 0) lanes.delete(job.lane);
    },
    /** Removes all waiting jobs. */
    empty(): Taken[] {
      const waiting = [...lanes.values()].flatMap((lane) => lane.waiting.splice(0));
      held -= waiting.length;
      for (const [name, lane] of lanes) if (lane.running === 0) lanes.delete(name);
      return waiting;
    },
  };
}
