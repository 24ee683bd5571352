import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { AldabaError } from '../kernel/errors.ts';
import type { Coding } from './coding.ts';
import { contentTypeOf, isVersioned } from './content-types.ts';
import { keepFile, type StaticFile, sendFile, textFile } from './files.ts';
import type { Http, Reply, Request } from './types.ts';

/** Files of a folder that does not change while the server runs. */
interface Folder {
  /** @param path relative, with `/` between segments; compared with the folder's list, never used as a path on disk */
  find: (path: string) => Promise<StaticFile | undefined>;
}

const extensions: Readonly<Record<Coding, string>> = { br: '.br', gzip: '.gz' };

/**
 * Lists a folder once. A file is read on first use and kept in memory. `x.br` and `x.gz` next to a file `x` are its
 * compressed forms from the build.
 *
 * @param root absolute path
 * @param names the only files to serve; all files by default
 */
async function openFolder(root: string, names?: readonly string[]): Promise<Folder> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = new Set(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/')),
  );
  const isForm = (path: string) => /\.(br|gz)$/.test(path) && paths.has(path.slice(0, -3));
  const served = new Set([...paths].filter((path) => (names ? names.includes(path) : !isForm(path))));
  const read = (path: string) => readFile(join(root, path));
  const load = async (path: string): Promise<StaticFile> => {
    const forms = [path + extensions.br, path + extensions.gzip];
    const isBuilt = forms.every((form) => paths.has(form));
    const [bytes, br, gzip] = await Promise.all([read(path), ...(isBuilt ? forms.map(read) : [])]);
    return keepFile(bytes, {
      contentType: contentTypeOf(path),
      cache: isVersioned(path) ? 'immutable' : 'revalidate',
      ...(br && gzip ? { compressed: { br: () => br, gzip: () => gzip } } : {}),
    });
  };
  const files = new Map<string, StaticFile>();
  return {
    async find(path) {
      if (!served.has(path)) return undefined;
      const file = files.get(path) ?? (await load(path));
      files.set(path, file);
      return file;
    },
  };
}

export interface FolderOptions {
  /** Absolute path of the folder. */
  root: string;
  /** Path of its files below the tenant's base path, e.g. `/console`. */
  path: string;
  /** The only files to serve; all files by default. */
  names?: readonly string[];
  /** Sent with every file. */
  headers?: Readonly<Record<string, string>>;
  /** Throws if the request may not see the files. */
  check?: (request: Request) => Promise<void>;
  /** The base URL that the browser is sent to for the folder, without trailing slash, if it is not served here. */
  movedTo?: (request: Request) => string | undefined;
  /**
   * A page of the folder for browsers at every address below `path` that is not a file: its client-side router decides
   * what to show. `<base href="<path>/">` in it is replaced by the address below the tenant's base path, so that
   * relative URLs work at every depth.
   */
  index?: string;
  /** Completes the text of `index`, e.g. with settings for its script. */
  fill?: (html: string) => string;
}

/** Serves a folder of built files without authentication. */
export function folderRoutes(
  http: Http,
  { root, path, names, headers, check, movedTo, index, fill }: FolderOptions,
): void {
  const config = { access: 'anonymous' } as const;
  http.register(async (scope) => {
    const folder = await openFolder(root, names);
    const indexPage = async (basePath: string): Promise<StaticFile | undefined> => {
      const page = index === undefined ? undefined : await folder.find(index);
      const html = (await page?.read())?.toString();
      if (!page || html === undefined) return undefined;
      // Whichever way a build closes the element.
      const base = (prefix: string) => `<base href="${prefix}${path}/"`;
      const whole = html.replace(base(''), base(basePath));
      return textFile(fill ? fill(whole) : whole, { contentType: page.contentType, cache: page.cache });
    };
    const find = async (request: Request, name: string): Promise<StaticFile | undefined> => {
      const file = name === index ? undefined : await folder.find(name);
      const isForPage = name === '' || name === index || request.headers.accept?.includes('text/html');
      return file ?? (isForPage ? indexPage(request.tenant.basePath) : undefined);
    };
    const answer = async (request: Request, reply: Reply, name: string) => {
      const elsewhere = movedTo?.(request);
      if (elsewhere !== undefined) return reply.redirect(`${elsewhere}${request.url}`);
      await check?.(request);
      const file = await find(request, name);
      if (!file || !(await sendFile(request, reply, file, headers))) throw new AldabaError('request.not_found');
      return reply;
    };
    scope.get<{ Params: { '*': string } }>(`${path}/*`, { config }, (request, reply) =>
      answer(request, reply, request.params['*']),
    );
    if (index !== undefined) scope.get(path, { config }, (request, reply) => answer(request, reply, ''));
  });
}
