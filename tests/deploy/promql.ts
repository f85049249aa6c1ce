import { parser } from '@prometheus-io/lezer-promql';

/** The metrics that a PromQL expression asks for, and the labels it names. */
export interface Asked {
  metrics: string[];
  labels: string[];
}

/** @throws {Error} for what is not PromQL. */
export function readPromql(expression: string): Asked {
  const asked: Asked = { metrics: [], labels: [] };
  parser.parse(expression).iterate({
    enter(node) {
      const text = expression.slice(node.from, node.to);
      if (node.type.isError) throw new Error(`Not PromQL at ${node.from}: ${expression}`);
      if (node.name === 'LabelName') asked.labels.push(text);
      if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector') asked.metrics.push(text);
    },
  });
  return asked;
}

/** The metrics in Prometheus' text format, each with the labels of its samples; histograms under each of their names. */
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
