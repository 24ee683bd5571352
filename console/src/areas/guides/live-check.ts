import { getUser, type LogRecord, listLogs } from '@aldaba/contract/routes';
import { useQuery } from '@tanstack/react-query';
import { apiOf } from '../../api/client.ts';
import { useTenant } from '../../api/queries.ts';
import { nameOfUser } from '../../api/user-names.ts';

/** Milliseconds between two looks. One look reads a few rows by an index; a hidden tab makes none. */
const interval = 2000;

/** The first sign-in that an application finished, as far as the log goes back. */
export interface LiveState {
  /** Undefined until the server has answered once. */
  status: 'waiting' | 'done' | 'failed' | 'unreachable' | undefined;
  /** Name of the user, if it is still known. */
  name?: string | undefined;
  time?: number;
  /** What the server said when the last exchange of a code was refused. */
  reason?: string | undefined;
}

/** Waits until users sign in to an application: until the application has exchanged a code for tokens. */
export function useLiveCheck(applicationId: string): LiveState {
  const tenant = useTenant();
  const { data, error } = useQuery({
    queryKey: [tenant, 'live-check', applicationId],
    queryFn: () => look(tenant, applicationId),
    staleTime: 0,
    retry: false,
    refetchInterval: ({ state }) => (state.data?.status === 'done' ? false : interval),
  });
  return error ? { status: 'unreachable' } : (data ?? { status: undefined });
}

async function look(tenant: string, applicationId: string): Promise<LiveState> {
  const { items } = await apiOf(tenant).list(listLogs, {
    query: { applicationId, logKey: 'ExchangeTokenBy.AuthorizationCode', enableCap: 'true' },
    pageSize: 5,
  });
  const [last] = items;
  const success = items.find(({ payload }) => payload.result === 'Success');
  if (success) return { status: 'done', time: success.createdAt, name: await nameOf(tenant, success.payload.userId) };
  return last ? { status: 'failed', time: last.createdAt, reason: reasonOf(last) } : { status: 'waiting' };
}

async function nameOf(tenant: string, userId: string | undefined): Promise<string | undefined> {
  if (!userId) return undefined;
  try {
    return nameOfUser(await apiOf(tenant).call(getUser, { params: { userId } }));
  } catch {
    return undefined; // The user may have been deleted since.
  }
}

function reasonOf({ payload: { error } }: LogRecord): string | undefined {
  if (typeof error !== 'object') return error;
  const text = error['error_description'] ?? error['message'] ?? error['code'];
  return typeof text === 'string' ? text : undefined;
}
