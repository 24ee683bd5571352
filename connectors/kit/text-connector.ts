/*
 * Connectors for text messages whose texts an operator writes: they share the templates, and differ in the account and
 * the form of one request.
 */
import type { z } from 'zod';
import type { Connector } from './connector.ts';
import {
  createMessageConnector,
  type MessageProvider,
  type MessageRequest,
  type Sender,
  textMetadata,
} from './message-connector.ts';
import { composeText, phoneOf, textTemplates, textTemplatesItem } from './message-templates.ts';

interface TextProvider<Config extends z.ZodObject>
  extends Sender,
    Required<Pick<MessageProvider<Config>, 'accepted' | 'refused'>> {
  /** The settings of the account. The templates are added to them and, last, to the form. */
  readonly config: Config;
  /** `to`: digits with the country code, without a plus. */
  readonly request: (
    config: z.output<Config>,
    message: { readonly to: string; readonly text: string },
  ) => MessageRequest;
}

/**
 * Makes a connector for text messages with templates.
 * @throws ConnectorError `invalid_metadata`
 */
export const createTextConnector = <Config extends z.ZodObject>({
  config,
  request,
  accepted,
  refused,
  ...sender
}: TextProvider<Config>): Connector =>
  createMessageConnector({
    metadata: textMetadata({ ...sender, formItems: [...sender.formItems, textTemplatesItem] }),
    config: config.extend({ templates: textTemplates }),
    request: (settings, message) => {
      const text = composeText(textTemplates.parse(settings.templates), message);
      return request(config.parse(settings), { to: phoneOf(message), text });
    },
    accepted,
    refused,
  });
