import { describe, expect, test } from '@jest/globals';
import { TiltClient } from '../../src/tilt/client.ts';
import { type Session, sessionOf } from '../../src/tilt/session.ts';
import { disabled, FakeTilt, resource } from './fake-tilt.ts';

const patience = { timeout: 30 };
const shop = { name: 'shop', tier: 'project' } as const;

const everything = async () => true;

const applied = (name: string, kind: string) => ({
  metadata: { name },
  status: { resultYAML: `apiVersion: v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: shop }\n` },
});

/** Runs a test with a Tilt of its own, and its session. */
async function withTilt(run: (given: { readonly tilt: FakeTilt; readonly session: Session }) => Promise<void>) {
  const tilt = await new FakeTilt().start();
  try {
    await run({ tilt, session: sessionOf(new TiltClient(tilt.program, tilt.port)) });
  } finally {
    await tilt.stop();
  }
}

// They wait most of the time: a second for what they have told it, and a second between questions.
describe('a Tilt session', () => {
  test.concurrent('takes out what it runs of a namespace, not its buttons, and nothing of others', () =>
    withTilt(async ({ tilt, session }) => {
      tilt.runs({
        uiresources: [
          resource('shop-api', 'shop'),
          resource('shop-old', 'shop', disabled),
          resource('shop:secrets', 'shop'),
          resource('shop:seed', 'shop', { triggerMode: 2, updateStatus: 'none' }),
          resource('web-page', 'web'),
          resource('shop-redis', 'global'),
        ],
      });
      await session.disable(shop);
      expect(tilt.told).toEqual(['disable shop-api shop:secrets']);
    }));

  test.concurrent('starts what is disabled, and tries again what failed', () =>
    withTilt(async ({ tilt, session }) => {
      tilt.runs({ uiresources: [resource('shop-api', 'shop', disabled), resource('shop-db', 'shop')] });
      await session.enable([shop], everything, patience);
      expect(tilt.told).toEqual(['enable shop-api']);
      tilt.runs({ uiresources: [resource('shop-api', 'shop', { updateStatus: 'error' })] });
      await expect(session.enable([shop], everything, patience)).rejects.toThrow("Tilt can't deploy shop-api");
      expect(tilt.told).toEqual(['trigger shop-api']);
    }));

  test.concurrent('deploys again what it believes to be there and is not, of these namespaces alone', () =>
    withTilt(async ({ tilt, session }) => {
      tilt.runs({
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
      const enabling = session.enable([shop], isThere, { timeout: 1 });
      // What Tilt is at work on will be there, or fail.
      await expect(enabling).rejects.toThrow('Tilt is not done with shop-new after 1 s');
      expect(tilt.told).toEqual(['trigger shop-api']);
      const reference = (name: string) => ({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace: 'shop' },
      });
      expect(asked).toEqual([reference('shop-api'), reference('shop-db')]);
    }));

  test.concurrent('waits until what it was told has begun', () =>
    withTilt(async ({ tilt, session }) => {
      const idle = resource('shop-api', 'shop', { buildHistory: [{ startTime: '1' }], stuck: true });
      tilt.runs({ uiresources: [idle], kubernetesapplys: [applied('shop-api', 'Service')] });
      const enabling = session.enable([shop], async () => false, { timeout: 2 });
      await expect(enabling).rejects.toThrow('Tilt is not done with shop-api after 2 s');
    }));

  test.concurrent('runs its Tiltfile again, and knows then what is new', () =>
    withTilt(async ({ tilt, session }) => {
      tilt.runs({ afterReload: [resource('shop-new', 'shop', disabled)] });
      await expect(session.trigger(['shop-new'], patience)).rejects.toThrow('Tilt has no resource shop-new');
      await session.reload(patience);
      await session.enable([shop], everything, patience);
      expect(tilt.told).toEqual(['trigger (Tiltfile)', 'enable shop-new']);
    }));

  test.concurrent('says what is wrong with its Tiltfile', () =>
    withTilt(async ({ tilt, session }) => {
      const trace =
        'Traceback (most recent call last):\n  /shop/Tiltfile:2:8: in <toplevel>\nError in fail: shop: no port is free';
      tilt.runs({ error: trace });
      await expect(session.reload(patience)).rejects.toThrow(/^the Tiltfile is wrong: shop: no port is free$/);
    }));

  test.concurrent('is given up when it is not done in time', () =>
    withTilt(async ({ tilt, session }) => {
      tilt.runs({ uiresources: [resource('shop-api', 'shop', { updateStatus: 'in_progress' })] });
      await expect(session.trigger(['shop-api'], { timeout: 1 })).rejects.toThrow('Tilt is not done with shop-api');
    }));

  test.concurrent.each<[string, number, (session: Session) => Promise<void>]>([
    ['before it reads its Tiltfile', 0, (session) => session.reload(patience)],
    ['while it reads its Tiltfile', 1, (session) => session.reload(patience)],
    ['before a start', 0, (session) => session.enable([shop], everything, patience)],
    ['while a start looks at what is there', 1, (session) => session.enable([shop], everything, patience)],
    ['while a start waits', 2, (session) => session.enable([shop], everything, patience)],
    ['while it builds', 1, (session) => session.trigger(['shop-api'], patience)],
    ['before a stop', 0, (session) => session.disable(shop)],
  ])('that ends %s is not taken for one that is done', (_, endsAfter, wait) =>
    withTilt(async ({ tilt, session }) => {
      tilt.runs({ endsAfter, uiresources: [resource('shop-api', 'shop', { updateStatus: 'in_progress' })] });
      await expect(wait(session)).rejects.toMatchObject({
        message: expect.stringMatching(/^the Tilt session at http:\/\/localhost:\d+\/ has ended meanwhile$/),
        advice: expect.stringContaining('Run the same command again to go on without it'),
        exitCode: 1,
      });
    }),
  );

  test.concurrent('that loses what is waited for is not taken for one that is done', () =>
    withTilt(async ({ tilt, session }) => {
      tilt.runs({ uiresources: [resource('shop-api', 'shop')], forgets: true });
      await expect(session.trigger(['shop-api'], patience)).rejects.toThrow(/^Tilt no longer has shop-api$/);
    }));

  test.concurrent('builds again what is named, and enables it first', () =>
    withTilt(async ({ tilt, session }) => {
      tilt.runs({ uiresources: [resource('shop-api', 'shop'), resource('shop-worker', 'shop', disabled)] });
      await session.trigger(['shop-api', 'shop-worker'], patience);
      expect(tilt.told).toEqual(['enable shop-worker', 'trigger shop-api']);
    }));
});
