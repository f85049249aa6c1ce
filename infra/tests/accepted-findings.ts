/** Findings of cdk-nag that are accepted: each rule at each place. */
export interface Accepted {
  rules: readonly string[];
  at: readonly string[];
  why: string;
}

const POLICY = 'DefaultPolicy/Resource';
const RELEASE_ROLES = ['Test', 'Image', 'Deploy', 'Pipeline', 'Pipeline/Source/Source'].map(name =>
  name === 'Pipeline/Source/Source'
    ? `anb-release/${name}/CodePipelineActionRole/${POLICY}`
    : `anb-release/${name}/Role/${POLICY}`,
);

export const ACCEPTED: readonly Accepted[] = [
  {
    rules: ['AwsSolutions-EC23'],
    at: [
      'anb-classic/SecurityGroups/internet to backend tcp 80',
      'anb-scalable/SecurityGroups/internet to balancer tcp 443',
      'anb-scalable/SecurityGroups/internet to balancer tcp 80',
    ],
    why: 'The public entrance of a public contest; the connectivity lists it.',
  },
  {
    rules: ['AwsSolutions-VPC7'],
    at: ['anb-classic/Vpc/Resource'],
    why: 'The reference has no flow logs; the scalable deployment has them.',
  },
  {
    rules: ['AwsSolutions-RDS3'],
    at: ['anb-classic/Database/Instance/Resource'],
    why: 'The reference has one instance; the scalable deployment has a standby.',
  },
  {
    rules: ['AwsSolutions-RDS11'],
    at: ['anb-classic/Database/Instance/Resource', 'anb-scalable/Database/Instance/Resource'],
    why: 'The reference has the default port. Only two groups reach it; another port would add no protection.',
  },
  {
    rules: ['AwsSolutions-AEC5'],
    at: ['anb-scalable/Redis/Group'],
    why: 'The same reason as for the port of the database.',
  },
  {
    rules: ['AwsSolutions-SMG4'],
    at: [
      'anb-classic/Database/Instance/Secret/Resource',
      'anb-classic/Database/DatabaseUrl/Resource',
      'anb-classic/RedisPassword/Resource',
      'anb-scalable/Database/Instance/Secret/Resource',
      'anb-scalable/Database/DatabaseUrl/Resource',
      'anb-scalable/Redis/Token/Resource',
      'anb-scalable/Redis/RedisUrl/Resource',
    ],
    why: 'The product reads a URL with the password at its start: a password changes with a deployment, not by rotation.',
  },
  {
    rules: ['AwsSolutions-SMG4'],
    at: ['anb-classic/AuthSecret/Resource', 'anb-scalable/AuthSecret/Resource'],
    why: 'The product accepts several secrets and signs with the first: an operator rotates them (docs/operations.md).',
  },
  {
    rules: ['AwsSolutions-IAM5[Resource::*]'],
    at: [
      `anb-classic/backend/InstanceRole/${POLICY}`,
      `anb-classic/worker/InstanceRole/${POLICY}`,
      `anb-release/Image/Role/${POLICY}`,
      `anb-scalable/Api/Task/Definition/ExecutionRole/${POLICY}`,
      `anb-scalable/Worker/Task/Definition/ExecutionRole/${POLICY}`,
    ],
    why: 'ecr:GetAuthorizationToken supports no resource.',
  },
  {
    rules: [
      'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]',
      'AwsSolutions-IAM5[Action::kms:ReEncrypt*]',
      'AwsSolutions-IAM5[Action::s3:GetBucket*]',
      'AwsSolutions-IAM5[Action::s3:GetObject*]',
      'AwsSolutions-IAM5[Action::s3:List*]',
      'AwsSolutions-IAM5[Resource::<Artifacts82DD59A1.Arn>/*]',
    ],
    at: RELEASE_ROLES,
    why: 'The permissions of a stage on the bucket that passes its source, and on the key of that bucket.',
  },
  {
    rules: ['AwsSolutions-IAM5[Action::s3:Abort*]', 'AwsSolutions-IAM5[Action::s3:DeleteObject*]'],
    at: RELEASE_ROLES.filter(role => role.startsWith('anb-release/Pipeline')),
    why: 'The pipeline also writes to that bucket.',
  },
  ...(['Test7BFAF513', 'Image9D742C96', 'Deploy7B206E61'] as const).map(id => ({
    rules: [
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:us-east-1:111111111111:log-group:/aws/codebuild/<${id}>:*]`,
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:codebuild:us-east-1:111111111111:report-group/<${id}>-*]`,
    ],
    at: [`anb-release/${id.slice(0, -8)}/Role/${POLICY}`],
    why: 'The streams and reports of its own builds.',
  })),
  {
    rules: [
      'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ecs:us-east-1:111111111111:task/<ClusterEB0386A7>/*]',
    ],
    at: [`anb-scalable/Worker/Task/Definition/TaskRole/${POLICY}`],
    why: 'A worker protects its own task, which has no id before it runs.',
  },
  {
    rules: [
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup]',
    ],
    at: ['anb-scalable/Backups/Plan/Stores/Role/Resource'],
    why: 'AWS maintains the permissions that a backup needs.',
  },
  {
    rules: ['AwsSolutions-S1'],
    at: ['anb-release/Artifacts/Resource', 'anb-scalable/Entrance/AccessLogs/Resource'],
    why: 'The first bucket stores sources for a month, for roles only; the second one is itself a log.',
  },
  {
    rules: ['AwsSolutions-ECS2'],
    at: ['anb-scalable/Api/Task/Definition/Resource', 'anb-scalable/Worker/Task/Definition/Resource'],
    why: 'These settings are public; passwords and keys come from Secrets Manager.',
  },
];
