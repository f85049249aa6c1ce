import { RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import type { DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { PRODUCT } from './product.ts';

/** What a password must not hold to stand in a URL as it is. */
export const URL_UNSAFE = '!"#$%&\'()*+,/:;<=>?@[\\]^`{|}~ ';

/**
 * The URL of a store with its password in it, which is how the product is told. CloudFormation puts the password in when
 * it deploys; templates only refer to it. After a change of the password the URL follows with the next deployment.
 */
export function databaseUrl(scope: Construct, instance: DatabaseInstance): ISecret {
  const { secret } = instance;
  if (secret === undefined) throw new Error('The database has no generated password');
  return urlSecret(
    scope,
    'DatabaseUrl',
    'postgres',
    PRODUCT.databaseUser,
    secret.secretValueFromJson('password'),
    `${instance.dbInstanceEndpointAddress}:${instance.dbInstanceEndpointPort}/${PRODUCT.databaseName}`,
  );
}

/** Like {@link databaseUrl}; TLS, as `rediss` says. */
export function redisUrl(scope: Construct, token: ISecret, address: string): ISecret {
  return urlSecret(scope, 'RedisUrl', 'rediss', '', token.secretValue, `${address}:6379`);
}

function urlSecret(
  scope: Construct,
  id: string,
  protocol: string,
  user: string,
  password: SecretValue,
  rest: string,
): ISecret {
  return new Secret(scope, id, {
    secretStringValue: SecretValue.unsafePlainText(
      `${protocol}://${user}:${password.unsafeUnwrap()}@${rest}`,
    ),
    removalPolicy: RemovalPolicy.DESTROY,
  });
}
