import type { ClientBase } from 'pg';
import type { Vault } from '../kernel/crypto.ts';

const context = 'installation/secret-check';

/**
 * Seals a known value in the database once, and opens it at every start. A node with another secret could not read
 * sealed values, and would seal values that other nodes cannot read.
 *
 * @throws Error that names `ALDABA_SECRET`
 */
export async function requireSameSecret(client: ClientBase, vault: Vault): Promise<void> {
  const read = async () =>
    (await client.query<{ value: string }>("select value from installation where key = 'secret'")).rows[0]?.value;
  let sealed = await read();
  if (sealed === undefined) {
    await requireReadableKey(client, vault);
    // If several nodes start together, one seals the value and all of them open it.
    await client.query("insert into installation (key, value) values ('secret', $1) on conflict do nothing", [
      JSON.stringify(vault.seal('aldaba', context)),
    ]);
    sealed = await read();
  }
  if (!opens(vault, sealed ?? '', context)) throw new Error(sentence);
}

const sentence =
  'ALDABA_SECRET is not the secret that this database was set up with, so that its keys and connector secrets cannot be read. ' +
  'Start with the same ALDABA_SECRET as the other nodes, or with the file `secret` of the data folder that it was set up with.';

/** Databases of older versions have no sealed value; opening one of their signing keys checks the secret. */
async function requireReadableKey(client: ClientBase, vault: Vault): Promise<void> {
  const { rows } = await client.query<{ tenant_id: string; id: string; private_jwk_sealed: string }>(
    'select tenant_id, id, private_jwk_sealed from signing_keys where private_jwk_sealed is not null limit 1',
  );
  const [key] = rows;
  if (key && !opens(vault, key.private_jwk_sealed, `${key.tenant_id}/signing_keys/${key.id}`))
    throw new Error(sentence);
}

function opens(vault: Vault, sealed: string, of: string): boolean {
  try {
    vault.open(sealed, of);
    return true;
  } catch {
    return false;
  }
}
