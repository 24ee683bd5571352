import { lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import { createElement, Fragment, type ReactNode, useMemo } from 'react';
import { CodeBlock } from './code-block.tsx';
import classes from './markdown.module.css';

/**
 * Markdown as elements: every token becomes an element of ours, text stays text. Raw HTML, images and links to
 * anything but http(s), mail and headings of the text itself are left out, so the text can come from a package.
 */
export default function MarkdownView({ text, level }: { text: string; level: number }) {
  const content = useMemo(() => {
    const tokens = lexer(withoutComments(text)).filter((token, place) => !(place === 0 && isTitle(token)));
    return createRenderer(level).blocks(tokens.filter(({ type }) => type !== 'space'));
  }, [text, level]);
  return <div className={classes.text}>{content}</div>;
}

const withoutComments = (text: string): string => text.replaceAll(/<!--[\s\S]*?-->/g, '').trim();
/** The page that shows the text has a title already. */
const isTitle = (token: Token): boolean => token.type === 'heading' && token['depth'] === 1;

const slugOf = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

const scrollTo = (slug: string): void => {
  const heading = document.getElementById(`section-${slug}`);
  heading?.scrollIntoView({ block: 'start' });
  heading?.focus({ preventScroll: true });
};

function Anchor({ href, children }: { href: string; children: ReactNode }) {
  if (/^(https?:|mailto:)/i.test(href))
    return (
      <a href={href} target="_blank" rel="noreferrer noopener">
        {children}
      </a>
    );
  if (!href.startsWith('#')) return children;
  const slug = decodeURIComponent(href.slice(1)).toLowerCase();
  return (
    <button type="button" className={classes.jump} onClick={() => scrollTo(slug)}>
      {children}
    </button>
  );
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' };
const decode = (text: string): string => text.replaceAll(/&(#39|[a-z]+);/g, (whole, name) => entities[name] ?? whole);

/** Children in their order; as the text never changes in place, none needs a key. */
const each = <Item,>(items: readonly Item[], show: (item: Item) => ReactNode): ReactNode =>
  createElement(Fragment, null, ...items.map(show));

/** @param level of the first headings; deeper ones follow without a gap, as screen readers expect */
function createRenderer(level: number) {
  let previous = level - 1;
  const headingOf = ({ depth, tokens, text }: Tokens.Heading) => {
    previous = Math.min(Math.max(level, depth + level - 2), previous + 1, 6);
    const Tag = `h${previous}` as 'h3';
    return (
      <Tag id={`section-${slugOf(text)}`} tabIndex={-1} className={classes.heading}>
        {inline(tokens)}
      </Tag>
    );
  };
  const blocks = (tokens: readonly Token[]): ReactNode =>
    each(tokens as MarkedToken[], (token) => {
      switch (token.type) {
        case 'heading':
          return headingOf(token);
        case 'paragraph':
          return <p>{inline(token.tokens)}</p>;
        case 'text':
          return <span>{token.tokens ? inline(token.tokens) : decode(token.text)}</span>;
        case 'code':
          return <CodeBlock code={token.text} name={token.lang || 'text'} language={token.lang} />;
        case 'blockquote':
          return <blockquote>{blocks(token.tokens)}</blockquote>;
        case 'list':
          return listOf(token);
        case 'table':
          return tableOf(token);
        case 'hr':
          return <hr />;
        default:
          return null;
      }
    });
  const listOf = ({ ordered, start, items }: Tokens.List) => {
    const Tag = ordered ? 'ol' : 'ul';
    return (
      <Tag start={ordered && start !== '' ? start : undefined}>
        {each(items, (item) => (
          <li>{blocks(item.tokens)}</li>
        ))}
      </Tag>
    );
  };
  const tableOf = ({ header, rows }: Tokens.Table) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is reached by keyboard.
    <div className={classes.scroll} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {each(header, ({ tokens }) => (
              <th scope="col">{inline(tokens)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {each(rows, (row) => (
            <tr>
              {each(row, ({ tokens }) => (
                <td>{inline(tokens)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
  return { blocks };
}

const inline = (tokens: readonly Token[] | undefined): ReactNode =>
  each((tokens ?? []) as MarkedToken[], (token) => {
    switch (token.type) {
      case 'strong':
        return <strong>{inline(token.tokens)}</strong>;
      case 'em':
        return <em>{inline(token.tokens)}</em>;
      case 'del':
        return <del>{inline(token.tokens)}</del>;
      case 'codespan':
        return <code>{decode(token.text)}</code>;
      case 'br':
        return <br />;
      case 'link':
        return <Anchor href={token.href}>{inline(token.tokens)}</Anchor>;
      case 'escape':
        return token.text;
      case 'text':
        return token.tokens ? inline(token.tokens) : decode(token.text);
      default:
        return null;
    }
  });
