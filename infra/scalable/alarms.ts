import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { ApiService } from './api-service.ts';
import { type Database, MAX_CONNECTIONS } from './database.ts';
import type { Entrance } from './entrance.ts';
import type { Media } from './media.ts';
import { oldestWaitingSeconds, runningTasks } from './queue-scaling.ts';
import type { Redis } from './redis.ts';
import type { WorkerService } from './worker-service.ts';

interface Watched {
  entrance: Entrance;
  api: ApiService;
  worker: WorkerService;
  database: Database;
  redis: Redis;
  media: Media;
}

interface Condition {
  metric: IMetric;
  above?: number;
  below?: number;
  /** Consecutive minutes until the alarm; 5 by default. */
  minutes?: number;
  /** Whether missing data raises the alarm. */
  silenceAlarms?: boolean;
  todo: string;
}

const ONE_MINUTE = Duration.minutes(1);

/** Sends the operators an e-mail when an alarm starts, and another one when it ends. */
export class Alarms extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, watched: Watched, email: string) {
    super(scope, 'Alarms');
    const key = new Key(this, 'Key', { description: 'ANB Rising Stars: alarms', enableKeyRotation: true });
    key.grantEncryptDecrypt(new ServicePrincipal('cloudwatch.amazonaws.com'));
    this.topic = new Topic(this, 'Topic', { masterKey: key, enforceSSL: true });
    this.topic.addSubscription(new EmailSubscription(email));
    for (const [name, condition] of Object.entries(conditions(watched))) this.#watch(name, condition);
  }

  #watch(name: string, { metric, above, below, minutes = 5, silenceAlarms = false, todo }: Condition): void {
    const alarm = new Alarm(this, name, {
      alarmDescription: todo,
      metric,
      threshold: above ?? below ?? 0,
      comparisonOperator:
        above === undefined
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: minutes,
      treatMissingData: silenceAlarms ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}

function conditions({ entrance, api, worker, database, redis, media }: Watched): Record<string, Condition> {
  const { metrics } = entrance.balancer;
  const perMinute = { period: ONE_MINUTE, statistic: Stats.SUM };
  const requests = metrics.requestCount(perMinute);
  const failures = entrance.targets.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, perMinute);
  const ofRedis = (metricName: string) =>
    new Metric({
      namespace: 'AWS/ElastiCache',
      metricName,
      dimensionsMap: { CacheClusterId: `${redis.replicationGroupId}-001` },
      statistic: Stats.MAXIMUM,
      period: ONE_MINUTE,
    });
  return {
    FailedRequests: {
      metric: new MathExpression({
        expression: '100 * failures / IF(requests > 0, requests, 1)',
        usingMetrics: { failures, requests },
        period: ONE_MINUTE,
      }),
      above: 1,
      todo: 'More than 1 % of the requests fail. The log of the API has the causes, by request id.',
    },
    NoHealthyApi: {
      metric: entrance.targets.metrics.healthyHostCount({ period: ONE_MINUTE, statistic: Stats.MINIMUM }),
      below: 2,
      silenceAlarms: true,
      todo: 'Fewer than two API tasks respond. Check the events of the service and its last deployment.',
    },
    SlowRequests: {
      metric: entrance.targets.metrics.targetResponseTime({ period: ONE_MINUTE, statistic: 'tm95' }),
      above: 5,
      todo: 'Requests are slow. Uploads over slow connections are included; check the CPU and slow queries.',
    },
    BusyApi: {
      metric: api.service.metricCpuUtilization({ period: ONE_MINUTE }),
      above: 85,
      minutes: 10,
      todo: 'The API has its maximum of tasks, and is busy. Raise the maximum.',
    },
    NoWorker: {
      metric: runningTasks(worker.service),
      below: 1,
      silenceAlarms: true,
      todo: 'No worker runs. Uploads are stored and wait.',
    },
    LongWait: {
      metric: oldestWaitingSeconds,
      above: 900,
      silenceAlarms: true,
      todo: 'An upload has waited for 15 minutes, or no worker reports the wait. Check the maximum of workers, and Spot.',
    },
    BusyDatabase: {
      metric: database.instance.metricCPUUtilization({ period: ONE_MINUTE }),
      above: 80,
      minutes: 10,
      todo: 'PostgreSQL is busy. Performance Insights shows the statements.',
    },
    FullDatabase: {
      metric: database.instance.metricFreeStorageSpace({ period: ONE_MINUTE }),
      below: 5 * 1024 ** 3,
      todo: 'PostgreSQL has less than 5 GiB of free storage. Storage grows up to its limit: raise the limit.',
    },
    ManyConnections: {
      metric: database.instance.metricDatabaseConnections({ period: ONE_MINUTE, statistic: Stats.MAXIMUM }),
      above: MAX_CONNECTIONS * 0.8,
      todo: 'PostgreSQL will soon refuse connections. Reduce the pools or use a larger instance.',
    },
    FullRedis: {
      metric: ofRedis('DatabaseMemoryUsagePercentage'),
      above: 75,
      todo: 'A full Redis evicts nothing and refuses writes. Use a larger node type.',
    },
    BusyRedis: {
      metric: ofRedis('EngineCPUUtilization'),
      above: 80,
      minutes: 10,
      todo: 'The only thread of Redis is busy. Use a larger node type.',
    },
    BusyMedia: {
      metric: new Metric({
        namespace: 'AWS/EFS',
        metricName: 'PercentIOLimit',
        dimensionsMap: { FileSystemId: media.fileSystem.fileSystemId },
        statistic: Stats.MAXIMUM,
        period: ONE_MINUTE,
      }),
      above: 90,
      minutes: 10,
      todo: 'The shared folder has reached its limit of operations.',
    },
  };
}
