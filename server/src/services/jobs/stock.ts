import type { StoredJob } from './store.ts';

/** A job that this process has taken. */
export interface Taken {
  job: StoredJob;
  /** Milliseconds since the epoch: from then on others may take it. */
  until: number;
}

interface Lane {
  waiting: Taken[];
  running: number;
}

/** Jobs that a process takes for itself at most, in all and of one lane, for each place that it has. */
const stockOfPlace = 10;
const laneStockOfPlace = 2;

/**
 * The jobs that this process has taken and not ended, by lane. A lane gets half of the places at most, and the lanes take
 * turns: a destination that hangs holds up itself. The stock is small, so that a lane's jobs are never far from their turn.
 */
export function createStock(places: number) {
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
    /** Whether so many more jobs fit. */
    fits: (lane: string, count: number) => held + count <= maximum && heldIn(lane) + count <= laneMaximum,
    /** Whether a lane is so empty that it is worth looking for more. */
    isLow: (lane: string) => heldIn(lane) <= laneMaximum / 2,
    /** How many jobs may be looked for at a time, whichever lanes they turn out to be of, but those that have enough. */
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
    /** The job whose turn it is, if there is a place for it. `ended` has to be called for it. */
    next(): Taken | undefined {
      if (running >= places) return undefined;
      for (const [name, lane] of lanes) {
        if (lane.running >= lanePlaces) continue;
        const taken = lane.waiting.shift();
        if (!taken) continue;
        lane.running += 1;
        running += 1;
        // Next time the others come first.
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
    /** Takes out all that wait. */
    empty(): Taken[] {
      const waiting = [...lanes.values()].flatMap((lane) => lane.waiting.splice(0));
      held -= waiting.length;
      for (const [name, lane] of lanes) if (lane.running === 0) lanes.delete(name);
      return waiting;
    },
  };
}
