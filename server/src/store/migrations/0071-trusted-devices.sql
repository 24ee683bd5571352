-- Sign-ins create trusted devices now: an organization may refuse them, and expired ones are swept.
alter table organizations add column is_trusted_device_allowed boolean not null default true;
create index trusted_devices_expiry on trusted_devices (expires_at);
