import { DOMParser } from '@xmldom/xmldom';
import { SamlRefusal } from './refusal.ts';

/** Bytes of a message after decoding. Responses with hundreds of groups have about 100 kB. */
const maximumLength = 256 * 1024;
const maximumDepth = 40;
const maximumElements = 10_000;
/** Of one element, with its namespaces. Names in scope, which parsers copy, are at most this times the depth. */
const maximumAttributes = 64;

const elementNode = 1;
const textNode = 3;
const processingInstruction = 7;
const commentNode = 8;

const declaration =
  /^<\?xml\s+version=(["'])1\.0\1(?:\s+encoding=(["'])utf-8\2)?(?:\s+standalone=(["'])(?:yes|no)\3)?\s*\?>/i;
const allowedReference = /&(?!(?:lt|gt|amp|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)/;
const numericReference = /&#x?[0-9A-Fa-f]+;/g;
const attributeValue = /"[^"]*"|'[^']*'/g;
// XML 1.0 section 2.2: what a document may contain, without surrogates, which a JavaScript string pairs.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to refuse
const forbiddenCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/**
 * Parses a message. Refused before the parser sees it: everything that starts with `<!` (document types, entities,
 * CDATA sections and comments), processing instructions, references to entities other than the five of XML, and
 * documents that are too large. What no parser interprets cannot be interpreted in two ways by two parsers.
 */
export function readXml(text: string, { comments = false } = {}): Element {
  if (text.length > maximumLength) throw new SamlRefusal('message_too_large', `more than ${maximumLength} characters`);
  const body = text.replace(/^\ufeff/, '').replace(declaration, '');
  refuseMarkup(comments ? body.replaceAll(/<!--[\s\S]*?-->/g, '') : body);
  const root = onlyElement(parse(body));
  refuseUnusualNodes(root, comments);
  return root;
}

function refuseMarkup(body: string): void {
  if (body.includes('<!')) throw new SamlRefusal('forbidden_markup', 'a comment, CDATA section or document type');
  if (body.includes('<?')) throw new SamlRefusal('forbidden_markup', 'a processing instruction');
  if (allowedReference.test(body)) throw new SamlRefusal('forbidden_markup', 'an entity reference');
  for (const reference of new Set(body.match(numericReference))) {
    const code = Number(reference.slice(2, -1).replace('x', '0x'));
    if (!isXmlCharacter(code)) throw new SamlRefusal('forbidden_markup', 'a reference to a forbidden character');
  }
  if (forbiddenCharacter.test(body) || !body.isWellFormed()) {
    throw new SamlRefusal('malformed_message', 'a character that XML does not allow');
  }
  refuseExcess(body);
}

/**
 * Counts before the parser does its work, which grows with the square of depths and namespaces. Without declarations
 * and instructions, each `<` starts a tag.
 */
