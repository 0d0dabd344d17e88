import { common } from '../../jest.config.mjs';

export default {
  ...common,
  testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
  testEnvironment: '<rootDir>/test/e2e/worker.mjs',
  maxWorkers: process.env.REPOCTL_E2E_CLUSTER ? 1 : 2,
  verbose: true,
};
