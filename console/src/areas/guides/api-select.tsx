import { listResources } from '@aldaba/contract/routes';
import { useState } from 'react';
import { type ChoiceSource, resourcesByIndicator } from '../../api/choices.ts';
import { useList, useTenant } from '../../api/queries.ts';
import { Picker } from '../../patterns/picker.tsx';
import { managementApiOf } from '../../settings.ts';
import { exampleApi } from './guide-values.ts';
import { guidePhrases } from './phrases.ts';

/** The API resource that a guide is about, and the ones to choose from. */
export interface ApiChoice {
  indicator: string;
  hasApis: boolean;
  source: ChoiceSource;
  choose: (indicator: string) => void;
}

/** Starts with the first API of the tenant's own; programs can also call the Management API. */
export function useApi({ withManagement = true } = {}): ApiChoice {
  const management = managementApiOf(useTenant());
  // The Management API is the oldest: two have one of the tenant's own, if there is any.
  const { data } = useList(listResources, { query: {}, pageSize: 2 });
  const [chosen, choose] = useState<string>();
  const own = data?.items.find(({ indicator }) => indicator !== management);
  const first = own?.indicator ?? (withManagement ? management : exampleApi);
  return {
    indicator: chosen ?? first,
    hasApis: withManagement || own !== undefined,
    source: resourcesByIndicator(withManagement ? undefined : management),
    choose,
  };
}

export function ApiSelect({ api: { indicator, hasApis, source, choose } }: { api: ApiChoice }) {
  const t = guidePhrases.use();
  return (
    <Picker
      label={t('values.api')}
      description={t(hasApis ? 'values.apiHelp' : 'values.noApi')}
      source={source}
      value={hasApis ? indicator : null}
      placeholder={exampleApi}
      disabled={!hasApis}
      onChange={choose}
    />
  );
}
