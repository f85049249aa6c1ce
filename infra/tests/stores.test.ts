import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { getResource, getResources, templates } from './stacks.ts';

const template = templates.scalable;

describe('the database', () => {
  it('has a standby, two weeks of backups, and cannot be deleted by mistake', () => {
    expect(getResource(template, 'AWS::RDS::DBInstance')).toMatchObject({
      DBName: 'anbdb',
      Engine: 'postgres',
      EngineVersion: '18',
      MultiAZ: true,
      StorageEncrypted: true,
      BackupRetentionPeriod: 14,
      DeletionProtection: true,
      PubliclyAccessible: false,
    });
    template.hasResource('AWS::RDS::DBInstance', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  it('accepts TLS only', () => {
    expect(getResource(template, 'AWS::RDS::DBParameterGroup').Parameters).toMatchObject({
      'rds.force_ssl': '1',
    });
  });
});

describe('Redis', () => {
  it('has a replica with automatic failover, TLS and a password', () => {
    const group = getResource(template, 'AWS::ElastiCache::ReplicationGroup');
    expect(group).toMatchObject({
      NumCacheClusters: 2,
      AutomaticFailoverEnabled: true,
      MultiAZEnabled: true,
      TransitEncryptionEnabled: true,
      AtRestEncryptionEnabled: true,
    });
    expect(JSON.stringify(group.AuthToken)).toContain('{{resolve:secretsmanager:');
  });

  it('evicts no keys', () => {
    const [[id, parameters] = []] = getResources(template, 'AWS::ElastiCache::ParameterGroup');
    expect(parameters?.Properties).toEqual({ 'maxmemory-policy': 'noeviction' });
    expect(getResource(template, 'AWS::ElastiCache::ReplicationGroup').CacheParameterGroupName).toEqual({
      Ref: id,
    });
  });
});

describe('the shared folder', () => {
  it('is encrypted at rest and in transit, with access by role through its access point', () => {
    expect(getResource(template, 'AWS::EFS::FileSystem')).toMatchObject({ Encrypted: true });
    expect(getResource(template, 'AWS::EFS::AccessPoint')).toMatchObject({
      PosixUser: { Uid: '1000', Gid: '1000' },
    });
    for (const task of getResources(template, 'AWS::ECS::TaskDefinition').values()) {
      expect(task.Volumes).toContainEqual({
        Name: 'uploads',
        EFSVolumeConfiguration: {
          FilesystemId: expect.anything(),
          TransitEncryption: 'ENABLED',
          AuthorizationConfig: { AccessPointId: expect.anything(), IAM: 'ENABLED' },
        },
      });
    }
  });
});

describe('the alarms', () => {
  const alarms = [...getResources(template, 'AWS::CloudWatch::Alarm').values()].filter(
    // Autoscaling creates alarms of its own.
    ({ AlarmDescription }) => AlarmDescription !== undefined,
  );

  it('notify the operators at their start and at their end', () => {
    expect(alarms.length).toBeGreaterThanOrEqual(12);
    for (const { AlarmActions, OKActions } of alarms) {
      expect(AlarmActions).toHaveLength(1);
      expect(OKActions).toEqual(AlarmActions);
    }
    expect(getResource(template, 'AWS::SNS::Subscription')).toMatchObject({
      Protocol: 'email',
      Endpoint: 'operations@example.org',
    });
  });

  it('treat missing data of the workers as a failure', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'anb_queue_oldest_seconds',
      TreatMissingData: 'breaching',
    });
  });
});

it('rows and files are copied every night and kept for five weeks', () => {
  template.hasResourceProperties('AWS::Backup::BackupPlan', {
    BackupPlan: { BackupPlanRule: [Match.objectLike({ Lifecycle: { DeleteAfterDays: 35 } })] },
  });
  const selection = z.object({ BackupSelection: z.object({ Resources: z.array(z.unknown()) }) });
  const { Resources } = selection.parse(
    getResource(template, 'AWS::Backup::BackupSelection'),
  ).BackupSelection;
  expect(JSON.stringify(Resources)).toMatch(
    /:rds:.*:elasticfilesystem:|:elasticfilesystem:.*:rds:|FileSystem/,
  );
  expect(Resources).toHaveLength(2);
});

describe.each(Object.entries(templates))('the %s template', (_name, made: Template) => {
  it('contains no password, only references to secrets', () => {
    for (const secret of getResources(made, 'AWS::SecretsManager::Secret').values()) {
      const text = JSON.stringify(secret.SecretString ?? '');
      if (text !== '""') expect(text).toMatch(/\{\{resolve:secretsmanager:/);
    }
  });
});
