/* What the connectors for an endpoint of the operator share, which gets each message as JSON. */
import { z } from 'zod';
import type { Message } from './connector.ts';
import { type MessageRequest, secretItem, textItem } from './message-connector.ts';
import { type FormItem, svgDataUrl } from './metadata.ts';

export const httpEndpointConfig = z.object({
  endpoint: z.url({ protocol: /^https?$/ }),
  authorization: z.string().optional(),
});

export const httpEndpointItems: FormItem[] = [
  textItem('endpoint', 'Endpoint', { placeholder: 'https://example.com/messages' }),
  {
    ...secretItem('authorization', 'Authorization header', 'Sent with each message. It is stored encrypted.'),
    required: false,
  },
];

/** An arrow that leaves a box. */
export const httpEndpointLogo = svgDataUrl(
  [
    '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48" viewBox="0 0 48 48">',
    '<rect width="48" height="48" rx="12" fill="#495057"/>',
    '<g fill="none" stroke="#fff" stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round">',
    '<path d="M22 12h-8a2 2 0 0 0-2 2v20a2 2 0 0 0 2 2h20a2 2 0 0 0 2-2v-8M22 26 36 12m-9 0h9v9"/></g></svg>',
  ].join(''),
);

/** Recipient, use and payload of a message, and the address of the user who caused it. */
export const httpEndpointRequest = (
  { endpoint, authorization }: z.output<typeof httpEndpointConfig>,
  { to, type, payload, ip }: Message,
): MessageRequest => ({
  url: endpoint,
  headers: authorization ? { authorization } : {},
  json: { to, type, payload, ...(ip === undefined ? {} : { ip }) },
});
