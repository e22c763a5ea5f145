/** Two attachments may have one name, two files of a transfer not. */
export function uniqueNames(wanted: readonly string[], taken: readonly string[]): string[] {
  const used = new Set(taken);
  return wanted.map((name) => {
    let free = name;
    const dot = name.lastIndexOf(".") > 0 ? name.lastIndexOf(".") : name.length;
    for (let number = 2; used.has(free); number += 1) {
      free = `${name.slice(0, dot)} (${number})${name.slice(dot)}`;
    }
    used.add(free);
    return free;
  });
}
