import { negotiateLanguage, renderPage } from '@aldaba/pages';
import type { OutagePage } from '../../../http/index.ts';
import { sentenceFor } from './words.ts';

/**
 * The error page of a server that cannot read its settings: in the user's language, in the default colors, without
 * database access.
 */
export const renderOutage: OutagePage = (error, { basePath, acceptLanguage, requestId }) => {
  const language = negotiateLanguage({ uiLocales: undefined, acceptLanguage, autoDetect: true, fallback: 'en' });
  const frame = {
    basePath,
    language,
    branding: {
      name: '',
      primaryColor: '#4F46E5',
      darkPrimaryColor: '#8C86F9',
      isDarkModeEnabled: true,
      hideAldabaBranding: true,
    },
  };
  const view = { kind: 'error' as const, code: error.code, message: sentenceFor(error, language), traceId: requestId };
  return { ...renderPage(frame, view, undefined), language };
};
