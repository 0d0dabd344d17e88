import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { cleanUp, emptyFolder, serve } from './server.ts';

afterEach(cleanUp);

/** Fetches in a process of its own, since Node reads certificates when it starts. */
async function fetchText(url: string, env: Record<string, string>): Promise<string> {
  const program =
    "import { readText } from './src/platform/tools/download.ts';" +
    'console.log(await readText(new URL(process.argv[1]), { env: process.env, silence: 4000 }).catch((e) => e.reason + ": " + e.message));';
  const { stdout } = await execa(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', program, '--', url],
    { cwd: join(import.meta.dirname, '..', '..', '..'), env: { PATH: process.env.PATH, ...env }, extendEnv: false },
  );
  return stdout;
}

test('an HTTPS URL goes through a proxy in a tunnel, and its certificate is checked at the end of it', async () => {
  const folder = emptyFolder();
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=example.test', '-addext', 'subjectAltName=DNS:example.test'];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', [...made, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
  const origin = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, ({ headers }, response) =>
    response.end(`hello from ${headers.host}`),
  );
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  const asked: (string | undefined)[] = [];
  const proxy = await serve((_, response) => response.writeHead(400).end());
  proxy.server.on('connect', ({ url }, client) => {
    asked.push(url);
    const upstream = connect((origin.address() as AddressInfo).port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    for (const each of [client, upstream])
      each.on('error', () => {}).on('close', () => [client, upstream].map((one) => one.destroy()));
  });
  try {
    const env = { HTTPS_PROXY: proxy.base };
    const trusting = { ...env, NODE_EXTRA_CA_CERTS: cert };
    const [answer, refused, misnamed] = await Promise.all([
      fetchText('https://example.test/x', trusting),
      fetchText('https://example.test/x', env),
      fetchText('https://other.test/x', trusting),
    ]);
    expect(answer).toBe('hello from example.test');
    expect(refused).toBe("certificate: can't reach example.test: DEPTH_ZERO_SELF_SIGNED_CERT");
    expect(misnamed).toBe("certificate: can't reach other.test: ERR_TLS_CERT_ALTNAME_INVALID");
    expect(asked.sort()).toEqual(['example.test:443', 'example.test:443', 'other.test:443']);
  } finally {
    origin.closeAllConnections();
    origin.close();
  }
}, 20_000);
