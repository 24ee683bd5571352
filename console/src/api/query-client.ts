import { ApiError } from '@aldaba/contract/client';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { renewRefused } from '../session/session.ts';

/** A session that ended, or an account that lost its roles, leads to the sign-in page and back. */
function handle(error: unknown): void {
  const tenant = /\/t\/([^/]+)/.exec(location.pathname)?.[1];
  if (error instanceof ApiError && error.status === 401 && tenant) void renewRefused(tenant);
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: handle }),
  mutationCache: new MutationCache({ onError: handle }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // The server may be on this machine: without a network it answers, and if not, the page says so.
      networkMode: 'always',
      // A refusal stays one; a lost connection is worth two more tries.
      retry: (count, error) => !(error instanceof ApiError && error.status < 500) && count < 2,
    },
    mutations: { networkMode: 'always' },
  },
});
