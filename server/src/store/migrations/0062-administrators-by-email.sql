-- Administrators sign in with a username or an email address, and no sign-in asks for the other of the two, unless an operator chose
-- identifiers in the admin tenant.
update sign_in_experiences set updated_at = now(), settings = settings || '{
  "signUp": {"identifiers": [], "password": false, "verify": false},
  "signIn": {"methods": [
    {"identifier": "username", "password": true, "verificationCode": false, "isPasswordPrimary": true},
    {"identifier": "email", "password": true, "verificationCode": false, "isPasswordPrimary": true}]}}'
where tenant_id = 'admin' and not settings ? 'signIn' and not settings ? 'signUp';
