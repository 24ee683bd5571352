-- Indexes for what was found only by reading a whole table: what belongs to a deleted application, and counters whose time is over.
create index access_tokens_application on access_tokens (tenant_id, application_id);
create index interactions_application on interactions (tenant_id, application_id);
create index attempt_limits_window on attempt_limits (window_started_at);
create index organization_invitations_organization on organization_invitations (tenant_id, organization_id);
