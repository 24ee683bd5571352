import { phrases } from '../../language/phrases.ts';
import en from './phrases/en.ts';

export const multiFactorPhrases = phrases(en, {
  es: () => import('./phrases/es.ts'),
  'zh-CN': () => import('./phrases/zh-cn.ts'),
});
