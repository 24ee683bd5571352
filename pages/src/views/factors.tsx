/** Links to second factors: a picture, a name and a sentence each. */
import type { PageFrame, SignInFactor } from '@aldaba/contract/pages';
import { pageLink } from '../addresses.ts';
import { factorPages } from '../factors/index.ts';
import { Hidden } from '../fields.tsx';
import { Onward } from '../icons.tsx';
import { phrase } from '../phrases/index.ts';

/** Links to factors, one below the other; `explained` adds what each of them is. */
export const FactorLinks = (props: {
  frame: PageFrame;
  appId: string;
  /** The path above the factors' own, e.g. `/mfa-binding`. */
  path: string;
  factors: readonly SignInFactor[];
  /** Factors that a form selects directly, instead of a link. */
  ready?: readonly SignInFactor[] | undefined;
  explained?: boolean;
}) => (
  <ul class="ways">
    {props.factors.map((factor) => {
      const { frame, appId, explained = false } = props;
      const path = `${props.path}/${factor}`;
      const label = <FactorLabel frame={frame} factor={factor} explained={explained} />;
      return (
        <li key={factor}>
          {props.ready?.includes(factor) ? (
            <form method="post" action={`${frame.basePath}${path}`}>
              <Hidden fields={{ app_id: appId }} />
              <button type="submit" class="way">
                {label}
              </button>
            </form>
          ) : (
            <a class="way" href={pageLink(frame, path, appId)}>
              {label}
            </a>
          )}
        </li>
      );
    })}
  </ul>
);

const FactorLabel = ({ frame, factor, explained }: { frame: PageFrame; factor: SignInFactor; explained: boolean }) => {
  const { Icon, name, lead } = factorPages[factor];
  return (
    <>
      <Icon />
      <span>
        <span class="way-name">{phrase(frame.language, name)}</span>
        {explained && <small>{phrase(frame.language, lead)}</small>}
      </span>
      <Onward />
    </>
  );
};
