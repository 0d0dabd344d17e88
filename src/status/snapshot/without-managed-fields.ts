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
 *
 * @param list is written over: what stays moves to where these were
 */
export function withoutManagedFields(list: Buffer): Buffer {
  let [from, length] = [0, 0];
  const keep = (end: number) => {
    list.copyWithin(length, from, end);
    length += end - from;
  };
  for (let at = list.indexOf(begin); at >= 0; at = list.indexOf(begin, at + begin.length)) {
    const end = list.indexOf(arrayEnd, at + begin.length) + 1;
    if (end === 0) break;
    if (!after.test(list.toString('latin1', end, end + 4))) continue;
    keep(at);
    from = end;
  }
  keep(list.length);
  return list.subarray(0, length);
}
