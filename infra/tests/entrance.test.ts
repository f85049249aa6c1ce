import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { GRACE, PRODUCT } from '../product.ts';
import { resourceOf, resourcesOf, templates } from './stacks.ts';

const template = templates.scalable;

describe('the load balancer', () => {
  it('keeps a silent connection for 300 s', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      LoadBalancerAttributes: Match.arrayWith([{ Key: 'idle_timeout.timeout_seconds', Value: '300' }]),
    });
  });

  it('lets a task finish its answers for 60 s, and asks whether it lives on the port of the API', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      Port: 8000,
      HealthCheckPath: '/health',
      TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: '60' }]),
    });
  });

  it('sends HTTP on to HTTPS, and answers what it does not know with 404', () => {
    const [plain, secure] = [80, 443].map(port =>
      [...resourcesOf(template, 'AWS::ElasticLoadBalancingV2::Listener').values()].find(
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
  const patterns = [...resourcesOf(template, 'AWS::ElasticLoadBalancingV2::ListenerRule').values()].flatMap(
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

  it('is found at the domain by a certificate for it', () => {
    template.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'api.example.org.', Type: 'A' });
    expect(resourceOf(template, 'AWS::CertificateManager::Certificate')).toMatchObject({
      DomainName: 'api.example.org',
      ValidationMethod: 'DNS',
    });
  });
});

describe('the order of patience', () => {
  it('is that the API keeps connections longer than the balancer', () => {
    expect(GRACE.apiKeepAliveSeconds).toBeGreaterThan(GRACE.loadBalancerIdleSeconds);
  });

  it('is that a process ends before it is killed, and an encode before that', () => {
    expect(GRACE.shutdownSeconds).toBeLessThan(GRACE.stopTimeoutSeconds);
    expect(GRACE.slowEncodeSeconds).toBeLessThan(GRACE.shutdownSeconds);
  });

  it('is that no public path is one of operations', () => {
    expect(PRODUCT.publicPaths.some(path => /metrics|health|ready/.test(path))).toBe(false);
  });
});
