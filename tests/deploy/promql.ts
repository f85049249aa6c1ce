import { parser } from '@prometheus-io/lezer-promql';

/** The metrics and labels in a PromQL expression. */
export interface PromqlNames {
  metrics: string[];
  labels: string[];
}

/** Returns the metrics and labels in an expression. @throws when the expression is not PromQL. */
export function readPromql(expression: string): PromqlNames {
  const names: PromqlNames = { metrics: [], labels: [] };
  parser.parse(expression).iterate({
    enter(node) {
      const text = expression.slice(node.from, node.to);
      if (node.type.isError) throw new Error(`Not PromQL at ${node.from}: ${expression}`);
      if (node.name === 'LabelName') names.labels.push(text);
      if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector') names.metrics.push(text);
    },
  });
  return names;
}

/**
 * Returns the labels of each metric in Prometheus' text format. A histogram has an entry for each of its
 * three series.
 */
export function readMetrics(text: string): Map<string, Set<string>> {
  const metrics = new Map<string, Set<string>>();
  for (const line of text.split('\n')) {
    const [, declared, type] = /^# TYPE (\S+) (\S+)/.exec(line) ?? [];
    if (declared !== undefined) {
      metrics.set(declared, new Set());
      for (const suffix of type === 'histogram' ? ['_bucket', '_sum', '_count'] : []) {
        metrics.set(declared + suffix, new Set());
      }
    }
    const [, name = '', labels = ''] = /^([a-z]\w+)\{(.*)\} \S+$/.exec(line) ?? [];
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) metrics.get(name)?.add(label);
  }
  return metrics;
}
