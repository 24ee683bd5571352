/** Invented users who can consent on the sandbox's pages. */
export interface Persona {
  /** What a page of the sandbox sends to name the user who consents. */
  readonly key: string;
  readonly nickname: string;
  /** One sentence for the operator: what this persona lets one try. */
  readonly note: string;
  readonly openid: string;
  /** The persona's number at providers that count their users. */
  readonly number: number;
  readonly email: string;
  readonly isEmailVerified: boolean;
  /** Left out for a person known to one app only, as when the app is not linked to an Open Platform account. */
  readonly unionid?: string;
  readonly sex: 0 | 1 | 2;
  readonly province: string;
  readonly city: string;
  readonly country: string;
  /** A data URL: nothing of the sandbox is fetched from elsewhere. */
  readonly headimgurl: string;
}

const portrait = (background: string, skin: string, hair: string): string =>
  `data:image/svg+xml,${encodeURIComponent(
    [
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="132" height="132">',
      `<rect width="64" height="64" fill="${background}"/>`,
      `<path d="M12 64c0-12 9-18 20-18s20 6 20 18Z" fill="${hair}" opacity=".75"/>`,
      `<circle cx="32" cy="28" r="13" fill="${skin}"/>`,
      `<path d="M18 28c0-10 6-15 14-15s14 5 14 15c-3-6-8-8-14-8s-11 2-14 8Z" fill="${hair}"/>`,
      '</svg>',
    ].join(''),
  )}`;

export const personas: readonly Persona[] = [
  {
    key: 'mei',
    nickname: '林小梅',
    note: 'The same person in the app and on the web (unionid), with a verified email address.',
    openid: 'oSandbox-mei-5b1f0c7d92e8',
    number: 1001,
    email: 'mei@people.example',
    isEmailVerified: true,
    unionid: 'uSandbox-mei-a3d94e60b17c',
    sex: 2,
    province: 'Zhejiang',
    city: 'Hangzhou',
    country: 'CN',
    headimgurl: portrait('#d7ecdf', '#f3cfae', '#2b2430'),
  },
  {
    key: 'rafael',
    nickname: 'Rafael “Rafa” Ortiz <test>',
    note: 'A name with quotes and angle brackets: it must come out as typed.',
    openid: 'oSandbox-rafael-e07c2a9f418b',
    number: 1002,
    email: 'rafael@people.example',
    isEmailVerified: true,
    unionid: 'uSandbox-rafael-71f5d80c36a2',
    sex: 1,
    province: '',
    city: 'Sevilla',
    country: 'ES',
    headimgurl: portrait('#f6dfc6', '#d9a27a', '#4a2e1f'),
  },
  {
    key: 'aino',
    nickname: 'Aino 🌲',
    note: 'No unionid at WeChat, and no verified email address elsewhere.',
    openid: 'oSandbox-aino-92d6b4e1f053',
    number: 1003,
    email: 'aino@people.example',
    isEmailVerified: false,
    sex: 0,
    province: '',
    city: '',
    country: '',
    headimgurl: portrait('#d9e4f5', '#f6dcc4', '#b98a4a'),
  },
];

/** The persona with that key, if there is one. */
export const findPersona = (key: string): Persona | undefined => personas.find((persona) => persona.key === key);

/** The standard claims of a persona (OpenID Connect Core section 5.1). */
export const claimsOf = ({ key, nickname, headimgurl, email, isEmailVerified }: Persona) => ({
  sub: `sandbox-${key}`,
  name: nickname,
  picture: headimgurl,
  email,
  email_verified: isEmailVerified,
});
