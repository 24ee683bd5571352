/**
 * Changes that other features must follow in the same transaction, by name, with their members. The feature that
 * changes something does not know its followers, so imports between features keep one direction.
 *
 * A change is not a command. Work that must happen for security (ending the sessions of a suspended user, deleting the
 * grants of an application) is a declared need of the feature, so that the server does not compile without it.
 */
interface ChangeMembers {
  /** A user changed how to sign in to the own account; `formerEmail`: the address before that. */
  'account.changed': {
    userId: string;
    what: AccountChange;
    formerEmail?: string | null | undefined;
    deletesAt?: number;
  };
  /** The captcha provider is about to be deleted. */
  'captcha-provider.deleted': Record<never, never>;
  /** The last connector of a social target was deleted. */
  'connector-target.deleted': { target: string };
  /** A custom profile field was deleted. */
  'profile-field.deleted': { name: string };
  /** Permissions of API resources were renamed or deleted. */
  'scopes.changed': Record<never, never>;
  /** A user is about to be deleted. */
  'user.deleted': { userId: string };
  /** A user has a new email address, which is verified: by the user, or set by an operator. */
  'user-email.verified': { userId: string; email: string };
}

/** What was changed about an account. `reclaimed`: its owner took it from the user who had set it up. */
export type AccountChange =
  | 'password-changed'
  | 'username-changed'
  | 'email-changed'
  | 'email-removed'
  | 'phone-changed'
  | 'phone-removed'
  | 'social-linked'
  | 'social-unlinked'
  | 'factor-added'
  | 'factor-removed'
  | 'deletion-requested'
  | 'deletion-canceled'
  | 'reclaimed';

type ChangeName = keyof ChangeMembers;
type Handler<Tx, Name extends ChangeName> = (tx: Tx, change: ChangeMembers[Name]) => Promise<void>;

/** `Tx` is the store's type of a running transaction, which the kernel does not know. */
export interface Changes<Tx> {
  /** Registers a handler. It runs in the transaction of the change; if it throws, the change is rolled back. */
  on: <Name extends ChangeName>(name: Name, handler: Handler<Tx, Name>) => void;
  /**
   * Runs the handlers of a change one after the other.
   * @throws Error if no handler is registered, because the server is wired incompletely
   */
  announce: <Name extends ChangeName>(tx: Tx, name: Name, change: ChangeMembers[Name]) => Promise<void>;
}

export function createChanges<Tx>(): Changes<Tx> {
  const handlers: { [Name in ChangeName]: Handler<Tx, Name>[] } = {
    'account.changed': [],
    'captcha-provider.deleted': [],
    'connector-target.deleted': [],
    'profile-field.deleted': [],
    'scopes.changed': [],
    'user.deleted': [],
    'user-email.verified': [],
  };
  return {
    on<Name extends ChangeName>(name: Name, handler: Handler<Tx, Name>) {
      const known: Handler<Tx, Name>[] = handlers[name];
      known.push(handler);
    },
    async announce<Name extends ChangeName>(tx: Tx, name: Name, change: ChangeMembers[Name]) {
      const known: Handler<Tx, Name>[] = handlers[name];
      if (known.length === 0) throw new Error(`No part of the server follows the change ${name}`);
      for (const handle of known) await handle(tx, change);
    },
  };
}
