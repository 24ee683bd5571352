/** The user, addresses and application that previews show. */
import type { PageLanguage, User } from '@aldaba/contract';
import type { Address, GivenIdentifier } from '../machine/state.ts';

const names: Readonly<Record<PageLanguage, string>> = {
  en: 'Alex Rivera',
  es: 'Álex Rivera',
  'zh-CN': '林晓',
  'zh-TW': '林曉',
  ja: '佐藤 葵',
  ko: '김하늘',
  fr: 'Camille Martin',
  de: 'Alex Weber',
  'pt-BR': 'Alex Oliveira',
  it: 'Andrea Rossi',
  ru: 'Саша Иванова',
  ar: 'نور حداد',
};
const applicationNames: Readonly<Record<PageLanguage, string>> = {
  en: 'Example app',
  es: 'App de ejemplo',
  'zh-CN': '示例应用',
  'zh-TW': '範例應用程式',
  ja: 'サンプルアプリ',
  ko: '예시 앱',
  fr: 'Application d’exemple',
  de: 'Beispiel-App',
  'pt-BR': 'App de exemplo',
  it: 'App di esempio',
  ru: 'Пример приложения',
  ar: 'تطبيق تجريبي',
};

/** Reserved for examples (RFC 2606, and the North American Numbering Plan). */
const values = { username: 'alex', email: 'alex@example.com', phone: '12025550143' } as const;

export const sampleIdentifier = (type: GivenIdentifier['type']): GivenIdentifier => ({ type, value: values[type] });
export const sampleAddress = (type: Address['type']): Address => ({ type, value: values[type] });

export const sampleApplication = (language: PageLanguage) => ({
  client: { id: 'preview', name: applicationNames[language] },
  redirectUri: 'https://app.example.com/callback',
});

export const sampleUser = (language: PageLanguage): User => ({
  id: 'preview',
  username: values.username,
  primaryEmail: values.email,
  primaryPhone: null,
  name: names[language],
  avatar: null,
  customData: {},
  identities: {},
  profile: {},
  lastSignInAt: null,
  createdAt: 0,
  updatedAt: 0,
  applicationId: null,
  isSuspended: false,
  hasPassword: true,
});
