// Runs beside a worker on ECS: while the worker encodes, no scale-in and no deployment stops its task.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
const { ECS_AGENT_URI, WORKER_HEALTH_URL, POLL_SECONDS } = process.env;
const EXPIRES_MINUTES = 30;
const RENEW_MILLISECONDS = 10 * 60_000;

let isProtected;
let renewAt = 0;

async function updateProtection() {
  const health = await fetch(WORKER_HEALTH_URL, { signal: AbortSignal.timeout(10_000) });
  const { running } = await health.json();
  if (!Number.isInteger(running))
    throw new Error(`The worker's health has no running jobs (${health.status})`);
  const isBusy = running > 0;
  if (isBusy === isProtected && !(isBusy && Date.now() >= renewAt)) return;
  const response = await fetch(`${ECS_AGENT_URI}/task-protection/v1/state`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ProtectionEnabled: isBusy,
      ...(isBusy && { ExpiresInMinutes: EXPIRES_MINUTES }),
    }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`ECS responded ${response.status}: ${await response.text()}`);
  isProtected = isBusy;
  renewAt = Date.now() + RENEW_MILLISECONDS;
  process.stdout.write(`${JSON.stringify({ msg: 'task protection', protected: isBusy, running })}\n`);
}

for (;;) {
  // Without a response, the protection stays as it is until it expires.
  await updateProtection().catch(error =>
    process.stderr.write(`${JSON.stringify({ msg: 'task protection not updated', error: error.message })}
`),
  );
  await new Promise(resolve => setTimeout(resolve, Number(POLL_SECONDS) * 1000));
}
