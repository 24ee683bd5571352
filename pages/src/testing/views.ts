/** One of every page, with all of its optional parts, for the tests. */
import type { PageFrame, PageView, PasswordRule, SignInView, SocialOption } from '@aldaba/contract/pages';
import { accountViews } from './account-views.ts';
import { portalViews } from './portal-views.ts';

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

const passwordRules: PasswordRule[] = [
  { text: 'have at least 8 characters', check: { minLength: 8 } },
  { text: 'use at least 3 kinds of characters', check: { minTypes: 3 } },
  { text: 'not contain your name' },
];
const error = { code: 'session.invalid_credentials', message: 'The account or the password is wrong.' };
const social = [option('Web', 'wechat'), option('Universal', 'github'), option('Native', 'wechat')];

const byPassword = { identifiers: ['username'], form: 'password' } satisfies Partial<SignInView>;
const noForm = { identifiers: [], form: 'none' } satisfies Partial<SignInView>;

const wrongCode = { field: 'code', code: 'verification_code.code_mismatch', message: 'The code is wrong.' } as const;

/** Pages of addresses and of the codes that are sent to them. */
const addressViews = {
  signInByAny: {
    kind: 'sign-in',
    appId: 'app',
    identifiers: ['username', 'email', 'phone'],
    form: 'identifier',
    notice: 'password-changed',
    sso: true,
    social: [option('Web', 'wechat')],
    registerPath: '/register',
    terms: 'notice',
  },
  signInWithForgotten: {
    kind: 'sign-in',
    appId: 'app',
    identifiers: ['username', 'email'],
    form: 'password',
    forgotPasswordPath: '/forgot-password',
    social: [],
    registerPath: '/register',
    terms: 'notice',
  },
  signInPassword: {
    kind: 'sign-in-password',
    appId: 'app',
    identifier: 'ana.maria.de.los.angeles@correspondence.example.com',
    code: true,
    forgotPasswordPath: '/forgot-password',
    agreed: true,
  },
  signInPasswordWrong: { kind: 'sign-in-password', appId: 'app', identifier: 'ana', code: false, agreed: false, error },
  signInByCode: {
    kind: 'sign-in',
    appId: 'app',
    identifiers: ['email'],
    form: 'code',
    social: [],
    registerPath: '/register',
    terms: 'none',
  },
  registerByEmail: {
    kind: 'register',
    appId: 'app',
    form: 'email',
    typedAddress: 'ana@example.com',
    social: [],
    signInPath: '/sign-in',
    terms: 'checkbox',
    passwordRules: [],
    error: { field: 'address', code: 'user.invalid_email', message: 'This is not a valid email address.' },
  },
  continueAddress: {
    kind: 'continue',
    appId: 'app',
    missing: [],
    address: 'phone',
    typedAddress: '+34 600 000 000',
    questions: [],
    passwordRules: [],
  },
  forgotPassword: { kind: 'forgot-password', appId: 'app', form: 'emailOrPhone', typedAddress: 'ana', error },
  resetPassword: { kind: 'reset-password', appId: 'app', username: 'ana', passwordRules },
  verificationCode: {
    kind: 'verification-code',
    appId: 'app',
    channel: 'email',
    address: 'ana.maria.de.los.angeles@correspondence.example.com',
    backPath: '/sign-in',
    passwordPath: '/sign-in/password',
    resendAfter: 25,
    expiresIn: 595,
    resent: true,
  },
  verificationCodeWrong: {
    kind: 'verification-code',
    appId: 'app',
    channel: 'phone',
    address: '+34 600 000 000',
    backPath: '/continue',
    expiresIn: 300,
    error: wrongCode,
  },
  oneTimeToken: {
    kind: 'one-time-token',
    appId: 'app',
    email: 'ana.maria.de.los.angeles@correspondence.example.com',
    token: 'one-time',
    terms: 'checkbox',
  },
  oneTimeTokenUsed: { kind: 'one-time-token', appId: 'app', email: 'ana@example.com', terms: 'notice', error },
} satisfies Record<string, PageView>;

