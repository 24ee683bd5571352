/** Rows `offset` to `offset + limit` of a list. If omitted, the whole list. */
export interface Slice {
  limit: number;
  offset: number;
}

/** Some rows of a list, and their total number. */
export interface Listed<Item> {
  items: Item[];
  total: number;
}
