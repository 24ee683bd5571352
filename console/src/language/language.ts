/** The languages of the Console, with their own names. */
export const languages = { en: 'English', es: 'Español', 'zh-CN': '简体中文' } as const;
export type Language = keyof typeof languages;

const key = 'aldaba.language';
const isLanguage = (text: string | null | undefined): text is Language => text != null && text in languages;

/** The first language of the browser that the Console speaks; any Chinese gets the Simplified one. */
function browserLanguage(): Language {
  for (const wanted of navigator.languages) {
    const base = wanted.toLowerCase().split('-')[0] ?? '';
    const found = base === 'zh' ? 'zh-CN' : base;
    if (isLanguage(found)) return found;
  }
  return 'en';
}

const stored = (): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // Storage may be switched off.
  }
};

let current: Language | undefined;
const listeners = new Set<() => void>();

export function currentLanguage(): Language {
  if (current) return current;
  const chosen = stored();
  current = isLanguage(chosen) ? chosen : browserLanguage();
  document.documentElement.lang = current;
  return current;
}

export function chooseLanguage(language: Language): void {
  current = language;
  document.documentElement.lang = language;
  try {
    localStorage.setItem(key, language);
  } catch {
    // The choice then lasts until the page is left.
  }
  for (const listener of listeners) listener();
}

export function onLanguageChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
