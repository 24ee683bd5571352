import type { DemoAppView, PageFrame } from '@aldaba/contract/pages';
import { Alert } from '../fields.tsx';
import { phrase, phrases } from '../phrases/index.ts';
import { Heading } from './parts.tsx';

/**
 * The frame of the demonstration; `islands/demo.ts` fills it. Its words travel as data, because no script is inline.
 */
export const DemoApp = ({ frame, view }: { frame: PageFrame; view: DemoAppView }) => {
  const words = Object.fromEntries(Object.entries(phrases(frame.language)).filter(([key]) => key.startsWith('demo.')));
  return (
    <>
      <Heading text={phrase(frame.language, 'demo.title')} lead={phrase(frame.language, 'demo.lead')} />
      <Alert />
      <noscript>
        <p>{phrase(frame.language, 'demo.needsScript')}</p>
      </noscript>
      <div
        id="demo"
        data-endpoint={view.endpoint}
        data-phrases={JSON.stringify(words)}
        data-language={frame.language}
      />
    </>
  );
};
