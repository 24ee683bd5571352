import { standardSecret } from '../kernel/ids.ts';
import { type Command, type Invocation, required, text } from './command.ts';

export const userCommands: readonly Command[] = [
  {
    name: 'user create',
    summary: 'Create a user who signs in with a username and a password',
    usage:
      'user create --username ana [--password …] [--name "Ana"] [--email ana@example.com]   (a password is made up if none is given)',
    options: {
      username: { type: 'string' },
      password: { type: 'string' },
      name: { type: 'string' },
      email: { type: 'string' },
    },
    run: createUser,
  },
];

async function createUser(invocation: Invocation): Promise<void> {
  const { app, tenant, print } = invocation;
  const username = required(invocation, 'username');
  const given = text(invocation, 'password');
  const password = given ?? standardSecret();
  const digest = await app.passwords.hash(password);
  const user = await tenant.db.transaction((tx) =>
    app.users.create(tx, {
      username,
      password: digest,
      name: text(invocation, 'name'),
      primaryEmail: text(invocation, 'email'),
    }),
  );
  print(`User         ${username}`);
  print(`User ID      ${user.id}`);
  if (given === undefined) print(`Password     ${password}`);
}
