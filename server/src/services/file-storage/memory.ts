import { type FileStorage, pathOf } from './storage.ts';

/** Maximum bytes of a cached file. */
const largest = 1_048_576;

/**
 * Caches recently read files in memory, so that pages and logos are not fetched from a remote store for every visitor.
 * A file never changes, so a cached one is never stale.
 *
 * @param maximum bytes of the cache; least recently used files are dropped first
 */
export function rememberFiles(storage: FileStorage, maximum: number): FileStorage {
  const known = new Map<string, Buffer>();
  let size = 0;
  const drop = (name: string) => {
    size -= known.get(name)?.length ?? 0;
    known.delete(name);
  };
  const keep = (name: string, bytes: Buffer) => {
    drop(name);
    known.set(name, bytes);
    size += bytes.length;
    for (const oldest of known.keys()) {
      if (size <= maximum) return;
      drop(oldest);
    }
  };
  return {
    ...storage,
    get: async (tenant, key) => {
      const name = `${tenant.id}/${pathOf(key)}`;
      const bytes = known.get(name) ?? (await storage.get(tenant, key));
      if (bytes && bytes.length <= largest) keep(name, bytes);
      return bytes;
    },
    remove: (tenant, key) => {
      drop(`${tenant.id}/${pathOf(key)}`);
      return storage.remove(tenant, key);
    },
  };
}
