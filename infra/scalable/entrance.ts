import { Duration } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { type ISecurityGroup, type IVpc, SubnetType } from 'aws-cdk-lib/aws-ec2';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import {
  type ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  ListenerCondition,
  SslPolicy,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { GRACE, PRODUCT } from '../product.ts';

/** Maximum number of values in a listener rule. */
const VALUES_PER_RULE = 5;

interface EntranceProps {
  vpc: IVpc;
  securityGroup: ISecurityGroup;
  site: Deployment['scalable'];
  api: FargateService;
}

/** The only entrance: HTTPS at the domain of the product, for the public paths; any other path returns 404. */
export class Entrance extends Construct {
  readonly balancer: ApplicationLoadBalancer;
  readonly targets: ApplicationTargetGroup;

  constructor(scope: Construct, { vpc, securityGroup, site, api }: EntranceProps) {
    super(scope, 'Entrance');
    this.balancer = new ApplicationLoadBalancer(this, 'Balancer', {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PUBLIC },
      internetFacing: true,
      securityGroup,
      idleTimeout: Duration.seconds(GRACE.loadBalancerIdleSeconds),
      dropInvalidHeaderFields: true,
      deletionProtection: true,
    });
    this.balancer.logAccessLogs(
      new Bucket(this, 'AccessLogs', {
        // The load balancer supports no other encryption of its log bucket.
        encryption: BucketEncryption.S3_MANAGED,
        blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
        enforceSSL: true,
        lifecycleRules: [{ expiration: Duration.days(90) }],
      }),
    );
    this.targets = new ApplicationTargetGroup(this, 'Targets', {
      vpc,
      protocol: ApplicationProtocol.HTTP,
      port: PRODUCT.apiPort,
      targets: [api.loadBalancerTarget({ containerName: 'api', containerPort: PRODUCT.apiPort })],
      deregistrationDelay: Duration.seconds(GRACE.deregistrationSeconds),
      healthCheck: {
        // Liveness, not readiness: a failover of the database affects all tasks alike, and must replace none of them.
        path: '/health',
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
    });
    const zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      hostedZoneId: site.zoneId,
      zoneName: site.zoneName,
    });
    this.#listen(
      new Certificate(this, 'Certificate', {
        domainName: site.domain,
        validation: CertificateValidation.fromDns(zone),
      }),
    );
    new ARecord(this, 'Name', {
      zone,
      recordName: `${site.domain}.`,
      target: RecordTarget.fromAlias(new LoadBalancerTarget(this.balancer)),
    });
  }

  #listen(certificate: Certificate): void {
    this.balancer.addListener('Plain', {
      port: 80,
      open: false,
      defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    });
    const listener = this.balancer.addListener('Secure', {
      port: 443,
      open: false,
      certificates: [certificate],
      sslPolicy: SslPolicy.TLS13_RES,
      defaultAction: ListenerAction.fixedResponse(404, {
        contentType: 'text/plain',
        messageBody: 'Not found',
      }),
    });
    this.#route(listener);
  }

  #route(listener: ApplicationListener): void {
    const paths = [...PRODUCT.publicPaths];
    for (let priority = 1; paths.length > 0; priority += 1) {
      listener.addAction(`Public${priority}`, {
        priority,
        conditions: [ListenerCondition.pathPatterns(paths.splice(0, VALUES_PER_RULE))],
        action: ListenerAction.forward([this.targets]),
      });
    }
  }
}
