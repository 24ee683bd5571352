import type { Pool } from 'pg';

/** The table behind the adapter: one for all models, with the columns that they are looked up by. */
export const adapterTable = `
  create table oidc_models (
    model text not null,
    id text not null,
    payload jsonb not null,
    grant_id text,
    uid text,
    user_code text,
    consumed_at timestamptz,
    expires_at timestamptz,
    primary key (model, id)
  );
  create index on oidc_models (grant_id);
  create index on oidc_models (model, uid) where uid is not null;
  create index on oidc_models (model, user_code) where user_code is not null;
  create index on oidc_models (expires_at);
`;

interface Payload {
  grantId?: string;
  uid?: string;
  userCode?: string;
}
interface Row {
  payload: Payload;
  consumed_at: Date | null;
  expires_at: Date | null;
}

/** Storage of `oidc-provider` in PostgreSQL: one prepared statement per call; `count` is called for each. */
export function createAdapterClass(pool: Pool, count: () => void) {
  const send = (name: string, text: string, values: unknown[]) => {
    count();
    return pool.query<Row>({ name, text, values });
  };
  const readBy = async (column: 'id' | 'uid' | 'user_code', model: string, value: string) => {
    const text = `select payload, consumed_at, expires_at from oidc_models where model = $1 and ${column} = $2`;
    const { rows } = await send(`by-${column}`, text, [model, value]);
    const row = rows[0];
    if (!row || (row.expires_at && row.expires_at.getTime() < Date.now())) return undefined;
    return row.consumed_at ? { ...row.payload, consumed: Math.floor(row.consumed_at.getTime() / 1000) } : row.payload;
  };

  return class PostgresAdapter {
    readonly model: string;
    constructor(model: string) {
      this.model = model;
    }
    async upsert(id: string, payload: Payload, expiresIn?: number) {
      const text = `insert into oidc_models (model, id, payload, grant_id, uid, user_code, expires_at) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (model, id) do update set payload = excluded.payload, grant_id = excluded.grant_id, uid = excluded.uid,
        user_code = excluded.user_code, expires_at = excluded.expires_at`;
      const expiresAt = expiresIn === undefined ? null : new Date(Date.now() + expiresIn * 1000);
      const { grantId = null, uid = null, userCode = null } = payload;
      await send('upsert', text, [this.model, id, payload, grantId, uid, userCode, expiresAt]);
    }
    find(id: string) {
      return readBy('id', this.model, id);
    }
    findByUid(uid: string) {
      return readBy('uid', this.model, uid);
    }
    findByUserCode(userCode: string) {
      return readBy('user_code', this.model, userCode);
    }
    async consume(id: string) {
      await send('consume', 'update oidc_models set consumed_at = now() where model = $1 and id = $2', [
        this.model,
        id,
      ]);
    }
    async destroy(id: string) {
      await send('destroy', 'delete from oidc_models where model = $1 and id = $2', [this.model, id]);
    }
    async revokeByGrantId(grantId: string) {
      await send('revoke', 'delete from oidc_models where grant_id = $1', [grantId]);
    }
  };
}
