/**
 * Lets the Console import guides: `<name>/guide.md` is its steps, a module of its own; with `?card` it is what the
 * library of guides shows of it. Translations, `<name>/guide.<language>.md`, give the same with other words.
 */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parseGuide, parseTranslation } from './format.ts';

const address = /^(?<file>.*\/guides\/[\w-]+\/guide(?<translation>\.[\w-]+)?\.md)(?<card>\?card)?$/;

/** @returns {import('vite').Plugin} whose build fails with file and line for a mistake in a guide */
export function guidesPlugin() {
  return {
    name: 'guides',
    enforce: 'pre',
    async load(id) {
      const { file, translation, card } = address.exec(id)?.groups ?? {};
      if (!file) return null;
      this.addWatchFile(file);
      const original = await readGuide(dirname(file));
      const guide = translation ? parseTranslation(original, await readFile(file, 'utf8'), file) : original;
      return { code: card ? cardModule(guide) : stepsModule(guide), moduleType: 'js', map: null };
    },
  };
}

async function readGuide(folder) {
  const file = join(folder, 'guide.md');
  return parseGuide(basename(folder), await readFile(file, 'utf8'), file);
}

/** Everything of the header, with the icon itself in place of its name. */
function cardModule({ steps, icon, ...card }) {
  const isLive = steps.some(({ blocks }) => blocks.some(({ kind }) => kind === 'live-check'));
  return `import { ${icon} as icon } from '@tabler/icons-react';
export default { ...${JSON.stringify({ ...card, iconName: icon, isLive })}, icon };`;
}

/** The steps; of prose the HTML alone. */
function stepsModule({ steps }) {
  return `export default ${JSON.stringify(steps, (key, value) => (key === 'markdown' ? undefined : value))};`;
}
