/** Collects items from many requests and writes them together. */
export interface Batch<Item> {
  add: (item: Item) => void;
  /** Writes the collected items; resolves when they and a write in progress are done. */
  flush: () => Promise<void>;
  /** The same on shutdown. */
  close: () => Promise<void>;
}

export interface BatchOptions<Item> {
  /** Maximum milliseconds that an item waits. */
  interval: number;
  /** Maximum items of one write; reaching it writes immediately. */
  size: number;
  /** Maximum items kept while writes fail; beyond it the newest are dropped. */
  maximum: number;
  /**
   * The memory size of an item, and the limits for memory and for one write. Without it only the number of items
   * counts.
   */
  bytes?: { of: (item: Item) => number; maximum: number; size: number };
  write: (items: readonly Item[]) => Promise<void>;
  failed: (error: unknown) => void;
  /** Called once for items that were dropped since the last write. */
  dropped: (count: number) => void;
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
      // They use memory until they are written.
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
