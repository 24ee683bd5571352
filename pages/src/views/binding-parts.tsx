/** What the pages share on which a second factor is set up. */
import type { PageFrame } from '@aldaba/contract';
import { pageLink } from '../addresses.ts';
import { PlainForm } from '../fields.tsx';
import { phrase } from '../phrases/index.ts';

/** What the user can do instead: choose another factor, or go on without one. */
export const Asides = (props: { frame: PageFrame; appId: string; hasOthers?: boolean; skippable: boolean }) => {
  const { frame, appId } = props;
  if (!props.hasOthers && !props.skippable) return null;
  return (
    <div class="asides">
      {props.hasOthers && (
        <a class="button plain" href={pageLink(frame, '/mfa-binding', appId)}>
          <span class="button-label">{phrase(frame.language, 'binding.others')}</span>
        </a>
      )}
      {props.skippable && <PlainForm frame={frame} appId={appId} path="/mfa-binding/skip" label="binding.skip" />}
    </div>
  );
};

/** The button that copies what an element holds; only a script can, so it is hidden until the island comes. */
export const CopyButton = (props: {
  frame: PageFrame;
  of: string;
  look: 'plain' | 'outlined';
  /** Id of the value's name, where a page has several. */
  describedBy?: string;
}) => (
  <button
    type="button"
    class={`button ${props.look} copy`}
    hidden={props.frame.preview === undefined}
    aria-describedby={props.describedBy}
    data-copies={props.of}
    data-done={phrase(props.frame.language, 'copy.done')}
  >
    <span class="button-label" aria-live="polite">
      {phrase(props.frame.language, 'copy.button')}
    </span>
  </button>
);
