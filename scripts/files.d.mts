export declare function listFiles(folder?: string, base?: string): string[];
export declare function isTest(path: string): boolean;
