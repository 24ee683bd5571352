import * as contract from '@aldaba/contract';
import { standardSecret } from '../kernel/ids.ts';
import {
  type Command,
  type Invocation,
  type Option,
  type Output,
  Refused,
  requireYes,
  type Terminal,
  text,
  UsageError,
  word,
  yesOption,
} from './command.ts';
import { facts, moment, table } from './layout.ts';
import { moreLine, pageOptions, readPage, readSearch } from './paging.ts';

type User = contract.User;

const password: Option = {
  type: 'string',
  value: 'text',
  description: 'The password; - reads it from standard input. Default: a generated password, which is printed',
};
const aUser = 'the user by ID, username, email address or phone number';

export const userCommands: readonly Command[] = [
  {
    name: 'user create',
    summary: 'Create a user',
    example: 'user create --username ana --name "Ana" --email ana@example.com',
    options: {
      username: { type: 'string', value: 'name', description: 'Letters, digits and underscores' },
      email: { type: 'string', value: 'address', description: 'Email address; treated as verified' },
      phone: { type: 'string', value: 'digits', description: 'Phone number with the country code' },
      name: { type: 'string', value: 'text', description: 'Full name' },
      password,
      'no-password': {
        type: 'boolean',
        description: 'Create the user without a password, for sign-in with verification codes',
      },
    },
    fields: {
      username: '--username',
      primaryEmail: '--email',
      primaryPhone: '--phone',
      name: '--name',
      password: '--password',
    },
    run: createUser,
  },
  {
    name: 'user list',
    summary: 'List the users, newest first',
    options: {
      search: { type: 'string', value: 'text', description: 'Part of a name, username, email address or phone number' },
      ...pageOptions,
    },
    run: listUsers,
  },
  {
    name: 'user show',
    summary: 'Show a user',
    words: '<user>',
    run: async (invocation) => describe(await findUser(invocation)),
  },
  {
    name: 'user reset-password',
    summary: 'Set a new password and end the sessions of the user',
    words: '<user>',
    options: { password },
    fields: { password: '--password' },
    run: resetPassword,
  },
  {
    name: 'user suspend',
    summary: 'End all sessions of a user and block sign-in; --undo reverts it',
    words: '<user>',
    options: { undo: { type: 'boolean', description: 'Allow the user to sign in again' } },
    async run(invocation) {
      const user = await findUser(invocation);
      const isSuspended = invocation.options.undo !== true;
      const changed = await invocation.app.api.call(contract.updateUserIsSuspended, invocation.tenant, {
        params: { userId: user.id },
        body: { isSuspended },
      });
      const line = isSuspended ? 'is suspended. All sessions have ended.' : 'can sign in again.';
      return { text: [`${nameOf(user)} (${user.id}) ${line}`], data: changed };
    },
  },
  {
    name: 'user delete',
    summary: 'Delete a user and all their data',
    words: '<user>',
    options: yesOption,
    async run(invocation) {
      const user = await findUser(invocation);
      const { id } = user;
      await requireYes(invocation, `Delete the user ${nameOf(user)} (${id}) and all their data?`);
      await invocation.app.api.call(contract.deleteUser, invocation.tenant, { params: { userId: id } });
      return { text: [`Deleted the user ${nameOf(user)} (${id}).`], data: { id, deleted: true } };
    },
  },
];

/** The password that the options give, or a new one that has to be printed. */
async function readPassword(terminal: Terminal): Promise<{ value: string; isGenerated: boolean }> {
  const given = text(terminal, 'password');
  if (given === undefined) return { value: standardSecret(), isGenerated: true };
  const value = given === '-' ? (await terminal.readInput()).replace(/\r?\n$/, '') : given;
  if (value === '') throw new UsageError('The password is empty.');
  return { value, isGenerated: false };
}

async function createUser(invocation: Invocation): Promise<Output> {
  const { app, tenant } = invocation;
  const identifiers = {
    username: text(invocation, 'username'),
    primaryEmail: text(invocation, 'email'),
    primaryPhone: text(invocation, 'phone'),
  };
  if (Object.values(identifiers).every((value) => value === undefined))
    throw new UsageError('Give at least one of --username, --email and --phone.');
  const withoutPassword = invocation.options['no-password'] === true;
  if (withoutPassword && text(invocation, 'password') !== undefined)
    throw new UsageError('Give --password or --no-password, not both.');
  const chosen = withoutPassword ? undefined : await readPassword(invocation);
  const user = await app.api.call(contract.createUser, tenant, {
    body: { ...identifiers, name: text(invocation, 'name'), password: chosen?.value },
  });
  const generated = chosen?.isGenerated ? chosen.value : undefined;
  return {
    text: facts([
      ['User', nameOf(user)],
      ['User ID', user.id],
      ['Password', generated],
    ]),
    data: { ...user, ...(generated === undefined ? {} : { password: generated }) },
  };
}

async function listUsers(invocation: Invocation): Promise<Output> {
  const page = readPage(invocation);
  const search = text(invocation, 'search');
  const { items, total } = await invocation.app.api.list(contract.listUsers, invocation.tenant, {
    query: readSearch(invocation),
    page,
  });
  const rows = items.map((user) => [
    user.id,
    user.username,
    user.primaryEmail,
    user.primaryPhone,
    user.name,
    moment(user.lastSignInAt),
    user.isSuspended ? 'suspended' : 'active',
  ]);
  return {
    text: [
      ...table(
        ['ID', 'Username', 'Email', 'Phone', 'Name', 'Last sign-in (UTC)', 'State'],
        rows,
        search === undefined ? 'No users exist.' : `No user matches "${search}".`,
      ),
      ...moreLine(page, total),
    ],
    data: { total, items },
  };
}

async function findUser(invocation: Invocation): Promise<User> {
  const { app, tenant } = invocation;
  const value = word(invocation, aUser);
  const identifiers = [
    { type: 'username', value },
    { type: 'email', value },
    { type: 'phone', value: value.replace(/^\+/, '') },
  ] as const;
  let found = await app.users.find(tenant.db, value);
  for (const identifier of identifiers) found ??= await app.users.findByIdentifier(tenant.db, identifier);
  if (!found) throw new Refused(`No user "${value}" exists. Use "user list --search …" to find users.`);
  return app.api.call(contract.getUser, tenant, { params: { userId: found.id } });
}

const nameOf = ({ username, primaryEmail, primaryPhone, name, id }: User): string =>
  username ?? primaryEmail ?? primaryPhone ?? name ?? id;

function describe(user: User): Output {
  return {
    text: facts([
      ['User ID', user.id],
      ['Username', user.username],
      ['Email', user.primaryEmail],
      ['Phone', user.primaryPhone],
      ['Name', user.name],
      ['State', user.isSuspended ? 'suspended' : 'active'],
      ['Password', user.hasPassword ? 'set' : 'none'],
      ['Identities', Object.keys(user.identities).join(', ')],
      ['Created', moment(user.createdAt)],
      ['Last sign-in', moment(user.lastSignInAt) || 'never'],
    ]),
    data: user,
  };
}

async function resetPassword(invocation: Invocation): Promise<Output> {
  const { app, tenant } = invocation;
  const user = await findUser(invocation);
  const { value, isGenerated } = await readPassword(invocation);
  await app.api.call(contract.updateUserPassword, tenant, { params: { userId: user.id }, body: { password: value } });
  return {
    text: [
      `${nameOf(user)} (${user.id}) has a new password. All sessions have ended.`,
      ...(isGenerated ? facts([['Password', value]]) : []),
    ],
    data: { id: user.id, ...(isGenerated ? { password: value } : {}) },
  };
}
