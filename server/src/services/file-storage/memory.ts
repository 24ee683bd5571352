import { type FileStorage, pathOf } from './storage.ts';

/** Bytes of the largest file that is remembered. */
const largest = 1_048_576;

/**
 * Keeps what was read last in memory, so that pages and logos are not fetched from a distant store for every visitor. A file
 * never changes, so what is remembered is right for as long as anybody asks for it.
 *
 * @param maximum bytes that are kept at most; what was not asked for the longest goes first
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
