-- New tenants follow the dark scheme of the system. Tenants that exist and never chose colors keep the light scheme they have.

insert into sign_in_experiences (tenant_id, settings)
  select id, '{"color": {"primaryColor": "#4F46E5", "isDarkModeEnabled": false, "darkPrimaryColor": "#8C86F9"}}'::jsonb from tenants
  on conflict (tenant_id) do update
    set settings = excluded.settings || sign_in_experiences.settings
    where not sign_in_experiences.settings ? 'color';
