/** The user, addresses and application that previews show. */
import type { PageLanguage, User } from '@aldaba/contract';
import type { Address, GivenIdentifier } from '../machine/state.ts';

const names: Readonly<Record<PageLanguage, string>> = { en: 'Alex Rivera', es: 'Álex Rivera', 'zh-CN': '林晓' };
const applicationNames: Readonly<Record<PageLanguage, string>> = {
  en: 'Example app',
  es: 'App de ejemplo',
  'zh-CN': '示例应用',
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
