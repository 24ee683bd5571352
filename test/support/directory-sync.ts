import assert from 'node:assert/strict';
import type { LdapSync, LdapSyncRun } from '@aldaba/contract';
import type { Manager } from './management.ts';

/** The syncs of directories: how one stands, its start, and its end. The API may be there only when they are called. */
export function syncsOf(api: () => Manager) {
  const syncOf = async (id: string) => (await api().get(`/api/sso-connectors/${id}/sync`)).body as LdapSync;
  /** Waits for the end of a run that began after another one. */
  const ended = async (id: string, before: LdapSyncRun | null): Promise<LdapSyncRun> => {
    for (;;) {
      const { lastRun } = await syncOf(id);
      if (lastRun && lastRun.finishedAt !== null && lastRun.startedAt !== before?.startedAt) return lastRun;
    }
  };
  const run = async (id: string, options: object = {}): Promise<LdapSyncRun> => {
    const { lastRun } = await syncOf(id);
    const { status, body } = await api().post(`/api/sso-connectors/${id}/sync/run`, options);
    assert.equal(status, 202, JSON.stringify(body));
    return ended(id, lastRun);
  };
  return { syncOf, ended, run };
}
