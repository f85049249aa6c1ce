import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { GRACE, PRODUCT } from '../product.ts';
import { getResource, getResources, templates } from './stacks.ts';

const template = templates.scalable;

describe('the load balancer', () => {
  it('keeps an idle connection for 300 s', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      LoadBalancerAttributes: Match.arrayWith([{ Key: 'idle_timeout.timeout_seconds', Value: '300' }]),
    });
  });

  it('drains a task for 60 s, and checks its liveness on the port of the API', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      Port: 8000,
      HealthCheckPath: '/health',
      TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: '60' }]),
    });
  });

  it('redirects HTTP to HTTPS, and answers unknown paths with 404', () => {
    const [plain, secure] = [80, 443].map(port =>
      [...getResources(template, 'AWS::ElasticLoadBalancingV2::Listener').values()].find(
        ({ Port }) => Port === port,
      ),
    );
    expect(plain?.DefaultActions).toMatchObject([
      { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443' } },
    ]);
    expect(secure?.DefaultActions).toMatchObject([
      { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } },
    ]);
    expect(secure?.SslPolicy).toMatch(/TLS13/);
    expect(secure?.Certificates).toMatchObject([{ CertificateArn: expect.anything() }]);
  });

  const RULE = z.object({
    Conditions: z.array(
      z.object({
        Field: z.literal('path-pattern'),
        PathPatternConfig: z.object({ Values: z.array(z.string()) }),
      }),
    ),
  });
  const patterns = [...getResources(template, 'AWS::ElasticLoadBalancingV2::ListenerRule').values()].flatMap(
    rule => RULE.parse(rule).Conditions.flatMap(({ PathPatternConfig }) => PathPatternConfig.Values),
  );
  const isRouted = (path: string) =>
    patterns.some(pattern =>
      new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(path),
    );

  it.each([
    '/graphql',
    '/media/1/clip.mp4',
    '/exports/results.csv',
    '/operations/queue',
    '/operations/queue/x',
  ])('routes %s', path => expect(isRouted(path)).toBe(true));

  it.each([
    '/metrics',
    '/graphql/../metrics',
    '/health',
    '/health/detailed',
    '/ready',
    '/',
    '/media',
    '/graphqlx',
  ])('does not route %s', path => expect(isRouted(path)).toBe(false));

  it('has a DNS record and a certificate for the domain', () => {
    template.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'api.example.org.', Type: 'A' });
    expect(getResource(template, 'AWS::CertificateManager::Certificate')).toMatchObject({
      DomainName: 'api.example.org',
      ValidationMethod: 'DNS',
    });
  });
});

describe('the settings for the product', () => {
  it('keep a connection of the API open longer than one of the load balancer', () => {
    expect(GRACE.apiKeepAliveSeconds).toBeGreaterThan(GRACE.loadBalancerIdleSeconds);
  });

  it('end a process before SIGKILL, and a slow encode before that', () => {
    expect(GRACE.shutdownSeconds).toBeLessThan(GRACE.stopTimeoutSeconds);
    expect(GRACE.slowEncodeSeconds).toBeLessThan(GRACE.shutdownSeconds);
  });

  it('have no operational path among the public paths', () => {
    expect(PRODUCT.publicPaths.some(path => /metrics|health|ready/.test(path))).toBe(false);
  });
});
