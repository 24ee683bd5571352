import { compact, flag, type Json, list, moment, object, text, username } from './fields.ts';

/** A user in the export of a Keycloak realm (`kc.sh export`, in `users` of the realm's JSON). */
export function fromKeycloak(user: Json): Json {
  const password = list(user.credentials).find(({ type }) => type === 'password');
  const name = [text(user.firstName), text(user.lastName)].filter(Boolean).join(' ');
  const kept = username(user.username) === undefined && user.username !== user.email ? text(user.username) : undefined;
  return compact({
    id: text(user.id),
    username: username(user.username),
    primaryEmail: text(user.email),
    isEmailVerified: flag(user.emailVerified),
    name: text(name),
    profile: compact({ givenName: text(user.firstName), familyName: text(user.lastName) }),
    customData: compact({ attributes: object(user.attributes), keycloakUsername: kept }),
    identities: Object.fromEntries(
      list(user.federatedIdentities).map(({ identityProvider, userId, userName }) => [
        String(identityProvider),
        compact({ userId: String(userId), details: compact({ name: text(userName) }) }),
      ]),
    ),
    isSuspended: user.enabled === false ? true : undefined,
    createdAt: moment(user.createdTimestamp),
    ...(password
      ? {
          passwordAlgorithm: 'Keycloak',
          passwordDigest: JSON.stringify({ secretData: password.secretData, credentialData: password.credentialData }),
        }
      : {}),
  });
}
