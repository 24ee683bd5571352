/** The package has no types of its own. Unknown members are undefined. */
declare module 'ua-parser-js' {
  interface Found {
    ua: string;
    browser: { name?: string; version?: string; major?: string; type?: string };
    device: { model?: string; type?: string; vendor?: string };
    engine: { name?: string; version?: string };
    os: { name?: string; version?: string };
    cpu: { architecture?: string };
  }
  export default function parse(userAgent: string): Found;
}
