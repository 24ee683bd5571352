/** The connectors that send text messages, in the order in which they are offered. */
import { aliyunSms } from './aliyun-sms/index.ts';
import { gatewayapi } from './gatewayapi/index.ts';
import { httpSms } from './http-sms/index.ts';
import { smsaero } from './smsaero/index.ts';
import { smsbao } from './smsbao/index.ts';
import { tencentSms } from './tencent-sms/index.ts';
import { twilio } from './twilio/index.ts';
import { vonage } from './vonage/index.ts';
import { whatsapp } from './whatsapp/index.ts';
import { yunpian } from './yunpian/index.ts';

export const textConnectors = [
  ...[httpSms, twilio, vonage, whatsapp, aliyunSms, tencentSms],
  ...[gatewayapi, smsaero, smsbao, yunpian],
];
