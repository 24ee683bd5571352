import { compact, type Json, moment, object, text, username } from './fields.ts';

/** A user of `manage.py dumpdata auth.user`. Django does not say whether an address is verified. */
export function fromDjango(row: Json): Json {
  const user = object(row.fields ?? row);
  const digest = text(user.password);
  const name = [text(user.first_name), text(user.last_name)].filter(Boolean).join(' ');
  const kept = username(user.username) === undefined && user.username !== user.email ? text(user.username) : undefined;
  return compact({
    username: username(user.username),
    primaryEmail: text(user.email),
    name: text(name),
    profile: compact({ givenName: text(user.first_name), familyName: text(user.last_name) }),
    customData: compact({ djangoId: row.pk ?? undefined, djangoUsername: kept }),
    isSuspended: user.is_active === false ? true : undefined,
    createdAt: moment(user.date_joined),
    lastSignInAt: moment(user.last_login),
    // `!` marks a password that cannot be used.
    ...(digest && !digest.startsWith('!') ? { passwordAlgorithm: 'Django', passwordDigest: digest } : {}),
  });
}
