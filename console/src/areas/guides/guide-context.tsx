import type { Application } from '@aldaba/contract/routes';
import { createContext, use } from 'react';
import type { PlaceholderValues } from '../../../guides/placeholders.ts';

/** What the blocks of a guide share. */
export interface GuideContext {
  values: PlaceholderValues;
  /** Missing in guides for APIs. */
  application: Application | undefined;
  isSecretShown: boolean;
  onShowSecret: (isShown: boolean) => void;
}

const Context = createContext<GuideContext | undefined>(undefined);

export const GuideProvider = Context.Provider;

export function useGuide(): GuideContext {
  const found = use(Context);
  if (!found) throw new Error('useGuide is called outside of a guide.');
  return found;
}
