import { RemovalPolicy, SecretValue } from 'aws-cdk-lib';
import type { DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { PRODUCT } from './product.ts';

/** Characters that a password in a URL must not contain, as they need escapes. */
export const URL_UNSAFE = '!"#$%&\'()*+,/:;<=>?@[\\]^`{|}~ ';

/**
 * Creates a secret with the URL of the database, including its password, as the product reads it. A template only
 * refers to the password; CloudFormation inserts it in the deployment. A changed password reaches the URL with the
 * next deployment.
 *
 * @throws {Error} when the database has no generated password.
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

/** Like {@link databaseUrl}, for Redis; the scheme `rediss` requires TLS. */
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
