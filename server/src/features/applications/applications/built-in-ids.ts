/** The Console's application: of the admin tenant alone. */
export const consoleId = 'admin-console';

/** Names of the applications that a tenant has without a row, by id. */
const builtInNames: Readonly<Record<string, string>> = { 'demo-app': 'Demo app', [consoleId]: 'Console' };

export const builtInName = (id: string): string | undefined =>
  Object.hasOwn(builtInNames, id) ? builtInNames[id] : undefined;

export const isBuiltIn = (id: string): boolean => builtInName(id) !== undefined;
