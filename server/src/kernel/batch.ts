/** Gathers what many requests leave to be written, and writes it together. */
export interface Batch<Item> {
  add(item: Item): void;
  /** Writes what is gathered; resolves when it, and what was being written, is done. */
  flush(): Promise<void>;
  /** The same for the last time. */
  close(): Promise<void>;
}

export interface BatchOptions<Item> {
  /** Milliseconds that an item waits at most. */
  interval: number;
  /** Items of one write; more are written at once. */
  size: number;
  /** Items that are kept while writes fail; beyond it the newest are given up. */
  maximum: number;
  /** What an item takes in memory, and how much of that is kept at most and written at a time. Without it only their number counts. */
  bytes?: { of(item: Item): number; maximum: number; size: number };
  write(items: readonly Item[]): Promise<void>;
  failed(error: unknown): void;
  /** Called once for items that were given up since the last write. */
  dropped(count: number): void;
}

export function createBatch<Item>(options: BatchOptions<Item>): Batch<Item> {
  const { bytes } = options;
  const weigh = (item: Item) => bytes?.of(item) ?? 0;
  let gathered: Item[] = [];
  let weight = 0;
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  const schedule = () => {
    timer ??= setTimeout(flush, options.interval).unref();
  };
  /** Takes the items of the next write. */
  const takePart = (): Item[] => {
    let count = 0;
    for (let total = 0; count < Math.min(options.size, gathered.length); count += 1) {
      total += weigh(gathered[count] as Item);
      if (bytes && count > 0 && total > bytes.size) break;
    }
    const part = gathered.slice(0, count);
    gathered = gathered.slice(count);
    return part;
  };
  const write = async () => {
    if (dropped > 0) options.dropped(dropped);
    dropped = 0;
    while (gathered.length > 0) {
      const part = takePart();
      try {
        await options.write(part);
      } catch (error) {
        options.failed(error);
        gathered = [...part, ...gathered];
        schedule();
        return;
      }
      // Until they are written they take memory.
      for (const item of part) weight -= weigh(item);
    }
  };
  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(write);
    return writing;
  }
  return {
    add(item) {
      const added = weigh(item);
      if (gathered.length >= options.maximum || (bytes && weight + added > bytes.maximum)) dropped += 1;
      else {
        gathered.push(item);
        weight += added;
      }
      if (gathered.length >= options.size && timer !== undefined && gathered.length % options.size === 0) flush();
      else schedule();
    },
    flush,
    async close() {
      await flush();
      clearTimeout(timer);
    },
  };
}
