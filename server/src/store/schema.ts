import type { Generated, GeneratedAlways } from 'kysely';

/** Rows as PostgreSQL keeps them (snake_case). Only `store.ts` files see these; they map them to the shapes of their feature. */
type Json = unknown;

interface TenantRow {
  id: string;
  name: string;
  is_suspended: Generated<boolean>;
  created_at: Generated<Date>;
}
interface TenantSettingRow {
  tenant_id: string;
  key: string;
  value: Json;
}
interface SigningKeyRow {
  tenant_id: string;
  id: string;
  algorithm: string;
  status: string;
  public_jwk: Json;
  private_jwk_sealed: string;
  created_at: Generated<Date>;
  effective_at: Date | null;
}
interface ApplicationRow {
  tenant_id: string;
  id: string;
  name: string;
  type: string;
  description: string | null;
  secret_sealed: string | null;
  oidc_client_metadata: Json;
  custom_client_metadata: Generated<Json>;
  protected_app_metadata: Json | null;
  custom_data: Generated<Json>;
  is_third_party: Generated<boolean>;
  created_at: Generated<Date>;
  app_level_access_control_enabled: Generated<boolean>;
}
interface ApplicationSecretRow {
  tenant_id: string;
  application_id: string;
  name: string;
  value_sealed: string;
  created_at: Generated<Date>;
  expires_at: Date | null;
}
interface UserRow {
  tenant_id: string;
  id: string;
  username: string | null;
  primary_email: string | null;
  /** In lower case; PostgreSQL writes it. */
  primary_email_key: GeneratedAlways<string | null>;
  primary_phone: string | null;
  password_digest: string | null;
  password_algorithm: string | null;
  name: string | null;
  avatar: string | null;
  profile: Generated<Json>;
  custom_data: Generated<Json>;
  logto_config: Generated<Json>;
  mfa_verifications: Generated<Json>;
  application_id: string | null;
  is_suspended: Generated<boolean>;
  is_password_expired: Generated<boolean>;
  last_sign_in_at: Date | null;
  password_updated_at: Date | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}
interface UserCountRow {
  tenant_id: string;
  part: number;
  users: number;
}
interface UserIdentityRow {
  tenant_id: string;
  target: string;
  identity_id: string;
  user_id: string;
  details: Json | null;
  created_at: Generated<Date>;
}
interface ResourceRow {
  tenant_id: string;
  id: string;
  name: string;
  indicator: string;
  is_default: Generated<boolean>;
  access_token_ttl: Generated<number>;
  created_at: Generated<Date>;
}
interface ScopeRow {
  tenant_id: string;
  id: string;
  resource_id: string;
  name: string;
  description: string | null;
  created_at: Generated<Date>;
}
interface RoleRow {
  tenant_id: string;
  id: string;
  name: string;
  description: string;
  type: string;
  is_default: Generated<boolean>;
  created_at: Generated<Date>;
}
interface RoleScopeRow {
  tenant_id: string;
  role_id: string;
  scope_id: string;
}
interface UserRoleRow {
  tenant_id: string;
  user_id: string;
  role_id: string;
}
interface ApplicationRoleRow {
  tenant_id: string;
  application_id: string;
  role_id: string;
}
interface ConnectorRow {
  tenant_id: string;
  id: string;
  connector_id: string;
  sync_profile: Generated<boolean>;
  enable_token_storage: Generated<boolean>;
  config_sealed: string;
  metadata: Generated<Json>;
  created_at: Generated<Date>;
}
interface SignInExperienceRow {
  tenant_id: string;
  settings: Json;
  updated_at: Generated<Date>;
}
interface SessionRow {
  tenant_id: string;
  id_hash: string;
  uid: string;
  user_id: string;
  authenticated_at: Date;
  amr: Generated<string[]>;
  created_at: Generated<Date>;
  expires_at: Date;
}
interface GrantRow {
  tenant_id: string;
  id: string;
  user_id: string;
  application_id: string;
  session_uid: string | null;
  scope: string;
  resources: Generated<string[]>;
  created_at: Generated<Date>;
  expires_at: Date;
}
interface AuthorizationCodeRow {
  tenant_id: string;
  code_hash: string;
  grant_id: string;
  payload: Json;
  consumed_at: Date | null;
  expires_at: Date;
}
interface RefreshTokenRow {
  tenant_id: string;
  token_hash: string;
  grant_id: string;
  payload: Json;
  family_created_at: Date;
  created_at: Generated<Date>;
  consumed_at: Date | null;
  predecessor_hash: string | null;
  delivered: Generated<boolean>;
  expires_at: Date;
}
interface AccessTokenRow {
  tenant_id: string;
  token_hash: string;
  grant_id: string | null;
  user_id: string | null;
  application_id: string;
  scope: string;
  session_uid: string | null;
  created_at: Generated<Date>;
  expires_at: Date;
  act: Json | null;
}
interface InteractionRow {
  tenant_id: string;
  uid_hash: string;
  application_id: string;
  prompt: string;
  request: Json;
  state: Json | null;
  revision: Generated<number>;
  result: Json | null;
  created_at: Generated<Date>;
  expires_at: Date;
}
interface AttemptLimitRow {
  tenant_id: string;
  target_hash: string;
  failures: Generated<number>;
  window_started_at: Date;
  locked_until: Date | null;
}
interface OneTimeLinkRow {
  tenant_id: string;
  token_hash: string;
  purpose: string;
  expires_at: Date;
}

