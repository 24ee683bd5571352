// Finds rings of imports: files, and features, that need each other cannot be understood or changed one at a time.

/** Rings among `graph`, a map from file to the files it imports, and among features: [{ file, line, message }]. */
export function findRings(graph) {
  const features = new Map();
  const featureOf = (file) => /^server\/src\/(features\/[^/]+|services)\/[^/]+/.exec(file)?.[0];
  for (const [file, targets] of graph) {
    const from = featureOf(file);
    const to = targets.map(featureOf).filter((feature) => feature && feature !== from);
    if (from) features.set(from, [...(features.get(from) ?? []), ...to]);
  }
  return [...ringsOf(graph), ...ringsOf(features)];
}

function ringsOf(graph) {
  const done = new Set();
  const rings = [];
  const walk = (node, path) => {
    const at = path.indexOf(node);
    if (at !== -1) {
      const ring = [...path.slice(at), node].join(' → ');
      rings.push({ file: node, line: 1, message: `ring of imports: ${ring}. Move what both need into a third file` });
    } else if (!done.has(node)) {
      for (const next of graph.get(node) ?? []) walk(next, [...path, node]);
      done.add(node);
    }
  };
  for (const node of graph.keys()) walk(node, []);
  return rings;
}
