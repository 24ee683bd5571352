import type { Queries } from '../../store/database.ts';
import { findList, type Listed, type Slice } from '../../store/list.ts';
import { sql } from '../../store/sql.ts';

export interface StoredApplicationGrant {
  id: string;
  scope: string;
  createdAt: Date;
  expiresAt: Date;
  user: {
    id: string;
    name: string | null;
    username: string | null;
    primaryEmail: string | null;
    avatar: string | null;
  };
  session: { id: string; authenticatedAt: Date; ip: string | null; userAgent: string | null } | undefined;
}

/** The live grants of an application, newest first. */
export const findApplicationGrants = (
  q: Queries,
  applicationId: string,
  { now, slice }: { now: Date; slice: Slice },
): Promise<Listed<StoredApplicationGrant>> =>
  findList(
    q,
    sql
      .selectFrom('grants')
      .innerJoin('users', (join) =>
        join.onRef('users.tenant_id', '=', 'grants.tenant_id').onRef('users.id', '=', 'grants.user_id'),
      )
      .leftJoin('sessions', (join) =>
        join
          .onRef('sessions.tenant_id', '=', 'grants.tenant_id')
          .onRef('sessions.uid', '=', 'grants.session_uid')
          .on('sessions.expires_at', '>', now),
      )
      .select(['grants.id', 'grants.scope', 'grants.created_at', 'grants.expires_at', 'grants.user_id'])
      .select(['users.name', 'users.username', 'users.primary_email', 'users.avatar'])
      .select(['sessions.uid', 'sessions.authenticated_at', 'sessions.ip', 'sessions.user_agent'])
      .where('grants.tenant_id', '=', q.tenantId)
      .where('grants.application_id', '=', applicationId)
      .where('grants.expires_at', '>', now)
      .orderBy('grants.created_at', 'desc')
      .orderBy('grants.id'),
    {
      slice,
      toItem: (row) => ({
        id: row.id,
        scope: row.scope,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        user: {
          id: row.user_id,
          name: row.name,
          username: row.username,
          primaryEmail: row.primary_email,
          avatar: row.avatar,
        },
        session:
          row.uid === null || row.authenticated_at === null
            ? undefined
            : { id: row.uid, authenticatedAt: row.authenticated_at, ip: row.ip, userAgent: row.user_agent },
      }),
    },
  );
