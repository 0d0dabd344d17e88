// node:http as bundled programs see it: loaded when something of it is used besides its Agent. From Node 22 on, whoever loads it
// loads its WebSocket and so undici, too, which takes longer than a report of 100 pods; node:https, whose Agent extends its
// Agent, does not.
const { Agent } = require('node:https');

exports.Agent = Object.getPrototypeOf(Agent);
for (const name of [
  ...['ClientRequest', 'IncomingMessage', 'METHODS', 'OutgoingMessage', 'STATUS_CODES', 'Server', 'ServerResponse'],
  ...['createServer', 'get', 'globalAgent', 'maxHeaderSize', 'request', 'validateHeaderName', 'validateHeaderValue'],
])
  Object.defineProperty(exports, name, { enumerable: true, get: () => require('node:http')[name] });
