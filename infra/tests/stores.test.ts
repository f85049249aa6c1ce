import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { resourceOf, resourcesOf, templates } from './stacks.ts';

const template = templates.scalable;

describe('the database', () => {
  it('has a standby, two weeks of backups, and cannot be deleted by mistake', () => {
    expect(resourceOf(template, 'AWS::RDS::DBInstance')).toMatchObject({
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

  it('speaks TLS only', () => {
    expect(resourceOf(template, 'AWS::RDS::DBParameterGroup').Parameters).toMatchObject({
      'rds.force_ssl': '1',
    });
  });
});

describe('Redis', () => {
  it('has a replica that takes over, TLS and a password', () => {
    const group = resourceOf(template, 'AWS::ElastiCache::ReplicationGroup');
    expect(group).toMatchObject({
      NumCacheClusters: 2,
      AutomaticFailoverEnabled: true,
      MultiAZEnabled: true,
      TransitEncryptionEnabled: true,
      AtRestEncryptionEnabled: true,
    });
    expect(JSON.stringify(group.AuthToken)).toContain('{{resolve:secretsmanager:');
  });

  it('evicts nothing', () => {
    const [[id, parameters] = []] = resourcesOf(template, 'AWS::ElastiCache::ParameterGroup');
    expect(parameters?.Properties).toEqual({ 'maxmemory-policy': 'noeviction' });
    expect(resourceOf(template, 'AWS::ElastiCache::ReplicationGroup').CacheParameterGroupName).toEqual({
      Ref: id,
    });
  });
});

describe('the shared folder', () => {
  it('is encrypted, at rest and on its way, and reached through its access point by role', () => {
    expect(resourceOf(template, 'AWS::EFS::FileSystem')).toMatchObject({ Encrypted: true });
    expect(resourceOf(template, 'AWS::EFS::AccessPoint')).toMatchObject({
      PosixUser: { Uid: '1000', Gid: '1000' },
    });
    for (const task of resourcesOf(template, 'AWS::ECS::TaskDefinition').values()) {
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
  const alarms = [...resourcesOf(template, 'AWS::CloudWatch::Alarm').values()].filter(
    // Those of autoscaling are its own.
    ({ AlarmDescription }) => AlarmDescription !== undefined,
  );

  it('tell the operators when they begin and when they end', () => {
    expect(alarms.length).toBeGreaterThanOrEqual(12);
    for (const { AlarmActions, OKActions } of alarms) {
      expect(AlarmActions).toHaveLength(1);
      expect(OKActions).toEqual(AlarmActions);
    }
    expect(resourceOf(template, 'AWS::SNS::Subscription')).toMatchObject({
      Protocol: 'email',
      Endpoint: 'operations@example.org',
    });
  });

  it('take the silence of the workers for bad news', () => {
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
  const { Resources } = selection.parse(resourceOf(template, 'AWS::Backup::BackupSelection')).BackupSelection;
  expect(JSON.stringify(Resources)).toMatch(
    /:rds:.*:elasticfilesystem:|:elasticfilesystem:.*:rds:|FileSystem/,
  );
  expect(Resources).toHaveLength(2);
});

describe.each(Object.entries(templates))('the %s template', (_name, made: Template) => {
  it('holds no password, only where it is kept', () => {
    for (const secret of resourcesOf(made, 'AWS::SecretsManager::Secret').values()) {
      const text = JSON.stringify(secret.SecretString ?? '');
      if (text !== '""') expect(text).toMatch(/\{\{resolve:secretsmanager:/);
    }
  });
});
