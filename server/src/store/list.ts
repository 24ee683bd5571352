/** Rows `offset` to `offset + limit` of a list. Where a list takes none, it is whole. */
export interface Slice {
  limit: number;
  offset: number;
}

/** Some of a list, and how many there are in all. */
export interface Listed<Item> {
  items: Item[];
  total: number;
}
