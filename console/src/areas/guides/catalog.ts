/** The guides of `console/guides`: what the library shows comes together, the steps of a guide when it opens. */
import type { TablerIcon } from '@tabler/icons-react';
import type { Guide, Step } from '../../../guides/format.ts';
import type { Language } from '../../language/language.ts';

/** What the library shows of a guide. */
export interface GuideCard extends Omit<Guide, 'steps' | 'icon'> {
  icon: TablerIcon;
  iconName: string;
  /** Whether the guide waits for the first sign-in. */
  isLive: boolean;
}

export const categories = [
  'traditional',
  'spa',
  'native',
  'machine-to-machine',
  'third-party',
  'api',
] as const satisfies readonly GuideCard['category'][];

const cards = import.meta.glob<GuideCard>('../../../guides/*/*.md', {
  query: '?card',
  import: 'default',
  eager: true,
});
const steps = import.meta.glob<readonly Step[]>('../../../guides/*/*.md', { import: 'default' });

const english = '/guide.md';
const inLanguage = (path: string, language: Language): string => path.replace(english, `/guide.${language}.md`);

/** Every guide in the language, or in English where it has no translation: by category, then in their order. */
export const guideCards = (language: Language): GuideCard[] =>
  Object.entries(cards)
    .filter(([path]) => path.endsWith(english))
    .map(([path, card]) => cards[inLanguage(path, language)] ?? card)
    .sort((a, b) => categories.indexOf(a.category) - categories.indexOf(b.category) || a.order - b.order);

export const findCard = (name: string | undefined, language: Language): GuideCard | undefined =>
  guideCards(language).find((card) => card.name === name);

/** Loads the steps of a guide. @throws Error if there is no such guide */
export async function loadSteps(name: string, language: Language): Promise<readonly Step[]> {
  const path = `../../../guides/${name}${english}`;
  const load = steps[inLanguage(path, language)] ?? steps[path];
  if (!load) throw new Error(`There is no guide named ${name}.`);
  return load();
}

/** Guides whose title, language or package has every word of the query, in the categories; none chosen means all. */
export function searchCards(all: readonly GuideCard[], query: string, chosen: readonly string[]): GuideCard[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter(({ title, language, summary, package: installed, category }) => {
    const text = [title, language, summary, installed].join(' ').toLowerCase();
    return (chosen.length === 0 || chosen.includes(category)) && words.every((word) => text.includes(word));
  });
}
