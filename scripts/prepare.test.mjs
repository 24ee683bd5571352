import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { environmentFor } from './prepare.mjs';

const run = promisify(execFile);

/** Starts a slow hash for each core, then a signature, and prints what ends first. */
const program = `
  import { generateKeyPairSync, pbkdf2, sign } from 'node:crypto';
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ended = (name) => (error) => { console.log(error ?? name); process.exit(); };
  for (let core = 0; core < Number(process.argv[1]); core += 1) pbkdf2('p', 's', 200_000, 64, 'sha512', ended('hash'));
  sign('sha256', Buffer.from('text'), privateKey, ended('signature'));`;

it('signs without waiting while every core hashes a password, also on more than four cores', async () => {
  const { UV_THREADPOOL_SIZE: _, ...inherited } = process.env;
  for (const cores of [2, 4, 8]) {
    const options = { env: { ...inherited, ...environmentFor(cores) } };
    const parameters = ['--input-type=module', '--eval', program, String(cores)];
    const { stdout } = await run(process.execPath, parameters, options);
    assert.equal(stdout.trim(), 'signature', `${cores} cores`);
  }
});
