import { readFile } from 'node:fs/promises';
import { join, normalize, sep } from 'node:path';
import { type ConnectorMetadata, readGuide } from '@aldaba/connectors/kit';

/** Finds the operator's guide for a kind of connector: Markdown in the closest available language. */
export type GuideReader = (metadata: ConnectorMetadata, language: string) => Promise<string>;

/**
 * Reads guides below one folder. They ship with the release, so they are cached.
 * @param folder absolute path of `docs/`
 */
export function createGuideReader(folder: string): GuideReader {
  const documents = new Map<string, Promise<string>>();
  const readDocument = (path: string): Promise<string> => {
    const file = normalize(join(folder, path));
    if (!file.startsWith(folder + sep)) throw new Error(`The guide ${path} lies outside of the folder of guides.`);
    const known = documents.get(file) ?? readFile(file, 'utf8');
    documents.set(file, known);
    known.catch(() => documents.delete(file));
    return known;
  };
  return (metadata, language) => readGuide(metadata.guide, language, readDocument);
}
