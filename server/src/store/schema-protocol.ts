import type { Generated } from 'kysely';

/** What the protocol and the sign-in keep, and what limits them. Rows as PostgreSQL keeps them; see `schema.ts`. */
type Json = unknown;

interface SigningKeyRow {
  tenant_id: string;
  id: string;
  algorithm: string;
  status: string;
  public_jwk: Json;
  private_jwk_sealed: string | null;
  created_at: Generated<Date>;
  effective_at: Date | null;
  retired_at: Date | null;
  longest_life: Generated<number>;
}

interface SessionRow {
  tenant_id: string;
  id_hash: string;
  uid: string;
  user_id: string;
  authenticated_at: Date;
  amr: Generated<string[]>;
  last_submission: unknown;
  past_authorizations: Generated<Json>;
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
  consent: Json | null;
  amr: string[] | null;
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
  is_exchanged: Generated<boolean>;
  personal_access_token_id: string | null;
  subject_token_id: string | null;
  claims: Json | null;
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

interface PersonalAccessTokenRow {
  tenant_id: string;
  id: Generated<string>;
  user_id: string;
  name: string;
  value_hash: string;
  value_sealed: string;
  created_at: Generated<Date>;
  expires_at: Date | null;
}

interface SubjectTokenRow {
  tenant_id: string;
  id: Generated<string>;
  token_hash: string;
  user_id: string;
  creator_id: string | null;
  context: Json;
  created_at: Generated<Date>;
  expires_at: Date;
  consumed_at: Date | null;
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

export interface ProtocolTables {
  application_consent_user_scopes: ConsentUserScopeRow;
  application_consent_resource_scopes: ConsentResourceScopeRow;
  application_consent_organization_scopes: ConsentOrganizationScopeRow;
  application_consent_organizations: ConsentOrganizationRow;
  application_access_users: AccessUserRow;
  application_access_roles: AccessRoleRow;
  application_access_organizations: AccessOrganizationRow;
  application_access_organization_roles: AccessOrganizationRoleRow;
  personal_access_tokens: PersonalAccessTokenRow;
  subject_tokens: SubjectTokenRow;
  signing_keys: SigningKeyRow;
  sessions: SessionRow;
  grants: GrantRow;
  authorization_codes: AuthorizationCodeRow;
  refresh_tokens: RefreshTokenRow;
  access_tokens: AccessTokenRow;
  interactions: InteractionRow;
  attempt_limits: AttemptLimitRow;
  one_time_links: OneTimeLinkRow;
}
