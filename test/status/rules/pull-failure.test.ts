import { expect, test } from '@jest/globals';
import { pullFailure } from '../../../src/status/rules/pull-failure.ts';

const none = /has no such image$/;
const denied = /denies access/;
const dns = /name can't be resolved/;
const silent = /does not answer/;

const rows: readonly (readonly [string, string, RegExp, boolean])[] = [
  [
    'docker.io/library/redis:9',
    'failed to pull and unpack image "docker.io/library/redis:9": failed to resolve reference "docker.io/library/redis:9": docker.io/library/redis:9: not found',
    none,
    true,
  ],
  ['ghcr.io/a/denied:1', 'ghcr.io/a/denied:1: not found', none, true],
  ['ghcr.io/a/no-such-host:1', 'reading manifest 1 in ghcr.io/a/no-such-host: manifest unknown', none, true],
  [
    'timeout.io/x509/certificate:429',
    'Error response from daemon: manifest for timeout.io/x509/certificate:429 not found: manifest unknown: manifest unknown',
    none,
    true,
  ],
  [
    'a/b:1',
    "pull access denied for a/b, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    denied,
    true,
  ],
  ['quay.io/a/b:1', 'unauthorized: access to the requested resource is not authorized', denied, true],
  ['1.dkr.ecr.eu-west-1.amazonaws.com/a:1', 'no basic auth credentials', denied, true],
  [
    'docker.io/a/b:1',
    'failed to authorize: failed to fetch anonymous token: Get "https://auth.docker.io/token?scope=repository": net/http: TLS handshake timeout',
    silent,
    false,
  ],
  [
    'docker.io/a/b:1',
    'failed to do request: Head "https://registry-1.docker.io/v2/a/b/manifests/1": dial tcp: lookup registry-1.docker.io on 10.0.0.1:53: read udp: i/o timeout',
    dns,
    false,
  ],
  ['docker.io/a/b:1', 'dial tcp: lookup registry-1.docker.io: no such host', dns, true],
  ['docker.io/a/b:1', 'dial tcp: lookup registry-1.docker.io on 10.0.0.1:53: server misbehaving', dns, false],
  ['docker.io/a/b:1', 'lookup registry-1.docker.io: Temporary failure in name resolution', dns, false],
  [
    'localhost:5001/a:1',
    'pinging container registry localhost:5001: Get "http://localhost:5001/v2/": dial tcp [::1]:5001: connect: connection refused',
    silent,
    false,
  ],
  ['reg.corp/a:1', 'http: server gave HTTP response to HTTPS client', /speaks HTTP/, true],
  [
    'reg.corp/a:1',
    'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    /does not trust/,
    true,
  ],
  [
    'reg.corp/a:1',
    'x509: certificate has expired or is not yet valid: current time 2026-03-01T12:00:00Z is after',
    /clock right/,
    false,
  ],
  ['reg.corp/a:1', 'x509: certificate is valid for other.corp, not reg.corp', /another name/, true],
  ['a:1', 'toomanyrequests: You have reached your pull rate limit.', /limits the number of requests/, false],
  ['a:1', 'received unexpected HTTP status: 503 Service Unavailable', /answers with an error/, false],
  ['a:1', 'no match for platform in manifest: not found', /architecture/, true],
  ['a:1', 'no matching manifest for linux/arm64/v8 in the manifest list entries', /architecture/, true],
  ['a:1', 'failed to extract layer sha256:abc: write /var/lib/x: no space left on device', /no room/, false],
  ['a:1', 'proxyconnect tcp: dial tcp: lookup proxy.corp: no such host', /proxy/, false],
  [
    'redis',
    'short-name "redis" did not resolve to an alias and no unqualified-search registries are defined',
    /no registry/,
    true,
  ],
];

test.each(rows)('%s: %s', (image, message, text, inVain) => {
  expect(pullFailure(message, image)).toEqual({ text: expect.stringMatching(text), inVain });
});

test('of what says nothing', () => expect(pullFailure('the moon is full', 'a:1')).toBeUndefined());
