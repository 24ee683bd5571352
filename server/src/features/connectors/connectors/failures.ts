import { ConnectorError, type ConnectorInstance, type ConnectorMethodName } from '@aldaba/connectors/kit';
import { isErrorCode } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';

/** Converts a connector's error to one of the contract; leaves other values unchanged. */
export function translateConnectorError(error: unknown): unknown {
  if (!(error instanceof ConnectorError)) return error;
  const code = `connector.${error.code}` as const;
  // A package may use a code that the contract does not know.
  if (code !== 'connector.general' && isErrorCode(code)) return new AldabaError(code, error.data, { cause: error });
  const told = error.data?.errorDescription;
  const errorDescription = typeof told === 'string' ? told : error.data ? JSON.stringify(error.data) : '';
  return new AldabaError('connector.general', { ...error.data, errorDescription }, { cause: error });
}

/** The same instance, with methods that throw the contract's errors. */
export function translated(instance: ConnectorInstance): ConnectorInstance {
  const wrap =
    <Arguments extends unknown[], Result>(method: (...given: Arguments) => Promise<Result>) =>
    async (...given: Arguments): Promise<Result> => {
      try {
        return await method(...given);
      } catch (error) {
        throw translateConnectorError(error);
      }
    };
  return {
    getAuthorizationUri: wrap(instance.getAuthorizationUri),
    getUserInfo: wrap(instance.getUserInfo),
    getUserInfoByIdToken: wrap(instance.getUserInfoByIdToken),
    getTokenResponseAndUserInfo: wrap(instance.getTokenResponseAndUserInfo),
    getAccessTokenByRefreshToken: wrap(instance.getAccessTokenByRefreshToken),
    validateSamlAssertion: wrap(instance.validateSamlAssertion),
    sendMessage: wrap(instance.sendMessage),
    getUsage: wrap(instance.getUsage),
    offers: (method: ConnectorMethodName) => instance.offers(method),
  };
}
