import type { ComponentChildren } from 'preact';

/** An email address, a phone number or a code, which reads from left to right in a sentence of any language. */
export const LeftToRight = ({ children }: { children: ComponentChildren }) => <bdi dir="ltr">{children}</bdi>;

/** What every page's main column opens with. */
export const Heading = ({ text, lead }: { text: string; lead?: ComponentChildren }) => (
  <div class="heading">
    <h1>{text}</h1>
    {lead !== undefined && <p class="lead">{lead}</p>}
  </div>
);
