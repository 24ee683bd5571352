/** What the install commands of guides name, and which versions that means. */

const installLine =
  /^\s*(npm (install|create|init)\b|npx |python3? -m venv\b|django-admin |pip install\b|go (mod|get)\b|\. |cd |mkdir |$)/;

/** True for commands that only install or move between folders: their result can serve the next run. */
export const isInstallation = (commands: string): boolean =>
  commands.split('\n').every((line) => installLine.test(line)) &&
  /\b(install|create|init|get|venv|npx)\b/.test(commands);

type Registry = 'npm' | 'create' | 'npx' | 'pip' | 'go';

interface NamedPackage {
  registry: Registry;
  /** Without extras and version. */
  name: string;
}

const starts: [RegExp, Registry][] = [
  [/^\s*npm create\s+/, 'create'],
  [/^\s*npx\s+(?=\S+@latest\b)/, 'npx'],
  [/^\s*npm install\s+/, 'npm'],
  [/^\s*pip install\s+/, 'pip'],
  [/^\s*go get\s+/, 'go'],
];

const bareName = (word: string): string => word.replaceAll(/["']/g, '').replace(/(?<=.)(@|==|>=|\[).*$/, '');

/** The packages that the commands name. Only the first word after `npm create` and `npx` is one. */
function namedPackages(commands: string): NamedPackage[] {
  return commands.split('\n').flatMap((line): NamedPackage[] => {
    const [start, registry] = starts.find(([pattern]) => pattern.test(line)) ?? [];
    if (!start || !registry) return [];
    const words = line
      .replace(start, '')
      .split(/\s+/)
      .filter((word) => word !== '' && !word.startsWith('-'));
    if (registry === 'create') return [{ registry, name: `create-${bareName(words[0] ?? '')}` }];
    if (registry === 'npx') return [{ registry, name: bareName(words[0] ?? '') }];
    return words.map((word) => ({ registry, name: bareName(word) }));
  });
}

/** The commands with `versions` after the names of npm and Go packages. Pip reads its versions as constraints. */
export function pinVersions(commands: string, versions: Record<string, string>): string {
  const lines = commands.split('\n').map((line) => {
    const [start, registry] = starts.find(([pattern]) => pattern.test(line)) ?? [];
    if (!start || !registry || registry === 'pip') return line;
    const [head = ''] = start.exec(line) ?? [];
    const words = line.slice(head.length).split(' ');
    const pinned = words.map((word, index) => {
      const version = versions[registry === 'create' ? `create-${bareName(word)}` : bareName(word)];
      return version === undefined || (/^(create|npx)$/.test(registry) && index > 0)
        ? word
        : `${bareName(word)}@${version}`;
    });
    return head + pinned.join(' ');
  });
  return lines.join('\n');
}

/** Asks the package managers which versions of the named packages are installed. `ask` runs a command in the app. */
export async function findVersions(
  commands: string,
  ask: (command: string) => Promise<string>,
): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  const named = namedPackages(commands);
  const pythonNames = named.filter(({ registry }) => registry === 'pip').map(({ name }) => name);
  if (pythonNames.length > 0) {
    const installed: { name: string; version: string }[] = JSON.parse(await ask('pip list --format json 2>/dev/null'));
    const normal = (name: string) => name.toLowerCase().replaceAll(/[-_.]+/g, '-');
    for (const name of pythonNames) {
      const found = installed.find((candidate) => normal(candidate.name) === normal(name));
      if (found) versions[name] = found.version;
    }
  }
  const questions: Partial<Record<Registry, (name: string) => string>> = {
    npm: (name) => `node -p "require('./node_modules/${name}/package.json').version"`,
    create: (name) => `npm view ${name} version`,
    npx: (name) => `npm view ${name} version`,
    go: (name) => `go list -m -f '{{.Version}}' ${name}`,
  };
  for (const { registry, name } of named) {
    const question = questions[registry]?.(name);
    if (question) versions[name] = (await ask(question)).trim();
  }
  return versions;
}
