import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { resolveProfiles } from '../../src/config/profiles.ts';
import {
  type FoundSession,
  findSession,
  mustBeFree,
  refuseOtherProfile,
  type Sought,
} from '../../src/tilt/find-session.ts';

jest.setTimeout(60_000);

const patience = { timeout: 30 };
const shop = { name: 'shop', tier: 'project' } as const;

/** A resource as `tilt get uiresources` has it. */
const resource = (name: string, label: string, status: Readonly<Record<string, unknown>> = {}) => ({
  metadata: { name, labels: { [label]: label } },
  status: { disableStatus: { state: 'Enabled' }, updateStatus: 'ok', triggerMode: 0, ...status },
});
const disabled = { disableStatus: { state: 'Disabled' }, updateStatus: 'none' };

interface Answers {
  readonly tiltfile: object;
  readonly cluster: object;
  readonly cmds: readonly object[];
  readonly uiresources: readonly object[];
  readonly kubernetesapplys: readonly object[];
  /** What is there once the Tiltfile was run again. */
  readonly afterReload: readonly object[];
  /** Whether what it is told to do is no longer among its resources then. */
  readonly forgets?: boolean;
  /** How many questions it answers before it is gone. @default all */
  readonly endsAfter?: number;
  /** What a Tiltfile that is run again fails with. */
  readonly error?: string;
}

/** What `tilt` does, as far as a session asks it. */
const fakeTilt = `
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
const [folder, verb, ...names] = process.argv.slice(2);
const file = folder + '/state.json';
const state = JSON.parse(readFileSync(file, 'utf8'));
if (verb === 'version') console.log('v0.37.2');
else if (verb === 'get' && state.asked++ >= state.endsAfter) {
  console.error('No tilt apiserver found');
  process.exit(1);
} else if (verb === 'get') {
  writeFileSync(file, JSON.stringify(state));
  const answer = state[names[0]];
  console.log(JSON.stringify(Array.isArray(answer) ? { items: answer } : answer));
} else {
  appendFileSync(folder + '/told', [verb, ...names].join(' ') + '\\n');
  if (state.forgets) state.uiresources = [];
  if (names[0] === '(Tiltfile)') {
    state.tiltfile.status.terminated = { startedAt: '2', error: state.error };
    state.uiresources.push(...state.afterReload);
  }
  for (const { metadata, status } of state.uiresources) {
    if (!names.includes(metadata.name)) continue;
    status.disableStatus.state = verb === 'disable' ? 'Disabled' : 'Enabled';
    if (verb === 'enable') status.updateStatus = 'ok';
    if (!status.stuck) status.buildHistory = [{ startTime: (status.buildHistory?.[0]?.startTime ?? '') + '+' }];
  }
  writeFileSync(file, JSON.stringify(state));
}
`;

