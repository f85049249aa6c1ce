import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BackupPlan, BackupPlanRule, BackupResource, BackupVault } from 'aws-cdk-lib/aws-backup';
import type { FileSystem } from 'aws-cdk-lib/aws-efs';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';

/** A nightly copy of rows and files, kept for five weeks in a vault that refuses deletion by operators. */
export class Backups extends Construct {
  constructor(
    scope: Construct,
    { instance, fileSystem }: { instance: DatabaseInstance; fileSystem: FileSystem },
  ) {
    super(scope, 'Backups');
    const vault = new BackupVault(this, 'Vault', {
      encryptionKey: new Key(this, 'Key', {
        description: 'ANB Rising Stars: backups',
        enableKeyRotation: true,
        removalPolicy: RemovalPolicy.RETAIN,
      }),
      blockRecoveryPointDeletion: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const plan = new BackupPlan(this, 'Plan', {
      backupVault: vault,
      backupPlanRules: [
        new BackupPlanRule({
          ruleName: 'nightly',
          // 3:00 in Bogotá.
          scheduleExpression: Schedule.cron({ hour: '8', minute: '0' }),
          startWindow: Duration.hours(1),
          completionWindow: Duration.hours(4),
          deleteAfter: Duration.days(35),
        }),
      ],
    });
    plan.addSelection('Stores', {
      resources: [
        BackupResource.fromRdsDatabaseInstance(instance),
        BackupResource.fromEfsFileSystem(fileSystem),
      ],
    });
  }
}
