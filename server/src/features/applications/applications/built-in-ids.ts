/** The Console's application: of the admin tenant alone. */
export const consoleId = 'admin-console';
/** The account page's application. */
export const accountPageId = 'account-center';

/** Names of the applications that a tenant has without a row, by id. */
const builtInNames: Readonly<Record<string, string>> = {
  'demo-app': 'Demo app',
  [accountPageId]: 'Account page',
  [consoleId]: 'Console',
};

export const builtInName = (id: string): string | undefined =>
  Object.hasOwn(builtInNames, id) ? builtInNames[id] : undefined;

export const isBuiltIn = (id: string): boolean => builtInName(id) !== undefined;
