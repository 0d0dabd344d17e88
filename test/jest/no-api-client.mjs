// In the place of the generated API client, 900 modules that nothing uses, as in the bundle: see scripts/bundle.mjs.
export const ServerConfiguration = undefined;
export const createConfiguration = undefined;
