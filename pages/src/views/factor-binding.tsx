/** The page on which a user chooses the second factor to set up. The pages of the factors are in `../factors/`. */
import type { ChooseFactorView, PageFrame } from '@aldaba/contract';
import { Alert } from '../fields.tsx';
import { type PhraseKey, phrase } from '../phrases/index.ts';
import { Asides } from './binding-parts.tsx';
import { FactorLinks } from './factors.tsx';
import { Heading } from './parts.tsx';

export const ChooseFactor = ({ frame, view }: { frame: PageFrame; view: ChooseFactorView }) => {
  const t = (key: PhraseKey) => phrase(frame.language, key);
  return (
    <>
      <Heading
        text={t(view.additional ? 'binding.additionalTitle' : 'binding.title')}
        lead={t(view.additional ? 'binding.additionalLead' : 'binding.lead')}
      />
      <Alert error={view.error} focus />
      <FactorLinks
        frame={frame}
        appId={view.appId}
        path="/mfa-binding"
        factors={view.factors}
        ready={view.ready}
        explained
      />
      <Asides frame={frame} appId={view.appId} skippable={view.skippable} />
    </>
  );
};
