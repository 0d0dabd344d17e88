import { expect, test } from '@jest/globals';
import { countMessages } from '../../src/backup/stores/rabbitmq.ts';

test('messages are counted by the lines of numbers that rabbitmqctl prints', () => {
  expect(countMessages('messages\n3\n0\n12\n')).toEqual({ queues: 3, messages: 15 });
  expect(countMessages('')).toEqual({ queues: 0, messages: 0 });
});
