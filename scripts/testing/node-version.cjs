// Lets a program believe that it runs on another version of Node.
Object.defineProperty(process.versions, 'node', { value: process.env.ALDABA_TEST_NODE_VERSION });
