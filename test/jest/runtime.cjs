const asyncHooks = require('node:async_hooks');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { setFlagsFromString } = require('node:v8');
const { default: Runtime } = require('jest-runtime');

// Nine times as long as V8 of Node 20 waits before it optimizes a function: most of what tests run is over before that has paid.
setFlagsFromString('--interrupt-budget=600000');

const modules = new Map();
const esModules = new Map();
const ownModules = new Map();
const tests = pathToFileURL(join(__dirname, '..', '/')).href;

/** What a test file has made to follow its tests. Up to Node 22, each one costs every promise after it, until it is disabled. */
const storages = new Set();
class Storage extends asyncHooks.AsyncLocalStorage {
  constructor(...given) {
    super(...given);
    storages.add(this);
  }
}

/** The modules of Jest's own that keep something of a test file. */
const withState = /[\\/]node_modules[\\/](?:jest-circus|@jest[\\/]expect|jest-snapshot)[\\/]/;

/**
 * Loads packages, sources and most of Jest's own modules once in each worker. Jest loads them once in each test file, which took
 * more time than the tests: 200 files load cdk8s, the client of Kubernetes and zod, and each brings a hundred modules of Jest's.
 * Modules in test/ are loaded in each file, as ever. A module that keeps something keeps it from one test file to the next.
 *
 * The registries, `coreModule` and `enterTestCode` are not documented by Jest, whose version package.json pins.
 */
module.exports = class WorkerRuntime extends Runtime {
  constructor(...given) {
    super(...given);
    this.registries.moduleRegistry = modules;
    this.registries.esModuleRegistry = esModules;
    this.registries.internalModuleRegistry = ownModules;
    const { coreModule } = this;
    const original = coreModule.require.bind(coreModule);
    coreModule.require = (name) =>
      /^(node:)?async_hooks$/.test(name) ? { ...asyncHooks, AsyncLocalStorage: Storage } : original(name);
  }

  teardown() {
    this.restoreAllMocks();
    for (const key of esModules.keys())
      if (key.startsWith(tests) || key.startsWith('@jest/globals')) esModules.delete(key);
    for (const key of ownModules.keys()) if (withState.test(key)) ownModules.delete(key);
    for (const storage of storages) storage.disable();
    storages.clear();
    // A module imports others by the runtime that loaded it, also after that one's test file.
    this.enterTestCode();
  }
};
