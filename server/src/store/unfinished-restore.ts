import type { ClientBase } from 'pg';

/*
 * Marks a restore in progress, because a database with an interrupted restore would look like a new installation. The
 * mark is the comment of the schema, which exists before the first table and which no migration changes.
 */
const mark = 'A restore is under way or was interrupted.';

/** Requires the schema. If another role owns it, the restore continues without the mark. */
export async function beginRestore(client: ClientBase): Promise<void> {
  await client.query(`do $$ begin comment on schema aldaba is '${mark}';
    exception when insufficient_privilege then null; end $$`);
}

export async function endRestore(client: ClientBase): Promise<void> {
  if (await isUnfinished(client)) await client.query('comment on schema aldaba is null');
}

/** @throws Error with a sentence for the operator if the last restore did not finish */
export async function requireNoUnfinishedRestore(client: ClientBase): Promise<void> {
  if (await isUnfinished(client))
    throw new Error(
      'A restore of this database was interrupted, so that rows or uploads are missing. Run "aldaba restore <file> --replace" again.',
    );
}

async function isUnfinished(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ comment: string | null }>(
    "select obj_description(to_regnamespace('aldaba'), 'pg_namespace') as comment",
  );
  return rows[0]?.comment === mark;
}
