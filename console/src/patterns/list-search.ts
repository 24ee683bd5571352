import { useNavigate, useSearch } from '@tanstack/react-router';

/** What every list keeps in the address. */
export interface ListSearch {
  /** The words that are searched for. */
  q?: string;
  /** From 1. */
  page?: number;
}

/** Reads the address of a list; for `validateSearch` of its route. Members that are not understood are left out. */
export function listSearch(search: Record<string, unknown>): ListSearch {
  const q = typeof search['q'] === 'string' || typeof search['q'] === 'number' ? String(search['q']) : '';
  const page = Number(search['page']);
  return { ...(q && { q }), ...(Number.isInteger(page) && page > 1 && { page }) };
}

/** Rows of a page of a list. */
export const pageSize = 20;

/** The list's part of the address, and how to change it. A changed search or filter goes back to the first page. */
export function useListSearch() {
  const search = useSearch({ strict: false }) as ListSearch & Record<string, unknown>;
  const navigate = useNavigate();
  const change = (next: Record<string, unknown>, { replace = false } = {}) =>
    void navigate({
      to: '.',
      search: ((before: object) => ({ ...before, ...next })) as never,
      replace,
      resetScroll: false,
    });
  return {
    q: search.q ?? '',
    page: search.page ?? 1,
    setPage: (page: number) => change({ page: page > 1 ? page : undefined }),
    setQuery: (q: string) => change({ q: q || undefined, page: undefined }, { replace: true }),
    /** Removes the search and all filters. */
    showAll: () => void navigate({ to: '.', search: {} as never, replace: true, resetScroll: false }),
    /** Changes filters of the list's own, e.g. `{ type: 'SPA' }`; undefined removes one. */
    setFilters: (filters: Record<string, unknown>) => change({ ...filters, page: undefined }, { replace: true }),
  };
}
