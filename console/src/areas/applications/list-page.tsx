import { listApplications } from '@aldaba/contract/routes';
import { Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { apiOf } from '../../api/client.ts';
import { shellPhrases } from '../../shell/phrases.ts';

export default function ListPage() {
  const t = shellPhrases.use();
  const { tenant } = useParams({ from: '/t/$tenant/applications' });
  const list = useQuery({ queryKey: [tenant, 'applications'], queryFn: () => apiOf(tenant).list(listApplications) });
  return (
    <>
      <Title order={1} p="lg">
        {t('pages.applications')}
      </Title>
      <ul>
        {list.data?.items.map(({ id, name }) => (
          <li key={id}>{name}</li>
        ))}
      </ul>
    </>
  );
}
