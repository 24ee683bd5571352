import { ConnectorError, type ConnectorInstance, type ConnectorMethodName } from '@aldaba/connectors/kit';
import { type ErrorCode, isErrorCode } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';

/** A connector's error as one of the contract; everything else unchanged. */
export function translateConnectorError(error: unknown): unknown {
  if (!(error instanceof ConnectorError)) return error;
  const code = codeOf(error);
  const description = error.data?.errorDescription ?? (error.data && JSON.stringify(error.data));
  const data = code === 'connector.general' ? { ...error.data, errorDescription: description ?? '' } : error.data;
  return new AldabaError(code, data, { cause: error });
}

function codeOf({ code }: ConnectorError): ErrorCode {
  const name = `connector.${code}`;
  return isErrorCode(name) ? name : 'connector.general';
}

/** The same instance, whose methods throw the contract's errors. */
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
    getTokenResponseAndUserInfo: wrap(instance.getTokenResponseAndUserInfo),
    getAccessTokenByRefreshToken: wrap(instance.getAccessTokenByRefreshToken),
    validateSamlAssertion: wrap(instance.validateSamlAssertion),
    sendMessage: wrap(instance.sendMessage),
    getUsage: wrap(instance.getUsage),
    offers: (method: ConnectorMethodName) => instance.offers(method),
  };
}
