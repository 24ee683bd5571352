import type { Generated, GeneratedAlways } from 'kysely';

/** Who and what a tenant has: users, applications, roles, resources, connectors. Rows as PostgreSQL keeps them; see `schema.ts`. */
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
  username_key: GeneratedAlways<string | null>;
  username_claim: GeneratedAlways<string | null>;
  primary_email_key: GeneratedAlways<string | null>;
  primary_phone: string | null;
  password_digest: string | null;
  password_algorithm: string | null;
  name: string | null;
  avatar: string | null;
  profile: Generated<Json>;
  custom_data: Generated<Json>;
  logto_config: Generated<Json>;
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
  day: string;
  part: number;
  users: number;
}

interface RoleCountRow {
  tenant_id: string;
  role_id: string;
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

interface MfaVerificationRow {
  tenant_id: string;
  id: string;
  user_id: string;
  type: string;
  name: string | null;
  created_at: Date;
  last_used_at: Date | null;
  secret_sealed: string | null;
  last_step: number | null;
  codes_used_at: (Date | null)[] | null;
  rp_id: string | null;
  credential_id: string | null;
  public_key: string | null;
  counter: number | null;
  transports: string[] | null;
  agent: string | null;
}

interface TrustedDeviceRow {
  tenant_id: string;
  id: string;
  user_id: string;
  secret_hash: string;
  user_agent: string | null;
  ip: string | null;
  country: string | null;
  city: string | null;
  created_at: Date;
  last_used_at: Date;
  expires_at: Date;
}

interface UserGeoLocationRow {
  tenant_id: string;
  user_id: string;
  latitude: number;
  longitude: number;
  updated_at: Date;
}

interface UserSignInCountryRow {
  tenant_id: string;
  user_id: string;
  country: string;
  last_sign_in_at: Date;
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
  user_created_at: GeneratedAlways<Date | null>;
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

interface ApplicationSignInExperienceRow {
  tenant_id: string;
  application_id: string;
  settings: Json;
}

export interface DirectoryTables {
  application_sign_in_experiences: ApplicationSignInExperienceRow;
  tenants: TenantRow;
  tenant_settings: TenantSettingRow;
  applications: ApplicationRow;
  application_secrets: ApplicationSecretRow;
  users: UserRow;
  user_counts: UserCountRow;
  role_counts: RoleCountRow;
  user_identities: UserIdentityRow;
  mfa_verifications: MfaVerificationRow;
  trusted_devices: TrustedDeviceRow;
  user_geo_locations: UserGeoLocationRow;
  user_sign_in_countries: UserSignInCountryRow;
  resources: ResourceRow;
  scopes: ScopeRow;
  roles: RoleRow;
  roles_scopes: RoleScopeRow;
  users_roles: UserRoleRow;
  applications_roles: ApplicationRoleRow;
  connectors: ConnectorRow;
  sign_in_experiences: SignInExperienceRow;
}
