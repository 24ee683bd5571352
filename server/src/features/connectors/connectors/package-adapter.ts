import {
  type Call,
  type Connector,
  ConnectorError,
  type ConnectorInstance,
  type ConnectorMetadata,
  type ConnectorMethods,
  describeProblems,
  fieldsOf,
  instanceOf,
  type Session,
  type SocialUserInfo,
  type TokenResponse,
  type World,
  withTimeLimit,
} from '@aldaba/connectors/kit';
import { confidentialValues, translatePackageError } from './package-errors.ts';

/*
 * Converts the export of a published connector package to a connector of our kit. The package uses its own copies of
 * the published kit and of zod, so class checks do not work: its guard is only called, and its errors are recognized by
 * shape.
 */

/** Milliseconds for one call of a package; its own requests cannot be aborted. */
const callLimit = 20_000;

interface FactoryOptions {
  getConfig: (factoryId: string) => Promise<unknown>;
  getI18nEmailTemplate?: (type: string, language?: string) => Promise<unknown>;
}
type SetSession = (session: Readonly<Record<string, unknown>>) => Promise<void>;
type GetSession = () => Promise<Readonly<Record<string, unknown>>>;

/** The result of a package's factory, as far as it is used; the types are those of the publisher's kit, not ours. */
export interface PackageConnector {
  readonly type: unknown;
  readonly metadata: unknown;
  readonly configGuard: { safeParse: (value: unknown) => GuardResult };
  readonly getAuthorizationUri?: (request: Record<string, unknown>, setSession: SetSession) => Promise<string>;
  readonly getUserInfo?: (data: unknown, getSession: GetSession) => Promise<SocialUserInfo>;
  readonly getTokenResponseAndUserInfo?: (
    data: unknown,
    getSession: GetSession,
  ) => Promise<{ tokenResponse?: TokenResponse; userInfo: SocialUserInfo }>;
  readonly getAccessTokenByRefreshToken?: (refreshToken: string) => Promise<TokenResponse>;
  readonly validateSamlAssertion?: (
    assertion: { body: unknown },
    getSession: GetSession,
    setSession: SetSession,
  ) => Promise<string>;
  readonly sendMessage?: (message: Record<string, unknown>) => Promise<unknown>;
  readonly getUsage?: (startFrom?: Date) => Promise<number>;
}
interface GuardResult {
  readonly success: boolean;
  readonly error?: { readonly issues?: readonly { path?: readonly PropertyKey[]; message: string }[] };
}
export type PackageFactory = (options: FactoryOptions) => Promise<PackageConnector>;

/** Packages have no method for One Tap, whose one provider is built in. */
type PackageMethods = Omit<ConnectorMethods, 'getUserInfoByIdToken'>;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** The factory of a module, including the shape from CommonJS interoperation. */
const factoryOf = (exported: unknown): unknown => (isObject(exported) ? exported.default : exported);

const isPackageConnector = (value: unknown): value is PackageConnector => {
  const guard = isObject(value) ? value.configGuard : undefined;
  return isObject(guard) && typeof guard.safeParse === 'function';
};

/**
 * Calls the factory once without a configuration, to read what does not depend on one.
 * @throws ConnectorError `invalid_metadata` or `invalid_config_guard`, and the package's own errors.
 */
export const readPackageConnector = async (
  exported: unknown,
): Promise<{ factory: PackageFactory; loaded: PackageConnector }> => {
  const factory = factoryOf(exported);
  if (typeof factory !== 'function') throw new ConnectorError('invalid_metadata', { message: 'There is no factory' });
  const getConfig = async (): Promise<never> => {
    throw new ConnectorError('not_implemented');
  };
  const loaded: unknown = await factory({ getConfig });
  if (!isPackageConnector(loaded)) throw new ConnectorError('invalid_config_guard');
  return { factory: factory as PackageFactory, loaded };
};

/** The error class of the package's own kit. */
export type KitError = new (code: string, data?: unknown) => Error;

/**
 * Keeps the errors of the server's session, so that they leave the package unchanged. Packages continue without a
 * session if they recognize `not_implemented`, by the error class of their own kit.
 */
const watchSession = (session: Session, kitError: KitError | undefined) => {
  const thrown = new Set<unknown>();
  const remember = (error: unknown): never => {
    if (kitError && error instanceof ConnectorError && error.code === 'not_implemented')
      throw new kitError(error.code, error.data);
    thrown.add(error);
    throw error;
  };
  const getSession: GetSession = () => session.get().catch(remember);
  const setSession: SetSession = (data) => session.set(data).catch(remember);
  return { getSession, setSession, thrown };
};

const noFaults: ReadonlySet<unknown> = new Set();

interface AdapterNeeds {
  readonly packageName: string;
  readonly factory: PackageFactory;
  readonly loaded: PackageConnector;
  readonly metadata: ConnectorMetadata;
  /** Absent if the kit is bundled into the package. */
  readonly kitError?: KitError | undefined;
}

