import type { Generated } from 'kysely';

/** Settings of a tenant, messages, events and the audit log. Rows as PostgreSQL keeps them; see `schema.ts`. */
type Json = unknown;

interface CustomPhraseRow {
  tenant_id: string;
  id: string;
  language_tag: string;
  translation: Json;
}

interface EmailTemplateRow {
  tenant_id: string;
  id: string;
  language_tag: string;
  template_type: string;
  details: Json;
  created_at: Generated<Date>;
}

interface CustomProfileFieldRow {
  tenant_id: string;
  id: string;
  name: string;
  type: string;
  label: Generated<string>;
  description: string | null;
  required: boolean;
  config: Generated<Json>;
  sie_order: number;
  created_at: Generated<Date>;
}

interface OneTimeTokenRow {
  tenant_id: string;
  id: string;
  email: string;
  token_hash: string;
  token_sealed: string;
  context: Generated<Json>;
  status: string;
  created_at: Date;
  expires_at: Date;
}

interface VerificationCodeRow {
  tenant_id: string;
  address_hash: string;
  purpose: string;
  code_hash: string;
  tries: Generated<number>;
  expires_at: Date;
  window_started_at: Date;
}

interface MessageLimitRow {
  tenant_id: string;
  key: string;
  sent: number;
  expires_at: Date;
}

interface SecretRow {
  tenant_id: string;
  id: string;
  user_id: string;
  type: string;
  value_sealed: string;
  metadata: Generated<Json>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

interface UserAssetRow {
  tenant_id: string;
  id: string;
  content_type: string;
  size: number;
  created_at: Generated<Date>;
}

interface CustomUiAssetRow {
  tenant_id: string;
  id: string;
  files: Json;
  created_at: Generated<Date>;
}

interface HookRow {
  tenant_id: string;
  id: string;
  name: string;
  event: string | null;
  events: Generated<string[]>;
  config_sealed: string;
  signing_key_sealed: string;
  enabled: Generated<boolean>;
  created_at: Generated<Date>;
}

interface JobRow {
  tenant_id: string;
  id: Generated<number>;
  queue: string;
  lane: string;
  payload: Json;
  attempts: Generated<number>;
  run_at: Date;
  created_at: Date;
}

interface DailyActiveUserRow {
  tenant_id: string;
  date: string;
  user_id: string;
}

interface LogRow {
  tenant_id: string;
  id: string;
  key: string;
  payload: Json;
  user_id: string | null;
  application_id: string | null;
  hook_id: string | null;
  created_at: Date;
}

export interface SettingsTables {
  hooks: HookRow;
  jobs: JobRow;
  daily_active_users: DailyActiveUserRow;
  logs: LogRow;
  custom_phrases: CustomPhraseRow;
  email_templates: EmailTemplateRow;
  custom_profile_fields: CustomProfileFieldRow;
  one_time_tokens: OneTimeTokenRow;
  verification_codes: VerificationCodeRow;
  message_limits: MessageLimitRow;
  secrets: SecretRow;
  user_assets: UserAssetRow;
  custom_ui_assets: CustomUiAssetRow;
}
