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
  write(items: readonly Item[]): Promise<void>;
  failed(error: unknown): void;
  /** Called once for items that were given up since the last write. */
  dropped(count: number): void;
}

export function createBatch<Item>(options: BatchOptions<Item>): Batch<Item> {
  let gathered: Item[] = [];
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  const schedule = () => {
    timer ??= setTimeout(flush, options.interval).unref();
  };
  const write = async () => {
    if (dropped > 0) options.dropped(dropped);
    dropped = 0;
    while (gathered.length > 0) {
      const part = gathered.slice(0, options.size);
      gathered = gathered.slice(part.length);
      try {
        await options.write(part);
      } catch (error) {
        options.failed(error);
        gathered = [...part, ...gathered];
        schedule();
        return;
      }
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
      if (gathered.length >= options.maximum) dropped += 1;
      else gathered.push(item);
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
