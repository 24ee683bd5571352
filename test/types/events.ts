/**
 * Wrong events, payloads and audit entries that must not compile. `npm run check` compiles this file: a line under
 * `@ts-expect-error` that compiles is an error of its own.
 */
import type { User } from '../../server/src/features/people/users/index.ts';
import type { Audit } from '../../server/src/kernel/audit.ts';
import type { Events } from '../../server/src/kernel/events.ts';
import type { Transaction } from '../../server/src/store/index.ts';

const user = {} as User;

export function publishing(events: Events<Transaction>, tx: Transaction) {
  const right = [
    () => events.publish(tx, 'User.Deleted', { data: null }),
    () => events.publish(tx, 'User.Created', { data: user }),
    () => events.publish(tx, 'Role.Scopes.Updated', async () => ({ roleId: 'a', data: [] })),
    () => events.publish(tx, 'Organization.Membership.Updated', { data: null, organizationId: 'a', addedUserIds: [] }),
  ];
  const wrong = [
    // @ts-expect-error a deletion has `data: null` and nothing else
    () => events.publish(tx, 'User.Deleted', { wrong: 1 }),
    // @ts-expect-error one member too many
    () => events.publish(tx, 'User.Deleted', { data: null, wrong: 1 }),
    // @ts-expect-error the payload of another event
    () => events.publish(tx, 'Role.Created', { data: user }),
    // @ts-expect-error a misspelled member
    () => events.publish(tx, 'Organization.Membership.Updated', { data: null, organizationId: 'a', addedUsersIds: [] }),
    // @ts-expect-error a member that is missing, behind a promise
    () => events.publish(tx, 'Role.Scopes.Updated', async () => ({ data: [] })),
    // @ts-expect-error an event that does not exist
    () => events.publish(tx, 'User.Renamed', { data: user }),
    // @ts-expect-error not a running transaction
    () => events.publish({ tenantId: 'default' }, 'User.Deleted', { data: null }),
  ];
  return { right, wrong };
}

export function auditing(audit: Audit) {
  const right = [
    () => audit.write('default', { key: 'ExchangeTokenBy.RefreshToken', result: 'Success' }),
    () => audit.write('default', { key: 'Interaction.SignIn.Verification.Password.Submit', result: 'Error' }),
    () => audit.write('default', { key: 'TriggerHook.User.Created', result: 'Success' }),
  ];
  const wrong = [
    // @ts-expect-error a grant that does not exist
    () => audit.write('default', { key: 'ExchangeTokenBy.Password', result: 'Success' }),
    // @ts-expect-error a step of no sign-in
    () => audit.write('default', { key: 'Interaction.SignIn.Verification.Pasword.Submit', result: 'Error' }),
    // @ts-expect-error a webhook's event that does not exist
    () => audit.write('default', { key: 'TriggerHook.User.Renamed', result: 'Success' }),
    // @ts-expect-error a member that an entry does not have
    () => audit.write('default', { key: 'RevokeToken', result: 'Success', user: 'a' }),
  ];
  return { right, wrong };
}
