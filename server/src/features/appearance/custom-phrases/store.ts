import type { CustomPhrase, Translation } from '@aldaba/contract';
import type { Queries } from '../../../store/database.ts';
import { type StoredRow, sql } from '../../../store/sql.ts';

type Row = StoredRow<'custom_phrases'>;

const toPhrase = (row: Row): CustomPhrase => ({
  tenantId: row.tenant_id,
  id: row.id,
  languageTag: row.language_tag,
  translation: row.translation as Translation,
});

/** One row per language, so all rows are read at once. */
export async function findPhrases(q: Queries): Promise<CustomPhrase[]> {
  const rows = await q.all(
    sql.selectFrom('custom_phrases').selectAll().where('tenant_id', '=', q.tenantId).orderBy('language_tag'),
  );
  return rows.map(toPhrase);
}

export async function savePhrase(
  q: Queries,
  phrase: { id: string; languageTag: string; translation: Translation },
): Promise<CustomPhrase> {
  const [row] = await q.raw<Row>(
    `insert into custom_phrases (tenant_id, id, language_tag, translation) values ($1, $2, $3, $4::jsonb)
     on conflict (tenant_id, language_tag) do update set translation = excluded.translation returning *`,
    [q.tenantId, phrase.id, phrase.languageTag, JSON.stringify(phrase.translation)],
  );
  return toPhrase(row as Row);
}

export const deletePhrase = (q: Queries, languageTag: string): Promise<number> =>
  q.run(sql.deleteFrom('custom_phrases').where('tenant_id', '=', q.tenantId).where('language_tag', '=', languageTag));
