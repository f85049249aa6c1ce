import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  IpAddresses,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export const VPC_CIDR = '10.30.0.0/16';

/** Two zones, each with a public subnet, one for processes with a NAT gateway, and one for data without a route out. */
export class Network extends Construct {
  readonly vpc: Vpc;

  constructor(scope: Construct, availabilityZones: string[]) {
    super(scope, 'Network');
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(VPC_CIDR),
      availabilityZones,
      // One in each zone: the loss of the zone of a shared gateway would disconnect the other zone.
      natGateways: availabilityZones.length,
      subnetConfiguration: [
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: 'processes', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
        { name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
    });
    // Image layers come from S3; the endpoint avoids the price per gigabyte of the NAT gateways.
    this.vpc.addGatewayEndpoint('Layers', { service: GatewayVpcEndpointAwsService.S3 });
    this.vpc.addFlowLog('Refused', {
      destination: FlowLogDestination.toCloudWatchLogs(
        new LogGroup(this, 'FlowLogs', { retention: RetentionDays.ONE_MONTH }),
      ),
      trafficType: FlowLogTrafficType.REJECT,
    });
  }
}
