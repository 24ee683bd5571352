/** What the account page shows: one view with the part of it that is open. Plain data, like every view. */
import type { PageError, PasswordRule, ProfileQuestion } from './page-fields.ts';
import type { LanguageChoice } from './page-frame.ts';

/** A part of the account page, which is also its path below `/account/`. */
export const accountSections = [
  'profile',
  'username',
  'email',
  'phone',
  'password',
  'factors',
  'factors/totp',
  'factors/passkey',
  'factors/codes',
  'social',
  'sessions',
  'applications',
  'data',
  'language',
  'delete',
] as const;
export type AccountSection = (typeof accountSections)[number];

/** How a user proves to be the owner of the account. */
export type AccountProof = 'password' | 'passkey' | 'authenticator' | 'email' | 'phone' | 'signIn';

/** What was done a moment ago. */
export type AccountNotice = 'saved' | 'removed' | 'ended' | 'proved' | 'resent' | 'deletionCanceled';

/** A line of a list, with the button that takes it away where that is allowed. */
export interface AccountEntry {
  id: string;
  name: string;
  detail?: string;
  /** Milliseconds since the epoch. */
  since?: number;
  isRemovable: boolean;
}

export type AccountScreen =
  | { part: 'disabled' }
  | {
      part: 'home';
      user: { name: string; detail?: string; avatar?: string };
      sections: { section: AccountSection; value?: string }[];
      /** When the account will be deleted; milliseconds since the epoch. */
      deletesAt?: number;
      /** The operator's page for the deletion of accounts. */
      deletionUrl?: string;
    }
  | {
      part: 'proof';
      next: AccountSection;
      method: AccountProof;
      /** The others that the user has. */
      others: AccountProof[];
      /** Where a code goes, with most of it hidden. */
      maskedAddress?: string;
      /** Seconds until another code can be sent without waiting; absent while none was sent. */
      resendAfter?: number;
      /** Of a passkey: PublicKeyCredentialRequestOptionsJSON, and the record that the answer belongs to. */
      passkey?: { options: Record<string, unknown>; recordId: string };
      signInUrl?: string;
      username?: string;
    }
  | {
      part: 'profile';
      questions: ProfileQuestion[];
      avatar?: { address?: string; isEditable: boolean };
      initial: string;
      isEditable: boolean;
    }
  | { part: 'username'; value: string; isEditable: boolean }
  | {
      part: 'address';
      type: 'email' | 'phone';
      value?: string;
      isEditable: boolean;
      /** Whether a code can be sent to a new one. */
      isChangeable: boolean;
      /** The company of the address signs the user in. */
      isOfCompany?: boolean;
      typedAddress?: string;
    }
  | { part: 'address-code'; type: 'email' | 'phone'; address: string; resendAfter?: number }
  | { part: 'password'; username?: string; hasPassword: boolean; passwordRules: PasswordRule[] }
  | {
      part: 'factors';
      factors: (AccountEntry & { type: 'Totp' | 'WebAuthn' | 'BackupCode'; isRenamable: boolean })[];
      addable: ('Totp' | 'WebAuthn' | 'BackupCode')[];
      /** Whether the sign-in leaves the second factor out; absent where the tenant does not leave that to users. */
      skipsAtSignIn?: boolean;
    }
  | { part: 'totp'; secret: string; qrCode: string; sealed: string }
  | { part: 'passkey'; options: Record<string, unknown>; recordId: string }
  | { part: 'codes'; codes: string[]; sealed: string }
  | {
      part: 'social';
      linked: AccountEntry[];
      /** Providers to link, by the id of their connector. */
      linkable: { id: string; name: string; logo: string; logoDark?: string }[];
    }
  | {
      part: 'sessions';
      sessions: (AccountEntry & { isCurrent: boolean })[];
      devices: AccountEntry[];
      isEditable: boolean;
    }
  | { part: 'applications'; applications: AccountEntry[] }
  | { part: 'data' }
  | { part: 'language'; value: string; languages: LanguageChoice['languages'] }
  | { part: 'delete'; days: number };

export interface AccountView {
  kind: 'account';
  screen: AccountScreen;
  notice?: AccountNotice;
  error?: PageError;
}
