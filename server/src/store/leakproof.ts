import { Client } from 'pg';

// Under row-level security PostgreSQL uses an index for a condition only if its functions are marked leakproof: they
// must not reveal hidden rows. The functions of searches do not (their errors are about the pattern), but only a
// superuser may mark them.
const signatures = [
  'lower(text)',
  'textlike(text, text)',
  'texticlike(text, text)',
  'textregexeq(text, text)',
  'texticregexeq(text, text)',
];

const statementOf = (signature: string) => `alter function pg_catalog.${signature} leakproof`;

/** Statements of a superuser that let the searches of one database use their index. */
export const leakproofStatements = signatures.map(statementOf);

/** Marks the functions that are not marked yet, over a superuser's connection. */
export async function markLeakproof(client: Client): Promise<void> {
  const { rows } = await client.query<{ signature: string }>(
    `select signature from unnest($1::text[]) as signature
     where not (select proleakproof from pg_proc where oid = ('pg_catalog.' || signature)::regprocedure)`,
    [signatures],
  );
  for (const { signature } of rows) await client.query(statementOf(signature));
}

/** Like `markLeakproof`, over a new connection. */
export async function markLeakproofAt(superuserUrl: string): Promise<void> {
  const client = new Client({ connectionString: superuserUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await markLeakproof(client);
  } finally {
    await client.end();
  }
}
