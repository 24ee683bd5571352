/** The reader's values in a guide. Apart from the parser, so that the Console's pages can fill a guide without it. */

export const placeholders = ['endpoint', 'issuer', 'appId', 'appSecret', 'apiIndicator', 'appUrl', 'appPort'] as const;

/** What `{{name}}` stands for. A guide for an API uses no `appId`, and so on: unused ones may be empty. */
export type PlaceholderValues = Record<(typeof placeholders)[number], string>;

/** Fills the placeholders of code, commands or a URI. */
export const fill = (text: string, values: PlaceholderValues): string =>
  text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: keyof PlaceholderValues) => values[name]);

/** Fills the placeholders of `html` of prose, escaped for text and attributes. */
export const fillHtml = (html: string, values: PlaceholderValues): string =>
  html.replaceAll(/\{\{(\w+)\}\}/g, (_, name: keyof PlaceholderValues) =>
    values[name].replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
  );

/** The port of an app's URL, for `{{appPort}}`. */
export const portOf = (appUrl: string): string => {
  const { port, protocol } = new URL(appUrl);
  return port || (protocol === 'https:' ? '443' : '80');
};