const methodNames: readonly (keyof PackageMethods)[] = [
  'getAuthorizationUri',
  'getUserInfo',
  'getTokenResponseAndUserInfo',
  'getAccessTokenByRefreshToken',
  'validateSamlAssertion',
  'sendMessage',
  'getUsage',
];

interface CallOptions {
  signal?: AbortSignal | undefined;
  thrown?: ReadonlySet<unknown>;
  /** Values that errors and logs must not contain, in addition to the secrets of the configuration. */
  confidential?: readonly string[];
}

/** Wraps a package's methods. `call` runs one within the time limit and translates its errors. */
const methodsOver = (
  call: <T>(run: (connector: PackageConnector) => Promise<T> | undefined, options: CallOptions) => Promise<T>,
  { factoryId, kitError }: { factoryId: string; kitError: KitError | undefined },
): PackageMethods => {
  const inSession = <T>(
    { session, signal }: Call,
    run: (connector: PackageConnector, watched: ReturnType<typeof watchSession>) => Promise<T> | undefined,
  ): Promise<T> => {
    const watched = watchSession(session, kitError);
    return call((connector) => run(connector, watched), { signal, thrown: watched.thrown });
  };
  return {
    getAuthorizationUri: ({ userAgent, ...request }, given) =>
      inSession(given, (connector, { setSession }) =>
        connector.getAuthorizationUri?.(
          { ...request, connectorFactoryId: factoryId, headers: userAgent === undefined ? {} : { userAgent } },
          setSession,
        ),
      ),
    getUserInfo: (data, given) =>
      inSession(given, (connector, { getSession }) => connector.getUserInfo?.(data, getSession)),
    getTokenResponseAndUserInfo: (data, given) =>
      inSession(given, (connector, { getSession }) => connector.getTokenResponseAndUserInfo?.(data, getSession)),
    validateSamlAssertion: ({ body }, given) =>
      inSession(given, (connector, { getSession, setSession }) =>
        connector.validateSamlAssertion?.({ body }, getSession, setSession),
      ),
    getAccessTokenByRefreshToken: (refreshToken, { signal }) =>
      call((connector) => connector.getAccessTokenByRefreshToken?.(refreshToken), {
        signal,
        confidential: [refreshToken],
      }),
    sendMessage: (message, { signal }) => {
      const { code, link } = message.payload;
      const confidential = [message.to, code, link].filter((value) => typeof value === 'string');
      return call((connector) => connector.sendMessage?.({ ...message }), { signal, confidential });
    },
    getUsage: (startFrom, { signal }) => call((connector) => connector.getUsage?.(startFrom), { signal }),
  };
};

const open = (
  { packageName, factory, loaded, metadata, kitError }: AdapterNeeds,
  config: unknown,
  world: World,
): ConnectorInstance => {
  const secrets = confidentialValues(config, metadata.formItems);
  const { findEmailTemplate } = world;
  let made: Promise<PackageConnector> | undefined;
  const make = () => {
    made ??= factory({
      getConfig: async () => structuredClone(config),
      ...(findEmailTemplate ? { getI18nEmailTemplate: findEmailTemplate } : {}),
    });
    return made;
  };
  const methods = methodsOver(
    async (run, { signal, thrown = noFaults, confidential = [] }) => {
      try {
        return await withTimeLimit(world.timeLimit ?? callLimit, signal, async () => {
          const result = run(await make());
          if (result === undefined) throw new ConnectorError('not_implemented');
          return result;
        });
      } catch (error) {
        signal?.throwIfAborted();
        if (thrown.has(error)) throw error;
        const hidden = [...secrets, ...confidential];
        throw translatePackageError(error, { packageName, secrets: hidden, log: world.log });
      }
    },
    { factoryId: metadata.id, kitError },
  );
  const offered = methodNames.filter((name) => typeof loaded[name] === 'function');
  return instanceOf(Object.fromEntries(offered.map((name) => [name, methods[name]])));
};

/** A connector of our kit that wraps a loaded package. Its requests use the package's own HTTP client. */
export const connectorOfPackage = (needs: AdapterNeeds): Connector => {
  const problemsOf = (config: unknown) => {
    const result = needs.loaded.configGuard.safeParse(config);
    return result.success ? undefined : describeProblems(result.error?.issues ?? []);
  };
  const fields = fieldsOf(needs.loaded.configGuard);
  return {
    metadata: needs.metadata,
    ...(fields ? { fields } : {}),
    checkConfig: (config) => {
      const problems = problemsOf(config);
      return problems === undefined ? { success: true } : { success: false, problems };
    },
    create: (config, world) => {
      const problems = problemsOf(config);
      if (problems !== undefined) throw new ConnectorError('invalid_config', { problems });
      return open(needs, config, world);
    },
  };
};
