import type { ComponentChildren } from 'preact';

/** What every page's main column opens with. */
export const Heading = ({ text, lead }: { text: string; lead?: ComponentChildren }) => (
  <div class="heading">
    <h1>{text}</h1>
    {lead !== undefined && <p class="lead">{lead}</p>}
  </div>
);
