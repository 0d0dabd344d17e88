import { common } from '../../jest.config.mjs';

export default { ...common, testMatch: ['<rootDir>/test/e2e/**/*.test.ts'], maxWorkers: 1, verbose: true };
