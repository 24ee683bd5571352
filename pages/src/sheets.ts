/** The style sheets of a page, and the CSP sources that allow those inside the document. */
import { createHash } from 'node:crypto';
import type { PageFrame, PageView } from '@aldaba/contract/pages';
import { assetText } from './assets.ts';
import { isStyled } from './policy.ts';
import { embeddable, withColorScheme } from './preview.ts';
import { themeCss } from './theme.ts';

export interface Sheets {
  /** The tenant's colors: always inside the document. */
  theme: string;
  /** In a preview, the pages' own sheet and the operator's are inside the document, too. */
  page?: string;
  custom?: string;
}

export function sheetsOf(frame: PageFrame, view: PageView): Sheets {
  const theme = themeCss(frame.branding);
  const { preview } = frame;
  if (preview === undefined) return { theme };
  const embedded = (css: string) => embeddable(withColorScheme(css, preview.colorScheme));
  const custom = isStyled(view) ? preview.customCss : undefined;
  return {
    theme: embedded(theme),
    page: embedded(assetText('page.css')),
    ...(custom ? { custom: embedded(custom) } : {}),
  };
}

/** One source expression (`'sha256-…'`) for each sheet inside the document. */
export const sourcesOf = (sheets: Sheets): string[] =>
  Object.values(sheets).map((css) => `'sha256-${createHash('sha256').update(css).digest('base64')}'`);
