import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** Folder of the Flask example. */
export const flaskExample = join(root, 'examples/flask-wechat');

let found: Promise<string> | undefined;

/**
 * Path of a Python that has what the Flask example needs: `ALDABA_TEST_PYTHON`, or an environment in `.cache/venv` that
 * is made at the first run and again when the example's requirements change.
 */
export const python = (): Promise<string> => {
  found ??= process.env.ALDABA_TEST_PYTHON ? Promise.resolve(process.env.ALDABA_TEST_PYTHON) : ownPython();
  return found;
};

async function ownPython(): Promise<string> {
  const requirements = join(flaskExample, 'requirements.txt');
  const folder = join(root, '.cache/venv');
  const program = join(folder, 'bin/python');
  const stamp = join(folder, 'requirements.sha256');
  const wanted = createHash('sha256').update(await readFile(requirements)).digest('hex');
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted) return program;
  await rm(folder, { recursive: true, force: true });
  try {
    await run('python3', ['-m', 'venv', folder]);
    await run(program, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  } catch (error) {
    throw new Error('The Flask tests need Python 3 with venv and pip. Install it, or set ALDABA_TEST_PYTHON.', { cause: error });
  }
  // Written last: an installation that was cut short is made again.
  await writeFile(stamp, wanted);
  return program;
}
