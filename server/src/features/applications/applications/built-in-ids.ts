/** Names of the applications that every tenant has without a row, by id. */
export const builtInNames: Readonly<Record<string, string>> = { 'demo-app': 'Demo app' };

export const isBuiltIn = (id: string): boolean => Object.hasOwn(builtInNames, id);
