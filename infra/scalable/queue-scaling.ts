import { Duration } from 'aws-cdk-lib';
import { CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import { PRODUCT } from '../product.ts';

const NAMESPACE = 'ANB/RisingStars';
const SCRAPE_SECONDS = 30;

/** The acceptable wait of an upload at the target backlog, in seconds. */
const ACCEPTABLE_WAIT_SECONDS = 150;
/** Duration of the encode of a 30 s clip of 1080p30, on one core. */
const ENCODE_SECONDS = 30;

/** Waiting uploads for each running worker, the target of the scaling. */
export const BACKLOG_PER_WORKER = (ACCEPTABLE_WAIT_SECONDS / ENCODE_SECONDS) * PRODUCT.workerConcurrency;

/** Every worker reports the whole queue: the metric is their maximum, never their sum. */
export const waitingVideos = new Metric({
  namespace: NAMESPACE,
  metricName: 'anb_queue_videos',
  dimensionsMap: { service: 'worker', state: 'waiting' },
  statistic: Stats.MAXIMUM,
  period: Duration.minutes(1),
});

export const oldestWaitingSeconds = new Metric({
  namespace: NAMESPACE,
  metricName: 'anb_queue_oldest_seconds',
  dimensionsMap: { service: 'worker' },
  statistic: Stats.MAXIMUM,
  period: Duration.minutes(1),
});

/** Returns the number of running tasks, which ECS reports only with Container Insights. */
export function runningTasks(service: FargateService): Metric {
  return new Metric({
    namespace: 'ECS/ContainerInsights',
    metricName: 'RunningTaskCount',
    dimensionsMap: { ClusterName: service.cluster.clusterName, ServiceName: service.serviceName },
    statistic: Stats.AVERAGE,
    period: Duration.minutes(1),
  });
}

/**
 * Returns the settings of the CloudWatch agent beside a worker. The agent scrapes the worker's `/metrics` and writes
 * the two series of the queue to the log in the embedded metric format; CloudWatch extracts the metrics.
 */
export function scrapeSettings(logGroupName: string): Record<string, string> {
  const ofWorkers = { source_labels: ['service'], label_matcher: '^worker$' };
  return {
    PROMETHEUS_CONFIG_CONTENT: JSON.stringify({
      global: { scrape_interval: `${SCRAPE_SECONDS}s` },
      scrape_configs: [
        { job_name: 'worker', static_configs: [{ targets: [`127.0.0.1:${PRODUCT.workerPort}`] }] },
      ],
    }),
    CW_CONFIG_CONTENT: JSON.stringify({
      logs: {
        metrics_collected: {
          prometheus: {
            prometheus_config_path: 'env:PROMETHEUS_CONFIG_CONTENT',
            log_group_name: logGroupName,
            emf_processor: {
              metric_namespace: NAMESPACE,
              metric_declaration: [waitingVideos, oldestWaitingSeconds].map(metric => ({
                ...ofWorkers,
                dimensions: [Object.keys(metric.dimensions ?? {})],
                metric_selectors: [`^${metric.metricName}$`],
              })),
            },
          },
        },
      },
    }),
  };
}

/** Scales the workers to {@link BACKLOG_PER_WORKER} waiting uploads each. A worker that encodes is not stopped. */
export function scaleOnBacklog(service: FargateService, { min, max }: { min: number; max: number }): void {
  const target = service.autoScaleTaskCount({ minCapacity: min, maxCapacity: max });
  const read = (id: string, metric: Metric) => ({
    id,
    returnData: false,
    metricStat: {
      metric: {
        namespace: metric.namespace,
        metricName: metric.metricName,
        dimensions: Object.entries(metric.dimensions ?? {}).map(([name, value]) => ({
          name,
          value: String(value),
        })),
      },
      stat: metric.statistic,
    },
  });
  new CfnScalingPolicy(service, 'BacklogPerWorker', {
    policyName: 'backlog-per-worker',
    policyType: 'TargetTrackingScaling',
    scalingTargetId: target,
    targetTrackingScalingPolicyConfiguration: {
      targetValue: BACKLOG_PER_WORKER,
      scaleOutCooldown: 60,
      scaleInCooldown: 300,
      customizedMetricSpecification: {
        metrics: [
          read('waiting', waitingVideos),
          read('workers', runningTasks(service)),
          { id: 'backlogPerWorker', expression: 'waiting / IF(workers > 0, workers, 1)', returnData: true },
        ],
      },
    },
  });
}
