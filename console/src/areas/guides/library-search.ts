/** What the library of guides keeps in the address. */
export interface LibrarySearch {
  q?: string;
  /** Categories, separated by commas; none means all. */
  category?: string;
}

/** Reads the address of the library. Members that are not understood are left out. */
export function librarySearch({ q, category }: Record<string, unknown>): LibrarySearch {
  return {
    ...(typeof q === 'string' && q && { q }),
    ...(typeof category === 'string' && category && { category }),
  };
}
