import { ConnectorError } from '@aldaba/connectors/kit';
import { translateConnectorError } from '../../connectors/connectors/index.ts';
import type { SsoConnection } from './protocol.ts';

/** The same connection, with methods that throw the contract's errors. */
export function translated({ begin, finish, refresh, ...others }: SsoConnection): SsoConnection {
  const translating = async <Result>(work: Promise<Result>): Promise<Result> => {
    try {
      return await work;
    } catch (error) {
      throw error instanceof ConnectorError ? translateConnectorError(error) : error;
    }
  };
  return {
    ...others,
    begin: (request, session) => translating(begin(request, session)),
    finish: (data, session) => translating(finish(data, session)),
    ...(refresh ? { refresh: (refreshToken: string) => translating(refresh(refreshToken)) } : {}),
  };
}
