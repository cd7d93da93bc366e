/**
 * A key that stands twice in one object of a valid JSON text, which `JSON.parse` would silently overwrite;
 * undefined if every key is unique.
 */
export function repeatedKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  let text = "";
  for (let i = 0; i < json.length; i++) {
    const char = json[i];
    if (char === '"') {
      const end = closingQuote(json, i);
      text = json.slice(i, end + 1);
      i = end;
    } else if (char === "{") open.push(new Set());
    else if (char === "}") open.pop();
    else if (char === ":") {
      const key = JSON.parse(text) as string;
      const keys = open.at(-1)!;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}

function closingQuote(json: string, opening: number): number {
  let i = opening + 1;
  while (json[i] !== '"') i += json[i] === "\\" ? 2 : 1;
  return i;
}
