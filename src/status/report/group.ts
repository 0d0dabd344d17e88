/** Things by a key, in the order of their first. */
export function groupBy<Key, Type>(all: readonly Type[], key: (each: Type) => Key): Map<Key, Type[]> {
  const groups = new Map<Key, Type[]>();
  for (const each of all) {
    const of = key(each);
    const group = groups.get(of);
    if (group) group.push(each);
    else groups.set(of, [each]);
  }
  return groups;
}
