-- Applications whose grants in the session were revoked. Their sign-out still ends the session without a question: the SDKs
-- revoke the refresh token first, which destroys the grant.
alter table sessions add column revoked_applications text[] not null default '{}';
