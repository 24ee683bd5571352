import type { PreviewQuery, SignInExperienceChange, Translation } from '@aldaba/contract';
import type { ApiError, BodyFrom } from '@aldaba/contract/client';
import { previewSignInExperience } from '@aldaba/contract/routes';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { abortableApiOf } from '../../api/client.ts';
import { useTenant } from '../../api/queries.ts';

export type Shown = Pick<PreviewQuery, 'screen' | 'language' | 'colorScheme' | 'platform'>;
export type Drawn = BodyFrom<typeof previewSignInExperience>;

/** Milliseconds for which typing has to pause. Together with drawing, a change shows within 300 ms. */
const pause = 150;
/** Milliseconds for which a document is opened; the server opens it for 60 s. */
export const usable = 50_000;

/** The page as the server draws it with the unsaved settings; `problem` is what it would refuse to save. */
export function usePreview(shown: Shown, unsaved: SignInExperienceChange & { customPhrases: Translation }) {
  const tenant = useTenant();
  const [text] = useDebouncedValue(JSON.stringify(unsaved), pause);
  const { data, error, dataUpdatedAt, refetch } = useQuery<Drawn, ApiError>({
    queryKey: [tenant, previewSignInExperience.path, shown, text],
    queryFn: ({ signal }) =>
      abortableApiOf(tenant, signal).call(previewSignInExperience, { query: shown, body: JSON.parse(text) }),
    placeholderData: keepPreviousData,
    staleTime: usable,
    gcTime: usable,
  });
  return { drawn: data, drawnAt: dataUpdatedAt, redraw: refetch, problem: error ?? undefined };
}
