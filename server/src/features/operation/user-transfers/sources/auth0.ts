import { compact, flag, type Json, list, moment, object, phone, text, username } from './fields.ts';

/** Auth0's provider names that differ from the connectors' targets. */
const targets: Record<string, string> = { 'google-oauth2': 'google', windowslive: 'azuread' };

/**
 * A user of an Auth0 export: the NDJSON of the bulk export job, with the password hashes that Auth0's support provides.
 */
export function fromAuth0(user: Json): Json {
  const social = list(user.identities).filter(
    ({ provider }) =>
      text(provider) !== undefined && provider !== 'auth0' && provider !== 'email' && provider !== 'sms',
  );
  const hash = text(user.passwordHash) ?? text(user.password_hash);
  const custom = user.custom_password_hash;
  return compact({
    id: text(user.user_id) ?? text(user.id),
    username: username(user.username),
    primaryEmail: text(user.email),
    isEmailVerified: flag(user.email_verified),
    primaryPhone: phone(user.phone_number),
    name: text(user.name),
    avatar: text(user.picture),
    profile: compact({
      givenName: text(user.given_name),
      familyName: text(user.family_name),
      nickname: text(user.nickname),
      locale: text(user.locale),
    }),
    customData: compact({ userMetadata: object(user.user_metadata), appMetadata: object(user.app_metadata) }),
    identities: Object.fromEntries(
      social.map(({ provider, user_id, profileData }) => [
        targets[String(provider)] ?? String(provider),
        compact({ userId: String(user_id), details: object(profileData) }),
      ]),
    ),
    isSuspended: flag(user.blocked),
    createdAt: moment(user.created_at),
    updatedAt: moment(user.updated_at),
    lastSignInAt: moment(user.last_login),
    ...(custom !== undefined && custom !== null
      ? { passwordAlgorithm: 'Auth0', passwordDigest: JSON.stringify(custom) }
      : hash !== undefined
        ? { passwordAlgorithm: 'Bcrypt', passwordDigest: hash }
        : {}),
  });
}
