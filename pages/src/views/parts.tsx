import { type ComponentChildren, Fragment } from 'preact';

/** An address of fewer characters fits in a line of a small phone. */
const long = 28;

/**
 * An email address, a phone number or a code, which reads from left to right in a sentence of any language. A long
 * address breaks after its `@`, and a part of it that is as long after a dot, before it breaks inside a word.
 */
export const LeftToRight = ({ strong, children }: { strong?: boolean; children: string }) => {
  const halves = children.length < long ? [children] : children.split(/(?<=@)/);
  const parts = halves.flatMap((half) => (half.length < long ? [half] : half.split(/(?<=\.)/)));
  const text = parts.map((part, position) => (
    <Fragment key={part}>
      {position > 0 && <wbr />}
      {part}
    </Fragment>
  ));
  return <bdi dir="ltr">{strong ? <strong>{text}</strong> : text}</bdi>;
};

/** What every page's main column opens with. */
export const Heading = ({ text, lead }: { text: string; lead?: ComponentChildren }) => (
  <div class="heading">
    <h1>{text}</h1>
    {lead !== undefined && <p class="lead">{lead}</p>}
  </div>
);
