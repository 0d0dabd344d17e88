import { availableParallelism } from 'node:os';

export const common = {
  // More than two processors have work for: a third of the time, tests wait for programs.
  maxWorkers: Math.max(5, availableParallelism() - 1),
  // Of a test that never ends. Many spawn processes, which takes long on a machine that is busy.
  testTimeout: 180_000,
  rootDir: import.meta.dirname,
  // Jest's clean-up of globals wraps what execa registers, once for each file, until the stack overflows.
  testEnvironmentOptions: { globalsCleanup: 'off' },
  moduleNameMapper: {
    // As built; tests run the sources.
    '^repoctl/constructs$': '<rootDir>/src/constructs.ts',
    '^@kubernetes/client-node$': '<rootDir>/node_modules/@kubernetes/client-node/dist/config.js',
    '^\\./gen/index\\.js$': '<rootDir>/test/jest/no-api-client.mjs',
  },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript' },
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
};

export default {
  ...common,
  testEnvironment: '<rootDir>/test/jest/environment.mjs',
  runtime: '<rootDir>/test/jest/runtime.cjs',
  testSequencer: '<rootDir>/test/jest/sequencer.cjs',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['<rootDir>/test/e2e/'],
  globalSetup: '<rootDir>/test/temporary-folder.mjs',
  globalTeardown: '<rootDir>/test/temporary-folder-removed.mjs',
};
