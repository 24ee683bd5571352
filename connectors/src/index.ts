/**
 * The connectors that come with Aldaba. Adding one: a folder beside these with an `index.ts` that exports what
 * `defineConnector` returns, a line here, its guides in `docs/connectors/`, and a test that runs the conformance kit.
 */
import type { Connector } from '../kit/index.ts';
import { alipayNative } from './alipay-native/index.ts';
import { alipayWeb } from './alipay-web/index.ts';
import { amazon } from './amazon/index.ts';
import { apple } from './apple/index.ts';
import { azuread } from './azuread/index.ts';
import { dingtalk } from './dingtalk/index.ts';
import { discord } from './discord/index.ts';
import { facebook } from './facebook/index.ts';
import { feishu } from './feishu/index.ts';
import { github } from './github/index.ts';
import { gitlab } from './gitlab/index.ts';
import { google } from './google/index.ts';
import { huggingFace } from './huggingface/index.ts';
import { kakao } from './kakao/index.ts';
import { kook } from './kook/index.ts';
import { line } from './line/index.ts';
import { linkedin } from './linkedin/index.ts';
import { mailConnectors } from './mail.ts';
import { naver } from './naver/index.ts';
import { oauth2 } from './oauth2/index.ts';
import { oidc } from './oidc/index.ts';
import { patreon } from './patreon/index.ts';
import { qq } from './qq/index.ts';
import { slack } from './slack/index.ts';
import { textConnectors } from './text-messages.ts';
import { wechatMiniProgram } from './wechat-mini-program/index.ts';
import { wechatNative } from './wechat-native/index.ts';
import { wechatOfficialAccount } from './wechat-official-account/index.ts';
import { wechatWeb } from './wechat-web/index.ts';
import { wecom } from './wecom/index.ts';
import { x } from './x/index.ts';
import { xiaomi } from './xiaomi/index.ts';

/** Social connectors for one provider's accounts, whose users consent at a page of the provider. */
const brandConnectors: readonly Connector[] = [
  google,
  apple,
  github,
  azuread,
  facebook,
  linkedin,
  x,
  discord,
  slack,
  gitlab,
  line,
  kakao,
  naver,
  amazon,
  huggingFace,
  patreon,
  kook,
  alipayNative,
  alipayWeb,
  qq,
  dingtalk,
  feishu,
  wecom,
  xiaomi,
];

export const builtInConnectors: readonly Connector[] = [
  wechatNative,
  wechatWeb,
  wechatOfficialAccount,
  wechatMiniProgram,
  ...brandConnectors,
  oidc,
  oauth2,
  ...mailConnectors,
  ...textConnectors,
];
