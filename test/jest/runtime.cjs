const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { default: Runtime } = require('jest-runtime');

const modules = new Map();
const esModules = new Map();
const tests = pathToFileURL(join(__dirname, '..', '/')).href;

/**
 * Loads packages and sources once in each worker. Jest loads them once in each test file, which took more time than the tests:
 * 200 files load cdk8s, the client of Kubernetes and zod. Modules in test/ and Jest's own are loaded in each file, as ever.
 * A module that keeps something keeps it from one test file to the next.
 *
 * The registries and `enterTestCode` are not documented by Jest, whose version package.json pins.
 */
module.exports = class WorkerRuntime extends Runtime {
  constructor(...given) {
    super(...given);
    this.registries.moduleRegistry = modules;
    this.registries.esModuleRegistry = esModules;
  }

  teardown() {
    this.restoreAllMocks();
    for (const key of esModules.keys())
      if (key.startsWith(tests) || key.startsWith('@jest/globals')) esModules.delete(key);
    // A module imports others by the runtime that loaded it, also after that one's test file.
    this.enterTestCode();
  }
};
