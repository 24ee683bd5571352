/** What every section of the page works on: the form, what the server would refuse, and the connectors. */
import type { ApiError, BodyFrom } from '@aldaba/contract/client';
import type { listConnectors } from '@aldaba/contract/routes';
import { createContext, type ReactNode, useContext } from 'react';
import type { FieldsByCode } from '../../api/errors.ts';
import type { Form } from '../../patterns/use-form.ts';
import type { Values } from './values.ts';

export type Connector = BodyFrom<typeof listConnectors>[number];

interface Settings {
  form: Form<Values>;
  connectors: readonly Connector[];
  /** What the server refuses of the unsaved settings. */
  problem: ApiError | undefined;
  /** Shows the preview in a language. */
  previewIn: (language: string) => void;
}

const Context = createContext<Settings | undefined>(undefined);

export function SettingsProvider({ children, ...settings }: Settings & { children: ReactNode }) {
  return <Context value={settings}>{children}</Context>;
}

export function useSettings(): Settings {
  const settings = useContext(Context);
  if (!settings) throw new Error('This section belongs to the sign-in experience.');
  return settings;
}

/** The section of each rule. */
export const fieldsByCode: FieldsByCode = {
  'sign_in_experiences.username_requires_password': 'signUp',
  'sign_in_experiences.passwordless_requires_verify': 'signUp',
  'sign_in_experiences.miss_sign_up_identifier_in_sign_in': 'signIn',
  'sign_in_experiences.password_sign_in_must_be_enabled': 'signIn',
  'sign_in_experiences.code_sign_in_must_be_enabled': 'signIn',
  'sign_in_experiences.at_least_one_authentication_factor': 'signIn',
  'sign_in_experiences.not_one_and_only_one_primary_sign_in_method': 'signIn',
  'sign_in_experiences.email_verification_code_cannot_be_used_for_mfa': 'signIn',
  'sign_in_experiences.phone_verification_code_cannot_be_used_for_mfa': 'signIn',
  'sign_in_experiences.enabled_connector_not_found': 'signIn',
  'sign_in_experiences.forgot_password_method_requires_connector': 'forgotPasswordMethods',
  'sign_in_experiences.unsupported_default_language': 'languageInfo',
  'custom_profile_fields.entity_not_exists_with_names': 'signUpProfileFields',
  'custom_ui.not_found': 'customUiAssets',
  'localization.invalid_translation_structure': 'phrases',
};

/** The section in which a refusal is shown; undefined if it concerns single inputs or the page as a whole. */
export function sectionOf(error: ApiError, { signUp }: Values): keyof Values | undefined {
  if (error.is('sign_in_experiences.enabled_connector_not_found')) {
    const { targets, type } = error.data as { targets?: string[]; type?: 'Email' | 'Sms' };
    if (targets) return 'socialSignInConnectorTargets';
    return signUp.identifiers.includes(type === 'Email' ? 'email' : 'phone') ? 'signUp' : 'signIn';
  }
  return error.code && (fieldsByCode[error.code] as keyof Values | undefined);
}
