import type { Generated } from 'kysely';

/** Organizations and their template. Rows as PostgreSQL keeps them; see `schema.ts`. */
type Json = unknown;

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

export interface OrganizationsTables {
  organization_scopes: OrganizationScopeRow;
  organization_roles: OrganizationRoleRow;
  organizations: OrganizationRow;
  organization_invitations: OrganizationInvitationRow;
}
