export interface TaggedTest {
  file: string;
  line: number;
  name: string | undefined;
  rules: string[];
}
export declare function ruleIds(text: string): string[];
export declare function taggedTests(file: string, text: string): TaggedTest[];
export declare function withTests(text: string, tests: TaggedTest[]): { text: string; problems: string[] };
export declare function readTaggedTests(base?: string): TaggedTest[];
