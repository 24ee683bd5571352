/**
 * The connectors that come with Aldaba. Adding one: a folder beside these with an `index.ts` that exports what
 * `defineConnector` returns, a line here, its guides in `docs/connectors/`, and a test that runs the conformance kit.
 */
import type { Connector } from '../kit/index.ts';
import { github } from './github/index.ts';
import { google } from './google/index.ts';
import { oauth2 } from './oauth2/index.ts';
import { oidc } from './oidc/index.ts';
import { wechatNative } from './wechat-native/index.ts';
import { wechatWeb } from './wechat-web/index.ts';

export const builtInConnectors: readonly Connector[] = [wechatNative, wechatWeb, google, github, oidc, oauth2];
