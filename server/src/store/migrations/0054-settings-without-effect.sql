-- Settings that were stored and have no effect are refused from now on (422 request.feature_not_supported). Those that are stored
-- are switched off, so that they say what is, and so that programs can send them back.
update sign_in_experiences set updated_at = now(), settings = settings
  || case when settings -> 'captchaPolicy' ->> 'enabled' = 'true'
       then jsonb_build_object('captchaPolicy', settings -> 'captchaPolicy' || '{"enabled":false}') else '{}' end
  || case when settings ->> 'singleSignOnEnabled' = 'true' then '{"singleSignOnEnabled":false}' else '{}'::jsonb end
  || case when settings -> 'socialSignIn' ->> 'automaticAccountLinking' = 'true'
       then jsonb_build_object('socialSignIn', settings -> 'socialSignIn' || '{"automaticAccountLinking":false}') else '{}' end
  || case when settings -> 'passkeySignIn' ->> 'enabled' = 'true'
       then jsonb_build_object('passkeySignIn', settings -> 'passkeySignIn' || '{"enabled":false}') else '{}' end
  || case when settings -> 'adaptiveMfa' ->> 'enabled' = 'true'
            and coalesce(jsonb_array_length(settings -> 'mfa' -> 'factors'), 0) = 0
       then jsonb_build_object('adaptiveMfa', settings -> 'adaptiveMfa' || '{"enabled":false}') else '{}' end
where settings -> 'captchaPolicy' ->> 'enabled' = 'true' or settings ->> 'singleSignOnEnabled' = 'true'
   or settings -> 'socialSignIn' ->> 'automaticAccountLinking' = 'true' or settings -> 'passkeySignIn' ->> 'enabled' = 'true'
   or (settings -> 'adaptiveMfa' ->> 'enabled' = 'true' and coalesce(jsonb_array_length(settings -> 'mfa' -> 'factors'), 0) = 0);

update applications set custom_client_metadata = custom_client_metadata - 'isDeviceFlow'
where custom_client_metadata ->> 'isDeviceFlow' = 'true';
