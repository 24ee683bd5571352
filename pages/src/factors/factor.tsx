/** What the pages know of a second factor. A new one is a file in this folder and a line in `index.ts`. */
import type { PageFrame, SecondFactorView } from '@aldaba/contract';
import type { ComponentChildren } from 'preact';
import type { AssetName } from '../assets.ts';
import { Hidden, Submit } from '../fields.tsx';
import type { Key } from '../icons.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';

export interface FactorProps {
  frame: PageFrame;
  view: SecondFactorView;
}

export interface FactorPage {
  /** Picture, name and sentence where factors are offered. */
  Icon: typeof Key;
  name: PhraseKey;
  lead: PhraseKey;
  /** The page that asks for the factor: its sentence, and its form. */
  Lead: (props: FactorProps) => ComponentChildren;
  Form: (props: FactorProps) => ComponentChildren;
  /** Whether the form has a field that can take the focus. */
  hasField: (view: SecondFactorView) => boolean;
  script: AssetName;
}

/** A page on which a factor is set up. */
export interface BindingPage<View> {
  Page: (props: { frame: PageFrame; view: View }) => ComponentChildren;
  title: PhraseKey;
  script: AssetName;
}

export const actionOf = ({ frame, view }: FactorProps): string => `${frame.basePath}/mfa-verification/${view.factor}`;

/** The box that trusts the browser. */
export const TrustCheckbox = ({ frame, view: { trust } }: FactorProps) =>
  trust ? (
    <div class="check">
      <input type="checkbox" id="trust" name="trust" value="yes" checked={trust.isChosen} />
      <label for="trust">{phrase(frame.language, 'secondFactor.trust', { days: String(trust.days) })}</label>
    </div>
  ) : null;

/** The form of a factor that is a code. */
export const CodeForm = ({ children, ...props }: FactorProps & { children: ComponentChildren }) => (
  <form class="main-form" method="post" action={actionOf(props)}>
    <Hidden fields={{ app_id: props.view.appId }} />
    {children}
    <TrustCheckbox frame={props.frame} view={props.view} />
    <Submit>{phrase(props.frame.language, 'secondFactor.confirm')}</Submit>
  </form>
);