interface OrganizationScopeRow {
  tenant_id: string;
  id: string;
  name: string;
  description: string | null;
  created_at: Generated<Date>;
}
interface OrganizationRoleRow {
  tenant_id: string;
  id: string;
  name: string;
  description: string | null;
  type: Generated<string>;
  created_at: Generated<Date>;
}
interface OrganizationRow {
  tenant_id: string;
  id: string;
  name: string;
  description: string | null;
  custom_data: Generated<Json>;
  is_mfa_required: Generated<boolean>;
  color: Generated<Json>;
  branding: Generated<Json>;
  custom_css: string | null;
  created_at: Generated<Date>;
}
interface OrganizationInvitationRow {
  tenant_id: string;
  id: string;
  organization_id: string;
  inviter_id: string | null;
  invitee: string;
  accepted_user_id: string | null;
  status: Generated<string>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
  expires_at: Date;
}
interface PersonalAccessTokenRow {
  tenant_id: string;
  user_id: string;
  name: string;
  value_hash: string;
  value_sealed: string;
  created_at: Generated<Date>;
  expires_at: Date | null;
}
interface SubjectTokenRow {
  tenant_id: string;
  token_hash: string;
  user_id: string;
  creator_id: string | null;
  context: Json;
  created_at: Generated<Date>;
  expires_at: Date;
  consumed_at: Date | null;
}
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
  sent: Generated<number>;
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

interface ConsentUserScopeRow {
  tenant_id: string;
  application_id: string;
  user_scope: string;
}
interface ConsentResourceScopeRow {
  tenant_id: string;
  application_id: string;
  scope_id: string;
  in_organizations: boolean;
}
interface ConsentOrganizationScopeRow {
  tenant_id: string;
  application_id: string;
  organization_scope_id: string;
}
interface ConsentOrganizationRow {
  tenant_id: string;
  application_id: string;
  user_id: string;
  organization_id: string;
}
interface AccessUserRow {
  tenant_id: string;
  application_id: string;
  user_id: string;
}
interface AccessRoleRow {
  tenant_id: string;
  application_id: string;
  role_id: string;
}
interface AccessOrganizationRow {
  tenant_id: string;
  application_id: string;
  organization_id: string;
}
interface AccessOrganizationRoleRow extends AccessOrganizationRow {
  organization_role_id: string;
}
interface ApplicationSignInExperienceRow {
  tenant_id: string;
  application_id: string;
  settings: Json;
}

export interface Tables {
  application_consent_user_scopes: ConsentUserScopeRow;
  application_consent_resource_scopes: ConsentResourceScopeRow;
  application_consent_organization_scopes: ConsentOrganizationScopeRow;
  application_consent_organizations: ConsentOrganizationRow;
  application_access_users: AccessUserRow;
  application_access_roles: AccessRoleRow;
  application_access_organizations: AccessOrganizationRow;
  application_access_organization_roles: AccessOrganizationRoleRow;
  application_sign_in_experiences: ApplicationSignInExperienceRow;
  personal_access_tokens: PersonalAccessTokenRow;
  subject_tokens: SubjectTokenRow;
  hooks: HookRow;
  jobs: JobRow;
  daily_active_users: DailyActiveUserRow;
  logs: LogRow;
  tenants: TenantRow;
  tenant_settings: TenantSettingRow;
  signing_keys: SigningKeyRow;
  applications: ApplicationRow;
  application_secrets: ApplicationSecretRow;
  users: UserRow;
  user_counts: UserCountRow;
  user_identities: UserIdentityRow;
  resources: ResourceRow;
  scopes: ScopeRow;
  roles: RoleRow;
  roles_scopes: RoleScopeRow;
  users_roles: UserRoleRow;
  applications_roles: ApplicationRoleRow;
  connectors: ConnectorRow;
  sign_in_experiences: SignInExperienceRow;
  sessions: SessionRow;
  grants: GrantRow;
  authorization_codes: AuthorizationCodeRow;
  refresh_tokens: RefreshTokenRow;
  access_tokens: AccessTokenRow;
  interactions: InteractionRow;
  attempt_limits: AttemptLimitRow;
  one_time_links: OneTimeLinkRow;
  custom_phrases: CustomPhraseRow;
  email_templates: EmailTemplateRow;
  custom_profile_fields: CustomProfileFieldRow;
  one_time_tokens: OneTimeTokenRow;
  verification_codes: VerificationCodeRow;
  secrets: SecretRow;
  user_assets: UserAssetRow;
  organization_scopes: OrganizationScopeRow;
  organization_roles: OrganizationRoleRow;
  organizations: OrganizationRow;
  organization_invitations: OrganizationInvitationRow;
}
