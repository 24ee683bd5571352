/* Where a field of the form is in the configuration: `oneTap.isEnabled` is the member `isEnabled` of `oneTap`. */

type Config = Readonly<Record<string, unknown>>;

const isConfig = (value: unknown): value is Config => typeof value === 'object' && value !== null;

/** The value of a form item's key. */
export const readKey = (config: unknown, key: string): unknown =>
  key.split('.').reduce<unknown>((level, name) => (isConfig(level) ? level[name] : undefined), config);

/** The configuration with another value at a form item's key; without the member if it is undefined. */
export function withKey(config: Config, key: string, value: unknown): Record<string, unknown> {
  const [name = '', ...rest] = key.split('.');
  const { [name]: old, ...others } = config;
  const next = rest.length === 0 ? value : withKey(isConfig(old) ? old : {}, rest.join('.'), value);
  return next === undefined ? others : { ...others, [name]: next };
}
