import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../.cache/venv');

/**
 * The Python with the packages of `requirements.txt`: `npm test` installs it and passes its path, and a single run uses
 * what is there.
 * @throws Error that says what to run if it is missing
 */
export function findPython(): string {
  const given = process.env.ALDABA_TEST_PYTHON;
  const python = given ?? join(folder, 'bin/python');
  // The file that is written last: an installation that was cut short does not count.
  if (existsSync(python) && (given !== undefined || existsSync(join(folder, 'requirements.sha256')))) return python;
  throw new Error(
    `The Python of the tests is missing (${python}). Run \`npm test -- s3-storage\`, which installs it in .cache/venv, ` +
      'or set ALDABA_TEST_PYTHON to a Python with the packages of test/support/requirements.txt.',
  );
}
