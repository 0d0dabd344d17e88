import { images } from '../common/images.ts';
import { serviceHost } from '../common/names.ts';
import { redisPasswordKey, redisPort } from './redis.ts';
import { webConsole } from './web-console.ts';

const port = 5540;

/** Redis Insight with the connection to the environment's Redis already set. */
export const redisInsight = webConsole({
  name: 'redis-insight',
  summary: 'Redis Insight, connected to the Redis of the environment. Not in production.',
  component: 'broker-client',
  shows: 'redis',
  compose: { images: ['redis/redisinsight', 'redislabs/redisinsight'] },
  image: images.redisInsight,
  port,
  health: '/api/health/',
  folder: '/data',
  user: 1000,
  graceSeconds: 15,
  limits: ['1', '512Mi'],
  variablesOf: (services) =>
    services.flatMap(({ object, namespace }, index) => {
      // Each further one has a number behind its variables.
      const end = index === 0 ? '' : `_${index}`;
      return [
        { name: `RI_REDIS_HOST${end}`, value: serviceHost(object, namespace) },
        { name: `RI_REDIS_PORT${end}`, value: String(redisPort) },
        { name: `RI_REDIS_ALIAS${end}`, value: object },
        { name: `RI_REDIS_PASSWORD${end}`, secret: object, key: redisPasswordKey },
      ];
    }),
  variables: [
    { name: 'RI_APP_PORT', value: String(port) },
    { name: 'RI_ACCEPT_TERMS_AND_CONDITIONS', value: 'true' },
    { name: 'RI_FILES_LOGGER', value: 'false' },
    { name: 'HOME', value: '/tmp' },
  ],
});
