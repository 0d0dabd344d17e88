import { Document, Scalar, visit } from 'yaml';
import { escaped, hasControls } from '../../platform/terminal/clean.ts';

/** Data as YAML. Control characters stand in double quotes, as `\u009b`. */
export function yamlText(data: unknown): string {
  const document = new Document(data, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && hasControls(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return escaped(document.toString());
}
