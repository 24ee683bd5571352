/** One of every part of the account page, for the tests. */
import {
  type AccountProof,
  type AccountScreen,
  type AccountView,
  languageNames,
  pageLanguages,
} from '@aldaba/contract/pages';

/** One pixel. */
const picture =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const time = Date.UTC(2026, 0, 2);
const entry = { id: 'one', name: 'Firefox, Linux', detail: '192.0.2.1', since: time, isRemovable: true };
const wrongCode = { field: 'code', code: 'verification_code.code_mismatch', message: 'The code is wrong.' } as const;
const account = (screen: AccountScreen, more: Partial<AccountView> = {}): AccountView => ({
  kind: 'account',
  screen,
  ...more,
});
const proof: { part: 'proof'; next: 'email'; others: AccountProof[] } = { part: 'proof', next: 'email', others: [] };

export const accountViews = {
  accountDisabled: account({ part: 'disabled' }),
  accountHome: account(
    {
      part: 'home',
      user: { name: 'Ana María', detail: 'ana@example.com', avatar: picture },
      sections: [
        { section: 'profile' },
        { section: 'email', value: 'ana@example.com' },
        { section: 'factors' },
        { section: 'delete' },
      ],
      deletesAt: time,
      deletionUrl: 'https://example.com/delete',
    },
    { notice: 'deletionCanceled' },
  ),
  accountProofPassword: account(
    { ...proof, method: 'password', others: ['authenticator', 'email'], username: 'ana' },
    { error: { code: 'session.invalid_credentials', message: 'The password is wrong.' } },
  ),
  accountProofCode: account(
    { ...proof, method: 'email', maskedAddress: 'a****@example.com', resendAfter: 25 },
    { error: wrongCode },
  ),
  accountProofSend: account({ ...proof, method: 'phone', maskedAddress: '****3456' }),
  accountProofApp: account({ ...proof, method: 'authenticator' }),
  accountProofPasskey: account({
    ...proof,
    method: 'passkey',
    passkey: { options: { challenge: 'a' }, recordId: 'r' },
  }),
  accountProofSignIn: account({ ...proof, method: 'signIn', signInUrl: 'https://id.example/oidc/auth?prompt=login' }),
  accountProfile: account(
    {
      part: 'profile',
      initial: 'Ana',
      isEditable: true,
      avatar: { address: picture, isEditable: true },
      questions: [
        { name: 'profile.name', control: 'text', required: false, value: 'Ana' },
        { name: 'profile.birthdate', control: 'text', required: false, value: '' },
      ],
    },
    { notice: 'saved' },
  ),
  accountPicture: account(
    { part: 'profile', initial: 'Ana', isEditable: true, avatar: { isEditable: true }, questions: [] },
    { error: { field: 'file', code: 'guard.file_size_exceeded', message: 'The file is too large.' } },
  ),
  accountUsername: account({ part: 'username', value: 'ana', isEditable: true }),
  accountEmail: account(
    {
      part: 'address',
      type: 'email',
      value: 'ana.maria.de.los.angeles@correspondence.example.com',
      isEditable: true,
      isChangeable: true,
    },
    { notice: 'removed' },
  ),
  accountCompanyEmail: account({
    part: 'address',
    type: 'email',
    value: 'ana@acme.example',
    isEditable: false,
    isChangeable: false,
    isOfCompany: true,
  }),
  accountPhone: account({ part: 'address', type: 'phone', isEditable: false, isChangeable: false }),
  accountCode: account({ part: 'address-code', type: 'email', address: 'new@example.com' }, { error: wrongCode }),
  accountPassword: account({
    part: 'password',
    username: 'ana',
    hasPassword: true,
    passwordRules: [{ text: 'have at least 8 characters', check: { minLength: 8 } }],
  }),
  accountFactors: account({
    part: 'factors',
    factors: [
      { ...entry, id: 'app', type: 'Totp', name: '', isRenamable: false },
      { ...entry, id: 'key', type: 'WebAuthn', name: 'Phone', isRenamable: true },
    ],
    addable: ['WebAuthn', 'BackupCode'],
    skipsAtSignIn: false,
  }),
  accountApp: account(
    { part: 'totp', secret: 'JBSWY3DPEHPK3PXP', qrCode: 'data:image/png;base64,iVBORw0KGgo=', sealed: 's' },
    { error: wrongCode },
  ),
  accountPasskey: account({ part: 'passkey', options: { challenge: 'a' }, recordId: 'r' }),
  accountCodes: account({ part: 'codes', codes: ['0a1b2c3d4e', '93a4b5c6d7'], sealed: 's' }),
  accountSocial: account({
    part: 'social',
    linked: [{ ...entry, name: 'GitHub' }],
    linkable: [{ id: 'google', name: 'Google', logo: picture }],
  }),
  accountSessions: account(
    {
      part: 'sessions',
      isEditable: true,
      sessions: [
        { ...entry, isCurrent: true, isRemovable: false },
        { ...entry, id: 'two', name: '', isCurrent: false },
      ],
      devices: [entry],
    },
    { notice: 'ended' },
  ),
  accountApplications: account({ part: 'applications', applications: [{ ...entry, name: 'Shop' }] }),
  accountData: account({ part: 'data' }, { notice: 'proved' }),
  accountLanguage: account({
    part: 'language',
    value: 'es',
    languages: pageLanguages.map((tag) => ({ tag, name: languageNames[tag] })),
  }),
  accountDelete: account({ part: 'delete', days: 14 }),
} satisfies Record<string, AccountView>;
