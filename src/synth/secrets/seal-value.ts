import { constants, createCipheriv, publicEncrypt, randomBytes, X509Certificate } from 'node:crypto';
import type { Sealing } from '../../../charts/common/secret-store.ts';
import { UsageError } from '../../platform/errors.ts';

/** Where a sealed value is put. */
export interface SealedPlace {
  readonly namespace: string;
  readonly secret: string;
}

const labels: Readonly<Record<Sealing['scope'], (place: SealedPlace) => string>> = {
  strict: ({ namespace, secret }) => `${namespace}/${secret}`,
  'namespace-wide': ({ namespace }) => namespace,
  'cluster-wide': () => '',
};

/**
 * Seals a value as kubeseal does: a key of its own, encrypted with the controller's (RSA-OAEP, SHA-256, the scope as label), then
 * the value, encrypted with that key (AES-256-GCM).
 *
 * @param certificate of the controller, in PEM
 * @returns base64
 * @throws UsageError if the certificate is none, has expired, or is not of RSA
 * @see https://github.com/bitnami-labs/sealed-secrets/blob/main/pkg/crypto/crypto.go
 */
export function sealValue(certificate: string, scope: Sealing['scope'], place: SealedPlace, value: string): string {
  const key = publicKey(certificate);
  const sessionKey = randomBytes(32);
  const encryptedKey = publicEncrypt(
    {
      key,
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: 'sha256',
      oaepLabel: Buffer.from(labels[scope](place)),
    },
    sessionKey,
  );
  const length = Buffer.alloc(2);
  length.writeUInt16BE(encryptedKey.length);
  // The key is used for this value alone, so that the nonce may be zero.
  const cipher = createCipheriv('aes-256-gcm', sessionKey, Buffer.alloc(12));
  const encrypted = Buffer.concat([cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return Buffer.concat([length, encryptedKey, encrypted]).toString('base64');
}

const howToGet = 'kubeseal --fetch-cert > FILE gets it from the cluster';

function publicKey(pem: string) {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (error) {
    throw new UsageError(`the certificate can't be read: ${(error as Error).message}`, howToGet);
  }
  if (Date.parse(certificate.validTo) < Date.now())
    throw new UsageError(`the certificate has expired (${certificate.validTo})`, howToGet);
  if (certificate.publicKey.asymmetricKeyType !== 'rsa')
    throw new UsageError(
      `the certificate's key is of ${certificate.publicKey.asymmetricKeyType}; expected RSA`,
      howToGet,
    );
  return certificate.publicKey;
}
