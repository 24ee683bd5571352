/** One of every page, with all of its optional parts, for the tests. */
import type { PageFrame, PageView, SocialOption } from '@aldaba/contract';

const picture = (letter: string): string =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text y="8">${letter}</text></svg>`)}`;

export const sampleFrame = (branding: Partial<PageFrame['branding']> = {}): PageFrame => ({
  basePath: '',
  language: 'en',
  branding: {
    name: 'Harbour',
    primaryColor: '#2b5fd9',
    darkPrimaryColor: '#8fb0ff',
    isDarkModeEnabled: true,
    hideAldabaBranding: false,
    ...branding,
  },
  termsOfUseUrl: 'https://example.com/terms',
  privacyPolicyUrl: 'https://example.com/privacy',
  supportEmail: 'help@example.com',
});

export const fullBranding = {
  logoUrl: picture('L'),
  darkLogoUrl: picture('D'),
  favicon: picture('F'),
  darkFavicon: picture('G'),
};

export const option = (platform: SocialOption['platform'], target: string): SocialOption => ({
  id: `${target}-${platform.toLowerCase()}`,
  target,
  platform,
  name: target,
  logo: picture('S'),
  logoDark: picture('T'),
});

const passwordRules = ['at least 8 characters', 'to differ from your name'];
const error = { code: 'session.invalid_credentials', message: 'The account or the password is wrong.' };
const social = [option('Web', 'wechat'), option('Universal', 'github'), option('Native', 'wechat')];

/** Every kind of page at least once, errors and empty states too; the name says which. */
export const sampleViews = {
  signIn: {
    kind: 'sign-in',
    appId: 'app',
    password: true,
    username: 'ana',
    social,
    registerPath: '/register',
    terms: 'checkbox',
    error: { field: 'password', ...error },
  },
  signInFailed: { kind: 'sign-in', appId: 'app', password: true, social: [], terms: 'notice', error },
  signInSocialOnly: { kind: 'sign-in', appId: 'app', password: false, social, terms: 'checkbox', error },
  signInNowhere: {
    kind: 'sign-in',
    appId: 'app',
    password: false,
    social: [option('Native', 'wechat')],
    terms: 'none',
  },
  register: {
    kind: 'register',
    appId: 'app',
    password: true,
    username: 'ana',
    social,
    signInPath: '/sign-in',
    terms: 'checkbox',
    passwordRules,
    error: { field: 'username', code: 'user.username_already_in_use', message: 'This username is taken.' },
  },
  continue: {
    kind: 'continue',
    appId: 'app',
    missing: ['username', 'password'],
    questions: [],
    username: 'ana',
    passwordRules,
    error,
  },
  continuePassword: {
    kind: 'continue',
    appId: 'app',
    missing: ['password'],
    questions: [],
    username: 'ana',
    passwordRules,
  },
  continueExpired: {
    kind: 'continue',
    appId: 'app',
    missing: ['password'],
    expired: true,
    questions: [],
    username: 'ana',
    passwordRules,
  },
  continueQuestions: {
    kind: 'continue',
    appId: 'app',
    missing: [],
    passwordRules: [],
    questions: [
      { name: 'profile.givenName', control: 'text', required: true, value: '', placeholder: 'Ana' },
      { name: 'profile.address.country', control: 'text', required: false, value: 'Spain' },
      { name: 'profile.birthdate', control: 'date', required: false, value: '', description: 'For a gift.' },
      { name: 'profile.seats', control: 'number', label: 'Seats', required: true, value: '1' },
      { name: 'profile.blog', control: 'url', label: 'Blog', required: false, value: '' },
      { name: 'profile.news', control: 'checkbox', label: 'Send me news', required: false, value: 'yes' },
      {
        name: 'profile.plan',
        control: 'select',
        label: 'Plan',
        required: true,
        value: '',
        options: [{ value: 'small', label: 'Small' }],
      },
    ],
    error: { field: 'profile.plan', code: 'guard.invalid_input', message: 'Choose one of the options.' },
  },
  consent: {
    kind: 'consent',
    appId: 'app',
    application: {
      name: 'Notes',
      logoUrl: picture('N'),
      termsOfUseUrl: 'https://notes.example/terms',
      privacyPolicyUrl: 'https://notes.example/privacy',
    },
    user: { name: 'Ana', detail: 'ana', avatar: picture('A') },
    scopes: [{ name: 'See your name', description: 'And your picture' }],
    organizations: [{ id: 'works', name: 'Works' }],
    redirectHost: 'notes.example',
    xsrf: 'one-time',
  },
  endSession: { kind: 'end-session', action: '/oidc/session/end/confirm', xsrf: 'one-time', auto: false },
  signedOut: { kind: 'signed-out', applicationName: 'Notes' },
  unknownSession: { kind: 'unknown-session', continueUrl: 'https://notes.example/' },
  error: { kind: 'error', code: 'oidc.invalid_client', message: 'The application is unknown.', traceId: 'trace' },
  setup: {
    kind: 'setup',
    token: 'one-time',
    username: 'admin',
    passwordRules,
    error: { field: 'confirmPassword', code: 'guard.invalid_input', message: 'The two passwords are different.' },
  },
  setupDone: { kind: 'setup-done', username: 'admin' },
  demoApp: { kind: 'demo-app', endpoint: 'http://localhost:3001' },
} satisfies Record<string, PageView>;

/** Pages that submit themselves: kept apart, because a browser leaves them at once. */
export const leavingViews = {
  endSessionAuto: { kind: 'end-session', action: '/oidc/session/end/confirm', xsrf: 'one-time', auto: true },
  formPost: { kind: 'form-post', action: 'https://notes.example/callback', fields: { code: 'c', state: 's' } },
} satisfies Record<string, PageView>;
