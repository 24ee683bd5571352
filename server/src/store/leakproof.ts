import { Client } from 'pg';

// Row-level security lets an index serve a condition only when its functions are known not to leak the rows it hides.
// Those of searches leak none (what they refuse is the pattern), but only a superuser may say so.
const signatures = [
  'lower(text)',
  'textlike(text, text)',
  'texticlike(text, text)',
  'textregexeq(text, text)',
  'texticregexeq(text, text)',
];

const statementOf = (signature: string) => `alter function pg_catalog.${signature} leakproof`;

/** Statements for a superuser, one database each, that let searches use their index. */
export const leakproofStatements = signatures.map(statementOf);

/** Sends those statements that the database of a superuser's connection has not seen yet. */
export async function markLeakproof(client: Client): Promise<void> {
  const { rows } = await client.query<{ signature: string }>(
    `select signature from unnest($1::text[]) as signature
     where not (select proleakproof from pg_proc where oid = ('pg_catalog.' || signature)::regprocedure)`,
    [signatures],
  );
  for (const { signature } of rows) await client.query(statementOf(signature));
}

/** The same over a connection of its own. */
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
