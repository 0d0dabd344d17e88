import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.ts';

/** A CA that nobody trusts, and a certificate of it, as PEM. */
export interface OwnCa {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** @param hosts the names that the certificate is for */
export function makeCa(...hosts: readonly string[]): OwnCa {
  const folder = mkdtempSync(join(tmpdir(), 'repoctl-ca-'));
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  try {
    const fresh = ['-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=own', '-days', '30'];
    openssl('req', '-x509', ...fresh, '-keyout', 'ca.key', '-out', 'ca.crt');
    openssl('req', ...fresh.slice(0, -2), '-keyout', 'tls.key', '-out', 'tls.csr');
    writeFileSync(join(folder, 'names'), `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}\n`);
    const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names', '-days', '30'];
    openssl('x509', '-req', '-in', 'tls.csr', '-out', 'tls.crt', ...signed);
    return { ca: read('ca.crt'), certificate: read('tls.crt'), key: read('tls.key') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
