import axe from 'axe-core';
import type { Page } from 'playwright-core';

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** What a theme decides. */
const colorRules = { type: 'rule', values: ['color-contrast', 'link-in-text-block', 'image-alt', 'svg-img-alt'] };

/**
 * What axe finds wrong on the page as it is shown now, under WCAG 2.2 AA; empty when all is well.
 *
 * @param only `colors` for a page that passed whole in another theme
 */
export async function barriers(page: Page, only?: 'colors'): Promise<string[]> {
  // Each page gets it once.
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source);
  const given = JSON.stringify({ runOnly: only ? colorRules : standards, resultTypes: ['violations'] });
  const found = await page.evaluate<{ id: string; help: string; nodes: { html: string }[] }[]>(
    `axe.run(${given}).then(({ violations }) => violations)`,
  );
  return found.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`,
  );
}