const challenge = 'c2FtcGxlLWNoYWxsZW5nZQ';
/** Pages of second factors. */
const factorViews = {
  totp: {
    kind: 'second-factor',
    appId: 'app',
    factor: 'Totp',
    others: ['WebAuthn', 'BackupCode', 'EmailVerificationCode', 'PhoneVerificationCode'],
    unusual: true,
    trust: { days: 30, isChosen: true },
  },
  backupCode: { kind: 'second-factor', appId: 'app', factor: 'BackupCode', others: ['Totp'], error: wrongCode },
  emailToSend: {
    kind: 'second-factor',
    appId: 'app',
    factor: 'EmailVerificationCode',
    others: ['Totp'],
    maskedAddress: 'a****@example.com',
  },
  phoneSent: {
    kind: 'second-factor',
    appId: 'app',
    factor: 'PhoneVerificationCode',
    others: [],
    maskedAddress: '*****0000',
    resendAfter: 25,
  },
  passkey: {
    kind: 'second-factor',
    appId: 'app',
    factor: 'WebAuthn',
    others: ['Totp', 'BackupCode'],
    options: { challenge, rpId: 'localhost', allowCredentials: [], userVerification: 'preferred' },
  },
  chooseFactor: {
    kind: 'choose-factor',
    appId: 'app',
    factors: ['WebAuthn', 'Totp', 'EmailVerificationCode', 'PhoneVerificationCode'],
    ready: ['EmailVerificationCode'],
    skippable: true,
  },
  chooseAnother: { kind: 'choose-factor', appId: 'app', factors: ['Totp'], skippable: false, additional: true, error },
  bindTotp: {
    kind: 'bind-app',
    appId: 'app',
    secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    qrCode: picture('Q'),
    hasOthers: true,
    skippable: true,
  },
  bindPasskey: {
    kind: 'bind-passkey',
    appId: 'app',
    options: {
      challenge,
      rp: { id: 'localhost', name: 'Harbour' },
      user: { id: 'YW5h', name: 'ana', displayName: 'Ana' },
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
      excludeCredentials: [],
      authenticatorSelection: { residentKey: 'required' },
    },
    hasOthers: true,
    skippable: false,
  },
  backupCodes: {
    kind: 'backup-codes',
    appId: 'app',
    codes: [
      '0a1b2c3d4e',
      '1b2c3d4e5f',
      '2c3d4e5f60',
      '3d4e5f6071',
      '4e5f607182',
      '5f60718293',
      '60718293a4',
      '718293a4b5',
      '8293a4b5c6',
      '93a4b5c6d7',
    ],
  },
} satisfies Record<string, PageView>;