function refuseExcess(body: string): void {
  let depth = 0;
  let elements = 0;
  for (const piece of body.split('<', 2 * maximumElements + 2).slice(1)) {
    const bare = piece.replaceAll(attributeValue, '\0');
    const tag = bare.slice(0, bare.indexOf('>'));
    if (!bare.includes('>') || /["']/.test(tag)) throw new SamlRefusal('malformed_message', 'a tag without an end');
    if (tag.split('\0').length > maximumAttributes + 1) {
      throw new SamlRefusal('message_too_large', `an element has more than ${maximumAttributes} attributes`);
    }
    const closes = tag.startsWith('/');
    elements += closes ? 0 : 1;
    depth += closes ? -1 : 1;
    if (depth < 0) throw new SamlRefusal('malformed_message', 'an end tag without a start tag');
    if (depth > maximumDepth) throw new SamlRefusal('unexpected_structure', 'elements are nested too deeply');
    if (tag.endsWith('/')) depth -= 1;
  }
  if (elements > maximumElements) throw new SamlRefusal('message_too_large', `more than ${maximumElements} elements`);
}

function isXmlCharacter(code: number): boolean {
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return false;
  return code >= 0x10000 || !forbiddenCharacter.test(String.fromCharCode(code));
}

function parse(body: string): Document {
  const refuse = (message: string) => {
    throw new SamlRefusal('malformed_message', message.slice(0, 200));
  };
  const parser = new DOMParser({ errorHandler: { warning: refuse, error: refuse, fatalError: refuse } });
  try {
    return parser.parseFromString(body, 'text/xml');
  } catch (error) {
    if (error instanceof SamlRefusal) throw error;
    throw new SamlRefusal('malformed_message', 'not well-formed XML', { cause: error });
  }
}

function onlyElement(document: Document): Element {
  const nodes = Array.from({ length: document?.childNodes?.length ?? 0 }, (_, place) => document.childNodes[place]);
  const elements = nodes.filter((node) => node?.nodeType === elementNode);
  const others = nodes.filter((node) => node?.nodeType === textNode && node.nodeValue?.trim() !== '');
  const [root] = elements;
  if (!root || elements.length !== 1 || others.length > 0) {
    throw new SamlRefusal('malformed_message', 'not exactly one root element');
  }
  return root as Element;
}

function refuseUnusualNodes(root: Element, comments: boolean): void {
  const ids = new Set<string>();
  for (const element of walk(root)) {
    for (const { localName, value } of Array.from(element.attributes)) {
      if (localName?.toLowerCase() !== 'id') continue;
      if (ids.has(value)) throw new SamlRefusal('duplicate_id', 'two elements have the same ID');
      ids.add(value);
    }
    for (const node of nodesOf(element)) {
      const allowed = [elementNode, textNode, ...(comments ? [commentNode] : [])];
      if (node.nodeType === processingInstruction || !allowed.includes(node.nodeType)) {
        throw new SamlRefusal('forbidden_markup', `a node of type ${node.nodeType}`);
      }
    }
  }
}

/** The element and all below it in document order. */
export function* walk(root: Element): Generator<Element> {
  const open = [root];
  for (let element = open.pop(); element; element = open.pop()) {
    yield element;
    open.push(...childElements(element).reverse());
  }
}

function nodesOf(element: Element): Node[] {
  const nodes: Node[] = [];
  for (let node = element.firstChild; node; node = node.nextSibling) nodes.push(node);
  return nodes;
}

export function childElements(element: Element): Element[] {
  return nodesOf(element).filter((node) => node.nodeType === elementNode) as Element[];
}

export function isNamed(element: Element, namespace: string, name: string): boolean {
  return element.namespaceURI === namespace && element.localName === name;
}

export function childrenNamed(element: Element, namespace: string, name: string): Element[] {
  return childElements(element).filter((child) => isNamed(child, namespace, name));
}

/** The child of that name, if any; a second one is refused. */
export function findChild(element: Element, namespace: string, name: string): Element | undefined {
  const [child, ...others] = childrenNamed(element, namespace, name);
  if (others.length > 0) throw new SamlRefusal('unexpected_structure', `${element.localName} has several ${name}`);
  return child;
}

export function getChild(element: Element, namespace: string, name: string): Element {
  const child = findChild(element, namespace, name);
  if (!child) throw new SamlRefusal('unexpected_structure', `${element.localName} has no ${name}`);
  return child;
}

/** The text of an element that has nothing but text, without the white space around it. */
export function textOf(element: Element): string {
  const nodes = nodesOf(element);
  if (nodes.some(({ nodeType }) => nodeType !== textNode)) {
    throw new SamlRefusal('unexpected_structure', `${element.localName} has more than text`);
  }
  return nodes
    .map(({ nodeValue }) => nodeValue ?? '')
    .join('')
    .trim();
}

/** An attribute without a namespace, or nothing when it is absent. */
export function attributeOf(element: Element, name: string): string | undefined {
  return element.hasAttribute(name) ? (element.getAttribute(name) ?? undefined) : undefined;
}

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

/** Escapes text for element content and attribute values; characters that XML does not allow are left out. */
export function escapeXml(text: string): string {
  const storable = text.toWellFormed().replaceAll(new RegExp(forbiddenCharacter, 'g'), '');
  return storable.replaceAll(/[&<>"'\n\r\t]/g, (character) => escapes[character] ?? character);
}
