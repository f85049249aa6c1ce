import { Tags } from 'aws-cdk-lib';
import {
  CfnSecurityGroup,
  CfnSecurityGroupEgress,
  CfnSecurityGroupIngress,
  type ISecurityGroup,
  type IVpc,
  SecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { Connectivity, Flow } from './connectivity.ts';

const ANYWHERE = '0.0.0.0/0';
/** An egress rule that allows nothing. An empty list would bring the default rule, which allows everything. */
const NOWHERE = { ipProtocol: 'icmp', fromPort: 252, toPort: 86, cidrIp: '255.255.255.255/32' };

/**
 * The security groups of a deployment, generated from its connectivity only: other constructs cannot add rules to
 * them. A user of a group should depend on this construct, so that the rules exist first.
 */
export class SecurityGroups<Group extends string> extends Construct {
  readonly #groups = new Map<Group, { rules: CfnSecurityGroup; group: ISecurityGroup }>();

  constructor(
    scope: Construct,
    {
      vpc,
      connectivity,
      operatorCidr,
    }: { vpc: IVpc; connectivity: Connectivity<Group>; operatorCidr: string },
  ) {
    super(scope, 'SecurityGroups');
    const isOpen = connectivity.egress === 'open';
    for (const name of connectivity.groups) {
      const rules = new CfnSecurityGroup(this, name, {
        vpcId: vpc.vpcId,
        groupDescription: `ANB Rising Stars: ${name}`,
        securityGroupEgress: [isOpen ? { ipProtocol: '-1', cidrIp: ANYWHERE } : NOWHERE],
      });
      Tags.of(rules).add('Name', `anb-${name}`);
      const group = SecurityGroup.fromSecurityGroupId(this, `${name}Group`, rules.attrGroupId, {
        mutable: false,
      });
      this.#groups.set(name, { rules, group });
    }
    for (const flow of connectivity.flows) {
      if (flow.to !== 'internet') this.#addIngress(flow, flow.to, operatorCidr);
      if (!isOpen && flow.from !== 'internet' && flow.from !== 'operator') this.#addEgress(flow, flow.from);
    }
  }

  get(name: Group): ISecurityGroup {
    return this.#find(name).group;
  }

  #find(name: Group) {
    const found = this.#groups.get(name);
    if (found === undefined) throw new Error(`There is no security group ${name}`);
    return found;
  }

  #addIngress(flow: Flow<Group>, to: Group, operatorCidr: string): void {
    new CfnSecurityGroupIngress(this, `${flow.from} to ${to} ${flow.protocol} ${flow.port}`, {
      groupId: this.#find(to).rules.attrGroupId,
      ...toPort(flow),
      ...(flow.from === 'internet'
        ? { cidrIp: ANYWHERE }
        : flow.from === 'operator'
          ? { cidrIp: operatorCidr }
          : { sourceSecurityGroupId: this.#find(flow.from).rules.attrGroupId }),
    });
  }

  #addEgress(flow: Flow<Group>, from: Group): void {
    new CfnSecurityGroupEgress(this, `${from} out to ${flow.to} ${flow.protocol} ${flow.port}`, {
      groupId: this.#find(from).rules.attrGroupId,
      ...toPort(flow),
      ...(flow.to === 'internet'
        ? { cidrIp: ANYWHERE }
        : { destinationSecurityGroupId: this.#find(flow.to).rules.attrGroupId }),
    });
  }
}

function toPort({ protocol, port, why }: Flow<string>) {
  return { ipProtocol: protocol, fromPort: port, toPort: port, description: why };
}
