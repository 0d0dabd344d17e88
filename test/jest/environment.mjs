import { TestEnvironment } from 'jest-environment-node';

/** What a test file leaves for jest-circus, which would go on with it in the next file. */
const left = ['EVENT_HANDLERS', 'TEST_TIMEOUT_SYMBOL'].map((name) => Symbol.for(name));

/** An environment that goes on after a test file, with the modules that belong to it: see runtime.cjs. */
class WorkerEnvironment extends TestEnvironment {
  #exit = this.global.process.exit;

  async teardown() {
    for (const each of left) delete this.global[each];
    // Jest wraps it for each file.
    this.global.process.exit = this.#exit;
  }
}

let environment;

/** The environment of a worker, the same for all its test files. */
export default function environmentOfWorker(config, context) {
  environment ??= new WorkerEnvironment(config, context);
  return environment;
}
