import { stringify } from 'yaml';

/** Data as YAML. */
export const yamlText = (data: unknown): string => stringify(data, { aliasDuplicateObjects: false });
