import type { BackupCodesView, BindAppView, BindPasskeyView, PageView, SignInFactor } from '@aldaba/contract';
import { backupCode, backupCodes } from './backup-code.tsx';
import type { BindingPage, FactorPage } from './factor.tsx';
import { bindPasskey, passkey } from './passkey.tsx';
import { emailCode, phoneCode } from './sent-code.tsx';
import { bindApp, totp } from './totp.tsx';

export const factorPages: Readonly<Record<SignInFactor, FactorPage>> = {
  Totp: totp,
  WebAuthn: passkey,
  BackupCode: backupCode,
  EmailVerificationCode: emailCode,
  PhoneVerificationCode: phoneCode,
};

export type BindingView = BindAppView | BindPasskeyView | BackupCodesView;
const bindingPages: { readonly [Kind in BindingView['kind']]: BindingPage<Extract<BindingView, { kind: Kind }>> } = {
  'bind-app': bindApp,
  'bind-passkey': bindPasskey,
  'backup-codes': backupCodes,
};
/** The page of a view on which a factor is set up; undefined for other views. */
export const bindingPageOf = ({ kind }: Pick<PageView, 'kind'>): BindingPage<PageView> | undefined =>
  Object.hasOwn(bindingPages, kind) ? (bindingPages[kind as BindingView['kind']] as BindingPage<PageView>) : undefined;
