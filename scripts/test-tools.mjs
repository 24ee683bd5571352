// What the tests need beyond the workspaces: Chromium, slapd (the directory of a company), Python with the packages of
// `requirements.txt`, and the npm packages of `test/clients/foreign` and `test/clients/published`, which have lock
// files of their own so that starting the product does not install them.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, root } from './runtime.mjs';

/** Installs what is missing and returns the environment variables that name the programs to the tests. */
export function ensureTestTools() {
  ensurePackages('foreign', 'client programs');
  ensurePackages('published', 'published connectors');
  ensureDirectory();
  return { ALDABA_TEST_CHROMIUM: ensureChromium(), ALDABA_TEST_PYTHON: ensurePython() };
}

/**
 * The program `chromium-headless-shell`: the same engine as `chromium --headless`, without the browser's own interface,
 * which takes about half of the tests' processor time.
 */
function ensureChromium() {
  const given = process.env.ALDABA_TEST_CHROMIUM ?? which('chromium-headless-shell');
  if (given) return given;
  const advice =
    'Install it (on Debian: apt-get install chromium-headless-shell), or set ALDABA_TEST_CHROMIUM to a Chromium.';
  if (process.getuid?.() !== 0 || !which('apt-get')) fail(`The browser tests need Chromium. ${advice}`);
  process.stderr.write('Installing Chromium for the browser tests (once; about half a minute) …\n');
  run('apt-get', ['update'], advice);
  run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium-headless-shell'], advice);
  return which('chromium-headless-shell') ?? fail(`Chromium was installed and cannot be found. ${advice}`);
}

/** OpenLDAP's server, which the tests start in folders of their own. The distribution's service stays unconfigured. */
function ensureDirectory() {
  const programs = ['/usr/sbin/slapd', '/usr/bin/openssl'];
  if (programs.every((program) => existsSync(program))) return;
  const packages = ['slapd', 'openssl'];
  const advice = `Install it (on Debian: apt-get install ${packages.join(' ')}).`;
  if (process.getuid?.() !== 0 || !which('apt-get')) fail(`The tests of directories need slapd. ${advice}`);
  process.stderr.write('Installing slapd for the tests of directories (once; a few seconds) …\n');
  run('apt-get', ['update'], advice);
  spawnSync('debconf-set-selections', { input: 'slapd slapd/no_configuration boolean true\n' });
  run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], advice);
}

function ensurePython() {
  if (process.env.ALDABA_TEST_PYTHON) return process.env.ALDABA_TEST_PYTHON;
  const requirements = ['examples/flask-wechat/requirements.txt', 'test/support/requirements.txt'].map((path) =>
    join(root, path),
  );
  const folder = join(root, '.cache/venv');
  const python = join(folder, 'bin/python');
  const stamp = join(folder, 'requirements.sha256');
  const digest = createHash('sha256');
  for (const path of requirements) digest.update(readFileSync(path));
  const wanted = digest.digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  process.stderr.write('Installing the Python packages of the tests (once; about half a minute) …\n');
  const advice =
    'Install Python 3 with venv and pip (on Debian: apt-get install python3-venv), or set ALDABA_TEST_PYTHON.';
  rmSync(folder, { recursive: true, force: true });
  run('python3', ['-m', 'venv', folder], advice);
  const lists = requirements.flatMap((path) => ['-r', path]);
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...lists], advice);
  writeFileSync(stamp, wanted); // last, so that an installation that was cut short is made again
  return python;
}

function ensurePackages(name, what) {
  const folder = join(root, 'test/clients', name);
  const stamp = join(folder, 'node_modules/.lock.sha256');
  const wanted = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  process.stderr.write(`Installing the ${what} of the tests (once; about 10 seconds) …\n`);
  run(
    'npm',
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', folder],
    'See above.',
  );
  writeFileSync(stamp, wanted); // last, so that an interrupted installation is repeated
}

function run(file, args, advice) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, error, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8', env });
  if (status !== 0) fail(`${stdout ?? ''}${stderr ?? error}\n\`${file} ${args.join(' ')}\` failed. ${advice}`);
}

function which(program) {
  try {
    return execFileSync('sh', ['-c', 'command -v "$1"', 'sh', program], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined; // not on the PATH
  }
}
