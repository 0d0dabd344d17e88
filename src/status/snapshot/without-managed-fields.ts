const begin = Buffer.from(',"managedFields":[');
const arrayEnd = ']'.charCodeAt(0);

/** What follows where they are the last of an object's metadata: its end, and the next field. */
const after = /^\},"[a-z]/;

/**
 * A list as the API server writes it without who changed which field, more than a third of it: to parse that takes as long as
 * all the rest, and nothing of it is kept.
 *
 * There are no arrays within managed fields. So they end with the first bracket; where that is one in the name of a field, no
 * end of an object and no other field follows it, and these are left as they are.
 */
export function withoutManagedFields(list: Buffer): Buffer {
  const kept: Buffer[] = [];
  let from = 0;
  for (let at = list.indexOf(begin); at >= 0; at = list.indexOf(begin, at + begin.length)) {
    const end = list.indexOf(arrayEnd, at + begin.length) + 1;
    if (end === 0) break;
    if (!after.test(list.toString('latin1', end, end + 4))) continue;
    kept.push(list.subarray(from, at));
    from = end;
  }
  return from === 0 ? list : Buffer.concat([...kept, list.subarray(from)]);
}
