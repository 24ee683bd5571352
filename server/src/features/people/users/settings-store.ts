import type { Queries } from '../../../store/index.ts';

export interface StoredLogtoConfig {
  mfa?: Record<string, boolean>;
  passkeySignIn?: Record<string, boolean>;
}

export async function findLogtoConfig(q: Queries, userId: string): Promise<StoredLogtoConfig | undefined> {
  const [row] = await q.raw<{ logto_config: StoredLogtoConfig }>(
    'select logto_config from users where tenant_id = $1 and id = $2',
    [q.tenantId, userId],
  );
  return row?.logto_config;
}

/** Merges both groups member by member, in one statement. */
export async function mergeLogtoConfig(
  q: Queries,
  userId: string,
  patch: { mfa?: object | undefined; passkeySignIn?: object | undefined },
): Promise<StoredLogtoConfig | undefined> {
  const [row] = await q.raw<{ logto_config: StoredLogtoConfig }>(
    `update users set logto_config = logto_config || jsonb_build_object(
       'mfa', coalesce(logto_config -> 'mfa', '{}') || $3::jsonb,
       'passkeySignIn', coalesce(logto_config -> 'passkeySignIn', '{}') || $4::jsonb)
      where tenant_id = $1 and id = $2 returning logto_config`,
    [q.tenantId, userId, JSON.stringify(patch.mfa ?? {}), JSON.stringify(patch.passkeySignIn ?? {})],
  );
  return row?.logto_config;
}