describe('a Tilt session', () => {
  const before = { ...process.env };
  let folder: string;
  let server: Server;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'repoctl-session-'));
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    process.env.PATH = `${folder}:${before.PATH}`;
    process.env.TILT_PORT = String(port);
    runs({});
  });

  afterEach(() => {
    server.close();
    process.env.PATH = before.PATH;
    delete process.env.TILT_PORT;
    rmSync(folder, { recursive: true });
  });

  /** A `tilt` that answers as one does, writes down what it was told, and does it at once. */
  function runs(answers: Partial<Answers>): void {
    const given: Answers = {
      tiltfile: { spec: { path: join(folder, 'Tiltfile') }, status: { terminated: { startedAt: '1' } } },
      cluster: { spec: {}, status: { connection: { kubernetes: { context: 'kind-shop' } } } },
      cmds: [
        { spec: { args: ['node', 'repoctl.mjs', 'secrets', 'apply', '--context', 'kind-shop', '--profile', 'local'] } },
      ],
      uiresources: [],
      kubernetesapplys: [],
      afterReload: [],
      ...answers,
    };
    const state = { endsAfter: Number.MAX_SAFE_INTEGER, asked: 0, ...given };
    writeFileSync(join(folder, 'state.json'), JSON.stringify(state));
    const program = join(folder, 'tilt.mjs');
    writeFileSync(program, fakeTilt);
    const script = `#!/bin/sh\nexec ${process.execPath} ${program} ${folder} "$@"\n`;
    writeFileSync(join(folder, 'tilt'), script, { mode: 0o755 });
    writeFileSync(join(folder, 'told'), '');
  }

  const told = () =>
    readFileSync(join(folder, 'told'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/ --port \d+$/, ''));

  const profiles = resolveProfiles(
    { mine: { extends: 'local' }, alice: { extends: 'local', namespacePrefix: 'alice-' } } as never,
    0,
  );
  const find = (sought: Partial<Sought> = {}) =>
    findSession({ root: folder, context: 'kind-shop', profile: 'local', profiles, ...sought });

  async function session(): Promise<FoundSession> {
    const found = await find();
    if (!found) throw new Error('no session was found');
    return found;
  }

  test('is one of the same folder and cluster, whichever way it was started', async () => {
    expect(await find()).toBeDefined();
    expect(await find({ root: join(folder, 'other') })).toBeUndefined();
    expect(await find({ context: 'kind-other' })).toBeUndefined();
  });

  test('is none where nobody listens', async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(await find()).toBeUndefined();
  });

  test('takes out what it runs of a namespace, not its buttons, and nothing of others', async () => {
    runs({
      uiresources: [
        resource('shop-api', 'shop'),
        resource('shop-old', 'shop', disabled),
        resource('shop:secrets', 'shop'),
        resource('shop:seed', 'shop', { triggerMode: 2, updateStatus: 'none' }),
        resource('web-page', 'web'),
        resource('shop-redis', 'global'),
      ],
    });
    await (await session()).disable(shop);
    expect(told()).toEqual(['disable shop-api shop:secrets']);
  });

  const everything = async () => true;
  const applied = (name: string, kind: string) => ({
    metadata: { name },
    status: { resultYAML: `apiVersion: v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: shop }\n` },
  });

  test('starts what is disabled, and tries again what failed', async () => {
    runs({ uiresources: [resource('shop-api', 'shop', disabled), resource('shop-db', 'shop')] });
    await (await session()).enable([shop], everything, patience);
    expect(told()).toEqual(['enable shop-api']);
    runs({ uiresources: [resource('shop-api', 'shop', { updateStatus: 'error' })] });
    await expect((await session()).enable([shop], everything, patience)).rejects.toThrow("Tilt can't deploy shop-api");
    expect(told()).toEqual(['trigger shop-api']);
  });

  test('deploys again what it believes to be there and is not, of these namespaces alone', async () => {
    runs({
      uiresources: [
        resource('shop-api', 'shop'),
        resource('shop-db', 'shop'),
        resource('shop-new', 'shop', { updateStatus: 'in_progress' }),
        resource('web-page', 'web'),
      ],
      kubernetesapplys: ['shop-api', 'shop-db', 'shop-new', 'web-page'].map((name) => applied(name, 'Service')),
    });
    const asked: unknown[] = [];
    const isThere = async (object: object) => {
      asked.push(object);
      return JSON.stringify(object).includes('shop-db');
    };
    const enabling = (await session()).enable([shop], isThere, { timeout: 1 });
    // What Tilt is at work on will be there, or fail.
    await expect(enabling).rejects.toThrow('Tilt is not done with shop-new after 1 s');
    expect(told()).toEqual(['trigger shop-api']);
    const reference = (name: string) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' } });
    expect(asked).toEqual([reference('shop-api'), reference('shop-db')]);
  });

  test('waits until what it was told has begun', async () => {
    const idle = resource('shop-api', 'shop', { buildHistory: [{ startTime: '1' }], stuck: true });
    runs({ uiresources: [idle], kubernetesapplys: [applied('shop-api', 'Service')] });
    const enabling = (await session()).enable([shop], async () => false, { timeout: 2 });
    await expect(enabling).rejects.toThrow('Tilt is not done with shop-api after 2 s');
  });

  test('runs its Tiltfile again, and knows then what is new', async () => {
    runs({ afterReload: [resource('shop-new', 'shop', disabled)] });
    const found = await session();
    await expect(found.trigger(['shop-new'], patience)).rejects.toThrow('Tilt has no resource shop-new');
    await found.reload(patience);
    await found.enable([shop], everything, patience);
    expect(told()).toEqual(['trigger (Tiltfile)', 'enable shop-new']);
  });

  test('says what is wrong with its Tiltfile', async () => {
    const trace =
      'Traceback (most recent call last):\n  /shop/Tiltfile:2:8: in <toplevel>\nError in fail: shop: no port is free';
    runs({ error: trace });
    await expect((await session()).reload(patience)).rejects.toThrow(/^the Tiltfile is wrong: shop: no port is free$/);
  });

  test('is given up when it is not done in time', async () => {
    runs({ uiresources: [resource('shop-api', 'shop', { updateStatus: 'in_progress' })] });
    await expect((await session()).trigger(['shop-api'], { timeout: 1 })).rejects.toThrow(
      'Tilt is not done with shop-api',
    );
  });

  test.each<[string, number, (found: FoundSession) => Promise<void>]>([
    ['before it reads its Tiltfile', 3, (found) => found.reload(patience)],
    ['while it reads its Tiltfile', 4, (found) => found.reload(patience)],
    ['before a start', 3, (found) => found.enable([shop], everything, patience)],
    ['while a start looks at what is there', 4, (found) => found.enable([shop], everything, patience)],
    ['while a start waits', 5, (found) => found.enable([shop], everything, patience)],
    ['while it builds', 4, (found) => found.trigger(['shop-api'], patience)],
    ['before a stop', 3, (found) => found.disable(shop)],
  ])('that ends %s is not taken for one that is done', async (_, endsAfter, wait) => {
    runs({ endsAfter, uiresources: [resource('shop-api', 'shop', { updateStatus: 'in_progress' })] });
    await expect(wait(await session())).rejects.toMatchObject({
      message: expect.stringMatching(/^the Tilt session at http:\/\/localhost:\d+\/ has ended meanwhile$/),
      advice: expect.stringContaining('Run the same command again to go on without it'),
      exitCode: 1,
    });
  });

  test('that loses what is waited for is not taken for one that is done', async () => {
    runs({ uiresources: [resource('shop-api', 'shop')], forgets: true });
    await expect((await session()).trigger(['shop-api'], patience)).rejects.toThrow(/^Tilt no longer has shop-api$/);
  });

  test('builds again what is named, and enables it first', async () => {
    runs({ uiresources: [resource('shop-api', 'shop'), resource('shop-worker', 'shop', disabled)] });
    await (await session()).trigger(['shop-api', 'shop-worker'], patience);
    expect(told()).toEqual(['enable shop-worker', 'trigger shop-api']);
  });

  test('that does not answer is told as that, and not taken for none', async () => {
    writeFileSync(
      join(folder, 'tilt'),
      '#!/bin/sh\n[ "$1" = version ] && exec echo v0.37.2\necho "Unable to connect to the server: net/http: TLS handshake timeout" >&2; exit 1\n',
      { mode: 0o755 },
    );
    const finding = find();
    await expect(finding).rejects.toThrow(
      /^the Tilt session at http:\/\/localhost:\d+\/ does not answer: process \d+ hangs$/,
    );
    await expect(finding).rejects.toMatchObject({ exitCode: 4, advice: expect.stringMatching(/^kill \d+ ends it/) });
  });

  test('of another folder is named where its port is needed', async () => {
    runs({ tiltfile: { spec: { path: '/other/Tiltfile' } } });
    await expect(mustBeFree(Number(process.env.TILT_PORT))).rejects.toThrow(
      /^port \d+, which Tilt needs, is used by .*\(pid \d+\), a session of \/other\/Tiltfile on kind-shop, profile local$/,
    );
    await new Promise((resolve) => server.close(resolve));
    await expect(mustBeFree(Number(process.env.TILT_PORT))).resolves.toBeUndefined();
  });

  test('is found for its own profile and for those with the same namespaces, and refuses those', async () => {
    const found = await find({ profile: 'mine' });
    expect(found?.profile).toBe('local');
    if (!found) throw new Error('no session was found');
    expect(() => refuseOtherProfile(found, 'mine')).toThrow(
      'a Tilt session with the profile local is running for the same namespaces; expected local, got mine',
    );
    expect(() => refuseOtherProfile(found, 'local')).not.toThrow();
  });

  test('of a profile with other namespaces runs beside', async () => {
    expect(await find({ profile: 'alice' })).toBeUndefined();
    const args = ['node', 'repoctl.mjs', 'secrets', 'apply', '--profile', 'alice', 'shop'];
    runs({ cmds: [{ spec: { args: ['sh', '-c', 'true'] } }, { spec: { args } }] });
    expect((await find({ profile: 'alice' }))?.profile).toBe('alice');
    expect(await find()).toBeUndefined();
  });

  test('whose Tiltfile was never right is that of the profile that asks', async () => {
    runs({ cmds: [] });
    expect((await find({ profile: 'mine' }))?.profile).toBe('mine');
  });
});
