-- Domains that a connector's provider answers for, and addresses that nobody has verified: an import may bring them.
alter table connectors add column email_domains text[] not null default '{}';
alter table users add column is_email_verified boolean not null default true;