/** Every kind of page at least once, errors and empty states too; the name says which. */
export const sampleViews = {
  ...accountViews,
  ...portalViews,
  signIn: {
    kind: 'sign-in',
    appId: 'app',
    ...byPassword,
    username: 'ana',
    social,
    registerPath: '/register',
    terms: 'checkbox',
    error: { field: 'password', ...error },
  },
  signInFailed: { kind: 'sign-in', appId: 'app', ...byPassword, social: [], terms: 'notice', error },
  signInSocialOnly: { kind: 'sign-in', appId: 'app', ...noForm, social, terms: 'checkbox', error },
  signInNowhere: {
    kind: 'sign-in',
    appId: 'app',
    ...noForm,
    social: [option('Native', 'wechat')],
    terms: 'none',
  },
  register: {
    kind: 'register',
    appId: 'app',
    form: 'username',
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
  continuePicture: {
    kind: 'continue',
    appId: 'app',
    missing: [],
    passwordRules: [],
    questions: [{ name: 'profile.avatar', control: 'picture', required: false, value: picture('A') }],
    error: { field: 'file', code: 'guard.mime_type_not_allowed', message: 'Files of this kind cannot be uploaded.' },
  },
  ...addressViews,
  ...factorViews,
  consent: {
    kind: 'consent',
    appId: 'app',
    application: {
      name: 'Notes',
      logoUrl: picture('N'),
      termsOfUseUrl: 'https://notes.example/terms',
      privacyPolicyUrl: 'https://notes.example/privacy',
    },
    user: {
      name: 'Ana',
      detail: 'ana.maria.de.los.angeles@correspondence.example.com',
      avatar: picture('A'),
    },
    scopes: [{ name: 'See your name', description: 'And your picture' }],
    organizations: [{ id: 'works', name: 'Works' }],
    redirectHost: 'notes.example',
    xsrf: 'one-time',
  },
  endSession: { kind: 'end-session', action: '/oidc/session/end/confirm', xsrf: 'one-time', auto: false },
  signedOut: { kind: 'signed-out', applicationName: 'Notes' },
  samlUnanswered: {
    kind: 'saml-sign-out',
    step: 'unanswered',
    applications: ['Payroll'],
    action: '/api/saml/sign-out',
  },
  samlIncomplete: { kind: 'saml-sign-out', step: 'incomplete', applications: ['Payroll', 'Time & attendance'] },
  unknownSession: { kind: 'unknown-session', continueUrl: 'https://notes.example/' },
  endedSession: {
    kind: 'unknown-session',
    isSignedIn: true,
    applicationName: 'Notes',
    continueUrl: 'https://notes.example/',
  },
  chooseAccount: {
    kind: 'choose-account',
    appId: 'app',
    applicationName: 'Notes',
    account: { id: 'u1', name: 'Ana López', detail: 'ana.lopez.with.a.long.address@mail.example.com' },
    signInPath: '/sign-in',
  },
  switchAccount: {
    kind: 'choose-account',
    appId: 'app',
    applicationName: 'Notes',
    account: { id: 'u1', name: 'Ana López', detail: 'ana@mail.example.com' },
    expected: 'eve.with.a.long.address@mail.example.com',
    signInPath: '/one-time-token?login_hint=eve%40example.com&one_time_token=t&switch=yes',
  },
  linkAccount: {
    kind: 'link-account',
    appId: 'app',
    provider: 'Google',
    maskedAddress: 'a****@mail.example.com',
    registers: true,
    terms: 'checkbox',
  },
  singleSignOn: {
    kind: 'single-sign-on',
    appId: 'app',
    typedAddress: 'ada@acme.example',
    terms: 'checkbox',
    error: { code: 'session.sso_not_available', message: 'Single sign-on is not set up for this email address.' },
  },
  singleSignOnConnectors: {
    kind: 'single-sign-on-connectors',
    appId: 'app',
    address: 'a.very.long.address.of.a.person@mail.acme.example',
    connectors: [
      { id: 'acme', name: 'Acme', logo: picture('A'), logoDark: picture('B') },
      { id: 'globex', name: 'A company with a long name of its own and its partners', logo: picture('G') },
    ],
    terms: 'checkbox',
  },
  singleSignOnPassword: {
    kind: 'single-sign-on-password',
    appId: 'app',
    connector: { id: 'acme', name: 'Acme', logo: picture('A') },
    identifier: 'a.very.long.address.of.a.person@mail.acme.example',
    terms: 'none',
    error: { field: 'password', code: 'session.invalid_credentials', message: 'The account or the password is wrong.' },
  },
  singleSignOnName: {
    kind: 'single-sign-on-password',
    appId: 'app',
    connector: { id: 'acme', name: 'A company with a long name of its own and its partners', logo: picture('A') },
    terms: 'checkbox',
  },
  error: { kind: 'error', code: 'oidc.invalid_client', message: 'The application is unknown.', traceId: 'trace' },
  setup: {
    kind: 'setup',
    token: 'one-time',
    identifier: 'admin',
    passwordRules,
    error: { field: 'confirmPassword', code: 'guard.invalid_input', message: 'The passwords do not match.' },
  },
  setupByInvitation: {
    kind: 'setup',
    token: 'one-time',
    identifier: 'ana.lopez@mail.example.com',
    invitation: {
      tenantName: 'Notes',
      role: 'read-only',
      email: 'ana.lopez@mail.example.com',
      signInUrl: 'http://localhost:3001/oidc/auth',
    },
    passwordRules,
  },
  setupWithAccount: {
    kind: 'setup',
    token: 'one-time',
    invitation: {
      tenantName: 'Notes',
      role: 'full',
      account: { id: 'u1', name: 'Ana López', detail: 'ana.lopez.with.a.long.address@mail.example.com' },
      signInUrl: 'http://localhost:3001/oidc/auth',
    },
    passwordRules,
  },
  welcome: { kind: 'welcome' },
  demoApp: { kind: 'demo-app', endpoint: 'http://localhost:3001' },
} satisfies Record<string, PageView>;

/** Pages that submit themselves: kept apart, because a browser leaves them at once. */
export const leavingViews = {
  samlSignOut: { kind: 'saml-sign-out', step: 'leaving', applications: ['Payroll'], action: '/api/saml/sign-out' },
  endSessionAuto: { kind: 'end-session', action: '/oidc/session/end/confirm', xsrf: 'one-time', auto: true },
  formPost: { kind: 'form-post', action: 'https://notes.example/callback', fields: { code: 'c', state: 's' } },
} satisfies Record<string, PageView>;
